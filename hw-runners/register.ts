/**
 * Registers this machine with GitHub for one job, and runs that job: the next one finds a runner that
 * has never run anything.
 *
 *     GITHUB_TOKEN=… deno task register --repository OWNER/NAME --label libvirt --runner FOLDER
 *
 * The token needs the right to administer the repository's runners. It is taken from the
 * environment, used for one request, and not handed to the runner, whose environment is a list of
 * what it needs. FOLDER holds GitHub's runner as it was unpacked. Ends with the runner's exit code, 2
 * for wrong use, 3 if GitHub refuses.
 *
 * @module
 */

import {
  assertNoWords,
  type Option,
  optionLines,
  readArguments,
} from "../conformance/commands/arguments.ts";
import { runProgram, userPath } from "../conformance/commands/program.ts";
import { UsageError } from "../conformance/commands/usage.ts";

/** What a registration needs. */
export interface Registration {
  /** Where GitHub's API is. */
  readonly api: URL;
  /** The repository: owner and name. */
  readonly repository: readonly [owner: string, name: string];
  /** The runner's own name, which must be new. */
  readonly name: string;
  /** The labels that jobs ask for. */
  readonly labels: readonly string[];
  /** The token. */
  readonly token: string;
}

/** What GitHub did not like; never with the token. */
export class RegistrationError extends Error {
  /** Always `RegistrationError`. */
  override readonly name = "RegistrationError";
}

/**
 * Asks for the configuration of a runner that ends after one job.
 *
 * @throws {RegistrationError} if GitHub refuses, or cannot be reached
 */
export async function singleJobConfig(registration: Registration): Promise<string> {
  const { api, repository, name, labels, token } = registration;
  const path = ["repos", ...repository, "actions", "runners", "generate-jitconfig"];
  // A server of one's own has its API below a folder, and its address comes without a slash at the end.
  const folder = api.href.endsWith("/") ? api.href : `${api.href}/`;
  const url = new URL(path.map(encodeURIComponent).join("/"), folder);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      redirect: "error",
      headers: {
        "accept": "application/vnd.github+json",
        "authorization": `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      },
      body: JSON.stringify({ name, runner_group_id: 1, labels: ["self-hosted", ...labels] }),
    });
  } catch (cause) {
    throw new RegistrationError(`Cannot reach "${url.host}"`, { cause });
  }
  const answer = await response.json().catch(() => ({}));
  const config: unknown = answer.encoded_jit_config;
  if (response.ok && typeof config === "string") return config;
  const why = typeof answer.message === "string" ? `: ${answer.message}` : "";
  throw new RegistrationError(`GitHub refuses the runner with status ${response.status}${why}`);
}

/** The variables of this environment that a runner and its jobs need; Windows has them in any case. */
const PASSED = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR", "XDG_RUNTIME_DIR"],
  ...["TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PSMODULEPATH"],
  ...["USERNAME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES"],
  ...["NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "COMPUTERNAME"],
];

/** The environment of the runner: what it needs, and its configuration, which is no argument. */
export function runnerEnvironment(
  env: Readonly<Record<string, string>>,
  config: string,
): Record<string, string> {
  const passed = Object.entries(env).filter(([name]) => PASSED.includes(name.toUpperCase()));
  return { ...Object.fromEntries(passed), ACTIONS_RUNNER_INPUT_JITCONFIG: config };
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === "") throw new UsageError(`Expected ${what}`);
  return value;
}

/** What starts the runner in a folder. @throws {UsageError} if it is not there: nothing is registered */
export async function scriptOf(folder: string): Promise<string> {
  const path = `${folder}/${Deno.build.os === "windows" ? "run.cmd" : "run.sh"}`;
  try {
    await Deno.stat(path);
    return path;
  } catch (cause) {
    throw new UsageError(`The folder "${folder}" holds no runner of GitHub's`, { cause });
  }
}

const OPTIONS: readonly Option[] = [
  { name: "repository", value: "OWNER/NAME", help: "whose jobs it takes" },
  { name: "label", value: "NAME", many: true, help: "what jobs ask for, such as libvirt" },
  { name: "runner", value: "FOLDER", help: "GitHub's runner, as it was unpacked" },
];

const USAGE =
  `Registers this machine with GitHub for one job, and runs that job. The token is taken from the
variable GITHUB_TOKEN, and needs the right to administer the repository's runners.

  GITHUB_TOKEN=… deno task register --repository OWNER/NAME --label libvirt --runner FOLDER

${optionLines(OPTIONS)}
Ends with the runner's exit code, 2 wrong use, 3 GitHub refuses.`;

async function main(args: readonly string[]): Promise<number> {
  const given = readArguments(args, OPTIONS);
  assertNoWords(given);
  const [owner, name, more] = needed(given.one("repository"), "--repository OWNER/NAME").split("/");
  if (!owner || !name || more !== undefined) {
    throw new UsageError("Expected --repository OWNER/NAME");
  }
  const folder = userPath(needed(given.one("runner"), "--runner FOLDER"));
  const labels = given.all("label");
  if (labels.length === 0) throw new UsageError("Expected --label NAME, such as libvirt");
  const script = await scriptOf(folder);
  const config = await singleJobConfig({
    api: new URL(Deno.env.get("GITHUB_API_URL") ?? "https://api.github.com/"),
    repository: [owner, name],
    name: `vmtck-${crypto.randomUUID()}`,
    labels,
    token: needed(Deno.env.get("GITHUB_TOKEN"), "a token in the variable GITHUB_TOKEN"),
  });
  const command = new Deno.Command(script, {
    cwd: folder,
    clearEnv: true,
    env: runnerEnvironment(Deno.env.toObject(), config),
  });
  return (await command.spawn().status).code;
}

if (import.meta.main) await runProgram(() => USAGE, main);
