/**
 * The gate: everything that must hold before a change is taken. Quiet while all is well.
 *
 *     deno task ok
 *     deno task ok --without tests --report out/ok.json
 *
 * @module
 */
import { glob, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { countJUnit, type Counts } from "./tally.ts";

interface Check {
  readonly name: string;
  /** Arguments for `deno`. */
  readonly args: readonly string[];
  /** Where it writes its JUnit report, if it counts something of its own. */
  readonly junit?: string;
}

const root = join(import.meta.dirname!, "..");
const decoder = new TextDecoder();
const limitSeconds = 300;

async function listChecks(scratch: string): Promise<Check[]> {
  const { exclude, exports, tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const task = (name: string): string[] => tasks[name].command.split(" ").slice(1);
  const junit = join(scratch, "tests.xml");
  // `deno check` finds the code, and the examples in it, but of pages only those that are named.
  const pages = await Array.fromAsync(glob("**/*.md", { cwd: root, exclude }));
  return [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", "--quiet", "--doc", ".", ...pages] },
    { name: "docs", args: ["doc", "--quiet", "--lint", ...Object.values<string>(exports)] },
    { name: "tests", args: [...task("test"), "--no-check", `--junit-path=${junit}`], junit },
    { name: "publish", args: [...task("publish"), "--dry-run"] },
  ];
}

/** Runs a check, shows what it said only if it failed, and answers whether it passed. */
async function passes(check: Check): Promise<boolean> {
  const signal = AbortSignal.timeout(limitSeconds * 1000);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...check.args],
    cwd: root,
    stdin: "null",
    signal,
  }).output();
  if (success) return true;
  console.error(`\n--- ${check.name}: deno ${check.args.join(" ")}`);
  console.error(decoder.decode(stdout) + decoder.decode(stderr));
  if (signal.aborted) console.error(`Stopped, as it did not end within ${limitSeconds} s`);
  return false;
}

function parseOptions(names: readonly string[]): { without: string[]; report?: string } {
  const { without, report } = parseArgs(Deno.args, {
    string: ["without", "report"],
    collect: ["without"],
    unknown: (arg: string) => {
      if (arg === "--help" || arg === "-h") {
        console.log("The gate: deno task ok [--without CHECK…] [--report FILE]");
        console.log(`Checks: ${names.join(", ")}`);
        Deno.exit(0);
      }
      console.error(`Unknown argument "${arg}": expected --without CHECK or --report FILE`);
      Deno.exit(2);
    },
  });
  const stranger = without.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    console.error(`Unknown check "${stranger}": expected one of ${names.join(", ")}`);
    Deno.exit(2);
  }
  return { without, report };
}

async function main(scratch: string): Promise<number> {
  const began = performance.now();
  const all = await listChecks(scratch);
  const { without, report } = parseOptions(all.map((it) => it.name));
  const good = new Set<Check>();
  let tests: Counts | undefined;
  const chosen = all.filter((it) => !without.includes(it.name));
  const run = async (check: Check): Promise<void> => {
    if (await passes(check)) good.add(check);
    if (check.junit) tests = countJUnit(await Deno.readTextFile(check.junit).catch(() => ""));
  };
  // Most of them use one core only; the tests use all, and some of them watch the time.
  await Promise.all(chosen.filter(({ junit }) => !junit).map(run));
  for (const check of chosen.filter(({ junit }) => junit)) await run(check);
  const passed = chosen.filter((it) => good.has(it)).map(({ name }) => name);
  const failed = chosen.filter((it) => !good.has(it)).map(({ name }) => name);
  if (report) {
    const path = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), report);
    await mkdir(dirname(path), { recursive: true });
    const counts: Counts = { passed: passed.length, failed: failed.length };
    await Deno.writeTextFile(path, JSON.stringify(counts) + "\n");
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const counted = tests ? `, ${tests.passed} tests passed, ${tests.failed} failed` : "";
  console.log(
    failed.length === 0
      ? `ok: ${passed.join(", ")}${counted} (${seconds} s)`
      : `not ok: ${failed.join(", ")} failed${counted} (${seconds} s)`,
  );
  return failed.length === 0 ? 0 : 1;
}

const scratch = await Deno.makeTempDir({ prefix: "vmtck-ok-" });
let code = 1;
try {
  code = await main(scratch);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
Deno.exit(code);
