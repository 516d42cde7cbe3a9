/**
 * Runs tests under the real Windows build of Deno, in Wine.
 *
 *     deno task test:windows
 *     deno task test:windows --report out/windows.xml drivers/hyperv/powershell_test.ts
 *
 * Ends with 0 if all passed, 1 if not, 2 for wrong use, and 3 if this machine cannot do it.
 *
 * @module
 */

import { dirname, join, relative } from "node:path";
import { type Option, optionLines, readArguments } from "../../conformance/commands/arguments.ts";
import { onSignals, runProgram, userPath } from "../../conformance/commands/program.ts";
import { UsageError } from "../../conformance/commands/usage.ts";
import { TESTS } from "./lane.ts";
import { prepare } from "./prepare.ts";
import { command, inProject, MissingError, windowsPath, wineEnvironment } from "./wine.ts";

const folder = inProject(".cache/windows");
/** For all tests together; they take a quarter of a minute. */
const LIMIT_MS = 240_000;
const FAILING_TEST = "hw-runners/wine/fails.ts";

/** One test run under Windows. */
interface Run {
  readonly deno: string;
  readonly tests: readonly string[];
  /** Where its JUnit report goes. */
  readonly report: string;
  readonly isShown: boolean;
}

/** What stands in for PowerShell, where Windows has it. */
function powerShell(deno: string): string {
  const program = windowsPath(inProject("drivers/hyperv/fake_powershell.ts"));
  return `"${windowsPath(deno)}" run -A --no-check --cached-only "${program}" echo`;
}

async function runTests({ deno, tests, report, isShown }: Run): Promise<number> {
  const flags = ["-A", "--no-check", "--parallel", "--cached-only"];
  const args = ["test", ...flags, `--junit-path=${windowsPath(report)}`, ...tests];
  const env = { ...wineEnvironment(folder), VMTCK_POWERSHELL: powerShell(deno) };
  const { code } = await command("wine", [deno, ...args], { env, isShown, limitMs: LIMIT_MS });
  if (code === 124) console.error(`Stopped, as it did not end within ${LIMIT_MS / 1000} s`);
  return code;
}

/** Whether a test that fails is told: an exit status of 1, and one failure in the report. */
async function canFail(deno: string): Promise<boolean> {
  const report = join(folder, "fails.xml");
  const code = await runTests({ deno, tests: [FAILING_TEST], report, isShown: false });
  const failures = (await Deno.readTextFile(report).catch(() => "")).match(/<failure[\s>]/g);
  return code === 1 && failures?.length === 1;
}

/** Ends everything under Wine, also what a test has left. */
async function endWine(): Promise<void> {
  await command("wineserver", ["-k"], { env: wineEnvironment(folder) }).catch(() => {});
}

const OPTIONS: readonly Option[] = [
  {
    name: "report",
    value: "FILE",
    help: "where the JUnit report goes (.cache/windows/report.xml)",
  },
];

const USAGE =
  `Runs the tests that Windows can change, or those that are named, under the Windows build of
Deno in Wine.

  deno task test:windows [FILE|FOLDER…] [--report FILE]

${optionLines(OPTIONS)}
Ends with 0 all passed, 1 some did not, 2 wrong use, 3 this machine cannot do it.`;

/** The tests, from the root of the project, where they are run. @throws {UsageError} if one is not there */
async function testsOf(words: readonly string[]): Promise<readonly string[]> {
  const tests = words.map((word) => relative(inProject("."), userPath(word)) || ".");
  for (const [at, test] of tests.entries()) {
    const isThere = await Deno.stat(inProject(test)).then(() => true, () => false);
    if (!isThere) throw new UsageError(`There is no test "${words[at]}"`);
    if (test.startsWith("..")) throw new UsageError(`"${words[at]}" is not in the project`);
  }
  return tests.length > 0 ? tests : TESTS;
}

async function main(args: readonly string[]): Promise<number> {
  const { words, one } = readArguments(args, OPTIONS);
  const tests = await testsOf(words);
  const report = one("report");
  const path = report === undefined ? join(folder, "report.xml") : userPath(report);
  await Deno.mkdir(folder, { recursive: true });
  // Two runs at once would stop each other's Wine.
  using lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
  await lock.lock(true);
  using _listening = onSignals((_, code) => void endWine().then(() => Deno.exit(code)));
  try {
    const deno = await prepare(folder);
    if (!await canFail(deno)) throw new MissingError("Wine tells no failure of a test that fails");
    await Deno.mkdir(dirname(path), { recursive: true });
    return await runTests({ deno, tests, report: path, isShown: true }) === 0 ? 0 : 1;
  } finally {
    await endWine();
  }
}

await runProgram(() => USAGE, main);
