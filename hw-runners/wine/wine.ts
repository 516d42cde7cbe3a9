/**
 * Programs for Windows, and what else the lane starts.
 *
 * @module
 */

import { join } from "node:path";

/** What the machine lacks, in one sentence with what mends it. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** How a command ended. */
export interface Ended {
  /** Its exit status; 124 if it was stopped, as its time was over. */
  readonly code: number;
  /** What it printed, if that was asked for. */
  readonly output: string;
}

/** How a command is started. */
export interface CommandOptions {
  /** Variables on top of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether what it prints is shown rather than answered. */
  readonly isShown?: boolean;
  /** How long it may take. */
  readonly limitMs?: number;
}

const root = join(import.meta.dirname ?? ".", "../..");
const decoder = new TextDecoder();

/** The path of something in the project. */
export function inProject(path: string): string {
  return join(root, path);
}

/** Wine's name of a path: the machine's own root is drive `Z:`. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

/** Starts a command in the project's folder, and waits for its end. */
export async function command(
  program: string,
  args: readonly string[],
  { env, isShown = false, limitMs = 120_000 }: CommandOptions = {},
): Promise<Ended> {
  const signal = AbortSignal.timeout(limitMs);
  const stream = isShown ? "inherit" : "piped";
  const child = new Deno.Command(program, {
    ...{ args: [...args], cwd: root, env: { ...env }, signal },
    ...{ stdin: "null", stdout: stream, stderr: stream },
  });
  if (isShown) {
    const { code } = await child.spawn().status;
    return { code: signal.aborted ? 124 : code, output: "" };
  }
  const { code, stdout, stderr } = await child.output();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  return { code: signal.aborted ? 124 : code, output };
}

/** As {@linkcode command}, for what has to work. @throws {MissingError} with what it printed */
export async function must(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, output } = await command(program, args, options);
  if (code === 0) return output;
  throw new MissingError(
    `"${program} ${args[0] ?? ""}" ended with exit status ${code}: ${output.trim().slice(-500)}`,
  );
}

/** What every program under Wine gets. No window, no questions, and no second copy of Deno. */
export function wineEnvironment(folder: string): Record<string, string> {
  return {
    WINEPREFIX: join(folder, "prefix"),
    WINEARCH: "win64",
    WINEDEBUG: "-all",
    WINEDLLOVERRIDES: "mscoree,mshtml,winedbg.exe=",
    DISPLAY: "",
    DENO_DIR: windowsPath(join(folder, "deno_dir")),
    DENO_DISABLE_NODE_SHIM: "1",
    DENO_NO_UPDATE_CHECK: "1",
  };
}
