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

import { dirname, join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
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

/** Answers Ctrl+C and time limits. */
function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void endWine().then(() => Deno.exit(1)));
  }
}

async function main(): Promise<number> {
  const { _: tests, report = join(folder, "report.xml") } = parseArgs(Deno.args, {
    string: ["report", "_"],
    unknown: (arg: string) => {
      if (!arg.startsWith("-")) return true;
      console.error(`Unknown argument "${arg}": expected --report FILE, or tests`);
      Deno.exit(2);
    },
  });
  await Deno.mkdir(folder, { recursive: true });
  // Two runs at once would stop each other's Wine.
  using lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
  await lock.lock(true);
  endOnSignals();
  try {
    const deno = await prepare(folder);
    if (!await canFail(deno)) throw new MissingError("Wine tells no failure of a test that fails");
    const path = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), report);
    await Deno.mkdir(dirname(path), { recursive: true });
    const selected = tests.length > 0 ? tests.map(String) : TESTS;
    return await runTests({ deno, tests: selected, report: path, isShown: true }) === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    console.error(error.message);
    return 3;
  } finally {
    await endWine();
  }
}

Deno.exit(await main());
