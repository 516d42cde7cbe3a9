/**
 * What must not be used where. Each row becomes a lint rule of its own, `vmtck/<name>`.
 *
 * @module
 */
import { isIn } from "./layers.ts";

/** One rule. */
export interface Ban {
  /** The rule's name. */
  readonly name: string;
  /** Whether it holds for a file, given its path from the project's root. */
  readonly applies: (path: string) => boolean;
  /** Globals and their members, `new Date()` (without arguments) or `catch`. */
  readonly uses: readonly string[];
  /** What to do instead. */
  readonly instead: string;
}

const timers = ["setTimeout", "setInterval", "AbortSignal.timeout"];
const wallClock = ["Date.now", "new Date()", "performance.now"];
const chance = ["Math.random", "crypto.randomUUID", "crypto.getRandomValues"];

// Not the bare word: a virtual machine has a console, too.
const printing = ["log", "info", "debug", "warn", "error", "table", "dir", "trace"]
  .map((method) => `console.${method}`);

/** Whether a file holds tests. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts");
}

const PROGRAMS = ["cli.ts", "simulate.ts", "nomad_plugin.ts", "init/init.ts"]
  .map((name) => `conformance/${name}`);

/** Files that talk to a person on a terminal. */
function isProgram(path: string): boolean {
  return PROGRAMS.includes(path) ||
    ["conformance/mutants", "fixtures", "hw-runners", "bench", ".ci"].some((it) => isIn(path, it));
}

/** The table. */
export const bans: readonly Ban[] = [
  {
    name: "contract-is-pure",
    applies: (path) => isIn(path, "drivers/contract") && !isTest(path),
    uses: [...timers, ...wallClock, ...chance, ...printing, "Deno", "process", "fetch"],
    instead: "Move it to the caller, as the contract is types and data alone",
  },
  {
    name: "clock-is-injected",
    applies: (path) =>
      isIn(path, "drivers") && !isTest(path) && !isIn(path, "drivers/contract") &&
      path !== "drivers/backend/clock.ts",
    uses: [...timers, ...wallClock],
    instead: "Use the clock of the driver's context, as replays run on virtual time",
  },
  {
    name: "cases-are-repeatable",
    applies: (path) => isIn(path, "conformance/cases") && !isTest(path),
    uses: [...timers, ...wallClock, ...chance, "Deno", "process", "fetch", "catch"],
    instead: "Use what the case's context gives: waits, names, expected refusals",
  },
  {
    name: "silent-library",
    applies: (path) => !isProgram(path) && !isTest(path),
    uses: printing,
    instead: "Return it, or give it to the logger of the context",
  },
];
