/**
 * What a run and a recording have in common before their first case.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import type { RunOptions } from "../engine/engine.ts";
import type { Ledger } from "../engine/ledger.ts";
import type { Subject } from "../engine/subject.ts";
import type { Composer, SubjectRequest, Terminal } from "./composer.ts";
import type { Options } from "./options.ts";
import { Reports } from "./report_sinks.ts";
import { commandOf, requestOf, resolved } from "./request.ts";
import { lastingLedger, ledgerFolder, passingLedger } from "./run_ledger.ts";
import { offered } from "./selection.ts";
import { UsageError } from "./usage.ts";

/** What the sub-command is asked to do. */
export interface Use {
  /** The terminal. */
  readonly terminal: Terminal;
  /** The composition root. */
  readonly composer: Composer;
  /** The options. */
  readonly options: Options;
  /** All cases. */
  readonly cases: readonly AnyCase[];
  /** Those that are asked for, of any contract. */
  readonly selected: readonly AnyCase[];
}

/** All that is open during a run. Disposing of it writes nothing more. */
export interface SetUp<S extends Subject> extends AsyncDisposable {
  /** What was asked for, with absolute paths. */
  readonly request: SubjectRequest;
  /** What is under test. */
  readonly subject: S;
  /** The cases to run: those of the selected ones that are for the subject. */
  readonly selected: readonly AnyCase[];
  /** The reports. */
  readonly reports: Reports;
  /** How the cases are run. */
  readonly run: RunOptions;
}

/** Those of the selected cases that are for a subject. @throws {UsageError} if it serves none of them */
export function servedCases(
  subject: Pick<Subject, "driver" | "contracts">,
  selected: readonly AnyCase[],
  { selection }: Pick<Options, "selection">,
): AnyCase[] {
  const { driver, contracts } = subject;
  const serves = `Driver "${driver}" serves ${contracts.map((name) => `"${name}"`).join(" and ")}`;
  const missing = selection.contracts?.find((name) => !contracts.some((it) => it === name));
  if (missing !== undefined) throw new UsageError(`${serves}, and not "${missing}"`);
  const cases = offered(subject, selected);
  if (cases.length > 0) return cases;
  throw new UsageError(`${serves}; none of the selected cases is about that`);
}

/** The ledger of a run: on disk if the host outlives the process, as only then it matters. */
async function ledgerFor(
  { terminal, options }: Use,
  { driver, settings, startedAt }: SubjectRequest,
  { mode }: Pick<Subject, "mode">,
): Promise<Ledger & AsyncDisposable> {
  if (mode !== "live") return passingLedger();
  const run = `${startedAt.replace(/[^0-9]/g, "")}-${terminal.seed()}`;
  const folder = ledgersOf(terminal, options);
  return await lastingLedger(folder, { run, driver, settings, startedAt });
}

/** The folder of the ledgers: the named one, or the user's own. @throws {UsageError} */
export function ledgersOf(terminal: Terminal, { ledger }: Pick<Options, "ledger">): string {
  return ledger === undefined ? ledgerFolder(terminal.env) : resolved(terminal, ledger);
}

/** Opens all that a run needs. @throws {UsageError}, and what the subject lacks */
export async function setUp<S extends Subject & AsyncDisposable>(
  use: Use,
  open: (request: SubjectRequest) => Promise<S>,
): Promise<SetUp<S>> {
  const { terminal, composer, options, cases } = use;
  await using stack = new AsyncDisposableStack();
  const request = requestOf(terminal, composer, options);
  const subject = stack.use(await open(request));
  const selected = servedCases(subject, use.selected, options);
  const interrupts = stack.use(terminal.interrupts(subject.mode === "live"));
  const reports = stack.use(new Reports(terminal, options.reporters));
  const ledger = stack.use(await ledgerFor(use, request, subject));
  const ended = stack.move();
  return {
    request,
    subject,
    selected,
    reports,
    run: {
      seed: options.seed ?? terminal.seed(),
      startedAt: request.startedAt,
      command: commandOf(options),
      known: offered(subject, cases).map(({ id }) => id),
      parallel: options.parallel,
      caseTimeoutMs: options.caseTimeoutMs,
      bail: options.bail,
      ledger,
      signal: interrupts.signal,
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}
