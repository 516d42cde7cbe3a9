/**
 * The command line of the suite.
 *
 * @module
 */

import { dirname } from "node:path";
import { driverNames } from "../drivers/registry.ts";
import type { AnyCase } from "./case.ts";
import { CASES } from "./cases/mod.ts";
import type { Composer, Terminal } from "./commands/composer.ts";
import type { Event, ExitCode } from "./engine/events.ts";
import { explain, listed } from "./commands/explain.ts";
import { helpText, type Options, readOptions } from "./commands/options.ts";
import { exitCodeOf, interrupts, writerTo } from "./commands/program.ts";
import { merged, parseEvents } from "./reports/mod.ts";
import { select } from "./commands/selection.ts";
import { UsageError } from "./commands/usage.ts";

/** Renders an old run. */
async function report(terminal: Terminal, options: Options): Promise<ExitCode> {
  const [{ readUserFile }, { Reports }] = await Promise.all([
    import("./commands/request.ts"),
    import("./commands/report_sinks.ts"),
  ]);
  const isMerge = options.args[0] === "merge";
  const files = isMerge ? options.args.slice(1) : options.args;
  if (files.length === 0 || !isMerge && files.length > 1) {
    throw new UsageError(
      '"report" needs one file, written by "--reporter ndjson=FILE"; "report merge" takes several',
    );
  }
  const runs = files.map(async (file): Promise<Event[]> => {
    try {
      return parseEvents(await readUserFile(terminal, file));
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw new UsageError(`Cannot render "${file}": ${cause.message}`, { cause });
    }
  });
  const read = await Promise.all(runs);
  const events = isMerge ? merged(read) : read[0] ?? [];
  using reports = new Reports(terminal, options.reporters);
  for (const event of events) reports.take(event);
  const end = events.at(-1);
  return end?.type === "run-end" ? end.exitCode : 3;
}

/** Compares recordings. */
async function diff(terminal: Terminal, { args }: Options): Promise<ExitCode> {
  const { resolved } = await import("./commands/request.ts");
  const { compareTapes, renderDifferences } = await import("./commands/tape_diff.ts");
  const [old, now, ...more] = args.map((path) => resolved(terminal, path));
  if (old === undefined || now === undefined || more.length > 0) {
    throw new UsageError('"diff" needs two folders of recordings: the old one and the new one');
  }
  terminal.out(renderDifferences(await compareTapes(old, now)));
  return 0;
}

/** Removes what dead runs left. */
async function reap(terminal: Terminal, composer: Composer, options: Options): Promise<ExitCode> {
  const [{ deadLedgers }, { reap: reaping }, { ledgersOf }] = await Promise.all([
    import("./engine/ledger_file.ts"),
    import("./engine/reap.ts"),
    import("./commands/set_up.ts"),
  ]);
  if (options.args.length > 0) {
    throw new UsageError('"reap" takes no names: ledgers say what to do');
  }
  const { dryRun } = options;
  const folder = ledgersOf(terminal, options);
  const ledgers = deadLedgers(folder);
  let [count, failed] = [0, 0];
  for await (
    const { run, resource, outcome, reason } of reaping(ledgers, composer.reach, { dryRun })
  ) {
    count++;
    if (outcome === "failed") failed++;
    terminal.out(`${outcome} ${resource} (run ${run})${reason ? `: ${reason}` : ""}\n`);
  }
  if (count === 0) terminal.out("Nothing is left by any run\n");
  if (failed === 0) return 0;
  terminal.err(
    `What failed stays in the ledgers of "${folder}"; if a host is gone for good, delete the ledger ` +
      "of its run\n",
  );
  return 4;
}

/** Those of the cases that the driver would run, if one is named. */
async function ofDriver(
  cases: readonly AnyCase[],
  { terminal, composer, options }: {
    readonly terminal: Terminal;
    readonly composer: Composer;
    readonly options: Options;
  },
): Promise<readonly AnyCase[]> {
  if (options.driver === undefined) return cases;
  const [{ requestOf }, { servedCases }] = await Promise.all([
    import("./commands/request.ts"),
    import("./commands/set_up.ts"),
  ]);
  const served = await composer.serves(requestOf(terminal, composer, options));
  return servedCases(served, cases, options);
}

