/**
 * What a workflow calls has to exist: tasks, paths, options of the command line. And it may do as
 * little as possible: actions are pinned by hash, permissions are named.
 *
 * @module
 */

import { parse } from "yaml";
import { assertNoWords, type Option, readArguments } from "../../conformance/commands/arguments.ts";
import { COMMANDS, readOptions } from "../../conformance/commands/options.ts";
import { UsageError } from "../../conformance/commands/usage.ts";
import { driverNames } from "../../drivers/registry.ts";
import { OPTIONS as DOCTORS_OPTIONS } from "../../hw-runners/doctor.ts";
import { OPTIONS as PUBLISHS_OPTIONS } from "../publish.ts";

/** A step of a job. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly "runs-on"?: unknown;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly on?: Readonly<Record<string, unknown>>;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** What there is to be called. */
export interface Callable {
  /** The names of the project's tasks. */
  readonly tasks: readonly string[];
  /** Whether the project has a file or folder. */
  exists(path: string): boolean;
}

/** One job of a matrix: the value of each axis. */
type Row = Readonly<Record<string, unknown>>;

/** The values of an axis; of an expression, those in the lists that are written down in it. */
function valuesOf(axis: unknown): unknown[] {
  if (Array.isArray(axis)) return axis;
  const lists = String(axis).matchAll(/'(\[[^'{]*\])'/g);
  return [...lists].flatMap(([, list = "[]"]) => JSON.parse(list));
}

/** The jobs of a matrix. */
function rowsOf(matrix: Readonly<Record<string, unknown>> = {}): Row[] {
  const { include = [], exclude = [], ...axes } = matrix;
  const all = Object.entries(axes).reduce<Row[]>(
    (rows, [name, axis]) =>
      rows.flatMap((row) => valuesOf(axis).map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
  const isOut = (row: Row): boolean =>
    (exclude as readonly Row[]).some((some) =>
      Object.entries(some).every(([name, value]) => row[name] === value)
    );
  return [...all.filter((row) => !isOut(row)), ...include as readonly Row[]];
}

/**
 * The commands of a script in one job of its matrix. Of other expressions, what the environment adds
 * is left out, and each of the rest is one word.
 */
function commands(script: string, row: Row): string[][] {
  return script
    .replace(/\$\{\{ matrix\.([\w-]+) \}\}/g, (_, axis: string) => String(row[axis] ?? "X"))
    .replace(/\$\{\{ env\.[^}]*\}\}/g, "")
    .replace(/\$\{\{[^}]*\}\}/g, "X")
    .split(/\n|;|&&|\|\|?|>/)
    .map((line) => line.trim().split(/\s+/).filter((word) => word !== ""))
    .filter((words) => words.length > 0);
}

/** Reads the arguments of a task that has those options, and no other arguments. */
function reader(options: readonly Option[]): (args: readonly string[]) => { driver?: string } {
  return (args) => {
    const given = readArguments(args, options);
    assertNoWords(given);
    return options.some(({ name }) => name === "driver") ? { driver: given.one("driver") } : {};
  };
}

/** How the tasks that workflows give options to read them; the others have none. */
const READERS: Readonly<Record<string, (args: readonly string[]) => { driver?: string }>> = {
  conformance: readOptions,
  doctor: reader(DOCTORS_OPTIONS),
  publish: reader(PUBLISHS_OPTIONS),
  std: (args) => reader([])(args.filter((arg) => arg !== "jsr" && arg !== "local")),
};

/** What a task would say of its arguments. */
function argumentProblems(task: string, args: readonly string[]): string[] {
  try {
    const { driver } = (READERS[task] ?? reader([]))(args);
    const isKnown = driver === undefined || driverNames().includes(driver);
    return isKnown ? [] : [`the task "${task}": there is no driver "${driver}"`];
  } catch (error) {
    if (error instanceof UsageError) return [`the task "${task}": ${error.message}`];
    throw error;
  }
}

/** The sub-command of the suite that there is not. */
function subCommandProblems([first = ""]: readonly string[]): string[] {
  const isKnown = first.startsWith("-") || COMMANDS.some((name) => name === first);
  return isKnown ? [] : [`the suite has no sub-command "${first}"`];
}

function commandProblems(words: readonly string[], { tasks, exists }: Callable): string[] {
  const problems: string[] = [];
  // One task may call another one.
  for (const [index, word] of words.entries()) {
    if (word !== "deno" || words[index + 1] !== "task") continue;
    const [task = "", ...rest] = words.slice(index + 2);
    const next = rest.indexOf("deno");
    const args = next < 0 ? rest : rest.slice(0, next);
    if (!tasks.includes(task)) problems.push(`there is no task "${task}"`);
    else problems.push(...argumentProblems(task, args));
    if (task === "conformance") problems.push(...subCommandProblems(args));
  }
  const own = words.filter((word) =>
    /^(?:\.ci|hw-runners|fixtures|conformance|bench)\//.test(word)
  );
  return [...problems, ...own.filter((path) => !exists(path)).map((it) => `there is no "${it}"`)];
}

/** Jobs of a matrix whose artifacts have one name: all but the first fail at the end. */
function artifactProblems({ strategy, steps = [] }: Job): string[] {
  const axes = Object.keys(strategy?.matrix ?? {})
    .filter((axis) => axis !== "include" && axis !== "exclude");
  return steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@")).flatMap(
    (step) => {
      const name = String(step.with?.name);
      return axes.filter((axis) => !name.includes(`matrix.${axis}`))
        .map((axis) => `the artifact "${name}" has one name for every "${axis}"`);
    },
  );
}

/** What publishing needs: JSR knows the workflow by the identity that it may ask for. */
function publishProblems({ permissions, steps = [] }: Job): string[] {
  const publishes = steps.some(({ run = "" }) =>
    /\bdeno (?:task )?publish\b(?!.*--dry-run)/.test(run)
  );
  return publishes && permissions?.["id-token"] !== "write"
    ? ['it publishes, which needs the right "id-token: write"']
    : [];
}

/** The hash of a commit, and the version that it is, for people. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

/** What is wrong with a workflow, in words. */
export function workflowProblems(text: string, callable: Callable): string[] {
  const { permissions, jobs = {} } = parse(text) as Workflow;
  const problems: string[] = [];
  const rights = Object.entries(permissions ?? {});
  if (rights.length !== 1 || rights[0]?.join(": ") !== "contents: read") {
    problems.push('the workflow\'s own permissions have to be "contents: read" alone');
  }
  for (const [name, job] of Object.entries(jobs)) {
    const about = (problem: string): number => problems.push(`job "${name}": ${problem}`);
    if (job["timeout-minutes"] === undefined) about("it has no timeout");
    const writes = Object.values(job.permissions ?? {}).includes("write");
    if (writes && JSON.stringify(job["runs-on"]).includes("self-hosted")) {
      about("a machine of our own must have no right to write");
    }
    [...artifactProblems(job), ...publishProblems(job)].forEach(about);
    for (const { uses } of job.steps ?? []) {
      if (uses !== undefined && !PINNED.test(uses)) about(`"${uses}" is not pinned by a hash`);
    }
    const called = rowsOf(job.strategy?.matrix).flatMap((row) =>
      (job.steps ?? []).flatMap(({ run = "" }) => commands(run, row))
    ).flatMap((words) => commandProblems(words, callable));
    new Set(called).forEach(about);
  }
  for (const [, uses] of text.matchAll(/uses: *(\S+) *$/gm)) {
    problems.push(`"${uses}" does not say which version its hash is`);
  }
  return problems;
}
