/**
 * What a workflow calls has to exist: tasks, paths, options of the command line. And it may do as
 * little as possible: actions are pinned by hash, permissions are named.
 *
 * @module
 */

import { parse } from "yaml";
import { COMMANDS, OPTIONS } from "../../conformance/commands/options.ts";
import { OPTIONS as DOCTORS_OPTIONS } from "../../hw-runners/doctor.ts";

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

/** The commands of a script, with expressions of the workflow as one word each. */
function commands(script: string): string[][] {
  return script
    .replace(/\$\{\{[^}]*\}\}/g, "X")
    .split(/\n|;|&&|\|\|?/)
    .map((line) => line.trim().split(/\s+/).filter((word) => word !== ""))
    .filter((words) => words.length > 0);
}

/** The options of the tasks that workflows give any to. */
const OPTIONS_OF: Readonly<Record<string, readonly { readonly name: string }[]>> = {
  conformance: OPTIONS,
  doctor: DOCTORS_OPTIONS,
};

/** The options of a task that it does not have. */
function optionProblems(task: string, args: readonly string[]): string[] {
  const known = (OPTIONS_OF[task] ?? []).map(({ name }) => `--${name}`);
  return args.filter((arg) => arg.startsWith("--"))
    .map((arg) => arg.split("=")[0] ?? arg)
    .filter((arg) => !known.includes(arg))
    .map((option) => `the task "${task}" has no option "${option}"`);
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
    problems.push(...optionProblems(task, args));
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
    for (const { uses, run = "" } of job.steps ?? []) {
      if (uses !== undefined && !PINNED.test(uses)) about(`"${uses}" is not pinned by a hash`);
      for (const words of commands(run)) commandProblems(words, callable).forEach(about);
    }
  }
  for (const [, uses] of text.matchAll(/uses: *(\S+) *$/gm)) {
    problems.push(`"${uses}" does not say which version its hash is`);
  }
  return problems;
}