async function dispatch(
  options: Options,
  terminal: Terminal,
  composer: Composer,
): Promise<ExitCode> {
  if (options.help) {
    terminal.out(helpText(composer.names()));
    return 0;
  }
  if (options.command === "report") return await report(terminal, options);
  if (options.command === "reap") return await reap(terminal, composer, options);
  if (options.command === "diff") return await diff(terminal, options);
  if (options.command === "explain") {
    if (options.args.length === 0) {
      throw new UsageError('"explain" needs the id of a case or clause');
    }
    terminal.out(options.args.map((id) => explain(id, CASES)).join("\n"));
    return 0;
  }
  const selected = select(CASES, options.selection);
  if (options.list) {
    terminal.out(listed(await ofDriver(selected, { terminal, composer, options })));
    return 0;
  }
  const use = { terminal, composer, options, cases: CASES, selected };
  return options.command === "record"
    ? await (await import("./commands/record_command.ts")).recordCommand(use)
    : await (await import("./commands/run_command.ts")).runCommand(use);
}

/**
 * Runs the command line, and answers what the process ends with. Never throws: wrong use is 2, and
 * what the environment lacks is 3, each with one sentence.
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
  composer: Composer,
): Promise<ExitCode> {
  const work = async (): Promise<ExitCode> => await dispatch(readOptions(args), terminal, composer);
  return await exitCodeOf(work, terminal.err);
}

/** How many columns a terminal has that does not tell. */
const COLUMNS = 80;

/** The terminal of this process. */
function systemTerminal(): Terminal {
  return {
    out: writerTo(Deno.stdout),
    err: writerTo(Deno.stderr),
    // A dumb one can neither colour nor overwrite.
    isTerminal: Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb",
    columns() {
      try {
        return Deno.consoleSize().columns || COLUMNS;
      } catch {
        return COLUMNS;
      }
    },
    env: (name) => Deno.env.get(name),
    folder: (Deno.env.get("INIT_CWD") ?? Deno.cwd()).replaceAll("\\", "/"),
    project: (import.meta.dirname ? dirname(import.meta.dirname) : Deno.cwd())
      .replaceAll("\\", "/"),
    now: () => new Date().toISOString(),
    seed: () => crypto.getRandomValues(new Uint8Array(5)).toHex(),
    async confine() {
      for (const name of ["run", "write", "ffi", "net"] as const) {
        await Deno.permissions.revoke({ name });
      }
    },
    interrupts: (leaves) => interrupts(writerTo(Deno.stderr), leaves),
  };
}

/** The composition root, loaded only when something is to be composed. */
const lazyComposer: Composer = {
  names: driverNames,
  serves: async (request) => (await import("./compose/mod.ts")).composer.serves(request),
  subject: async (request) => (await import("./compose/mod.ts")).composer.subject(request),
  threads: async (request, known) =>
    (await import("./compose/mod.ts")).composer.threads(request, known),
  recording: async (request) => (await import("./compose/mod.ts")).composer.recording(request),
  reach: async (head) => (await import("./compose/mod.ts")).composer.reach(head),
};

/**
 * Survives promises that are rejected when nobody waits for them, and counts them: in a program of a
 * user each would have ended the process.
 */
function countRejections(terminal: Terminal): () => number {
  let count = 0;
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    count++;
    terminal.err(`A promise was rejected that nobody waited for: ${event.reason}\n`);
  });
  return () => count;
}

if (import.meta.main) {
  const terminal = systemTerminal();
  const rejections = countRejections(terminal);
  const code = await main(Deno.args, terminal, lazyComposer);
  Deno.exit(code === 0 && rejections() > 0 ? 1 : code);
}
