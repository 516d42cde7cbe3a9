/**
 * The sub-command `run`.
 *
 * @module
 */

import { directories } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import type { Composer, SubjectRequest, Terminal } from "./composer.ts";
import { run, type RunOptions } from "../engine/engine.ts";
import type { Event, ExitCode } from "../engine/events.ts";
import { type KnownFailure, parseKnownFailures } from "../engine/known_failing.ts";
import { type Ledger, MemoryLedger } from "../engine/ledger.ts";
import { FileLedger } from "../engine/ledger_file.ts";
import { NOMAD_PREFIX, type Options, type ReportTarget } from "./options.ts";
import { type Report, REPORTERS } from "../reports/mod.ts";
import { shellCommand } from "../reports/words.ts";
import { offered } from "./selection.ts";
import type { Subject } from "../engine/subject.ts";
import { unknownName, UsageError } from "./usage.ts";

/** A path as the user meant it. */
export function resolved(terminal: Terminal, path: string): string {
  const isAbsolute = path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
  return isAbsolute ? path : `${terminal.folder}/${path.replace(/^\.\//, "")}`;
}

/** The text of a file that the user names. @throws {UsageError} if it cannot be read */
export async function readUserFile(terminal: Terminal, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(resolved(terminal, path));
  } catch (cause) {
    throw new UsageError(`Cannot read the file "${path}": ${messageOf(cause)}`, { cause });
  }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : `${error}`;

/** A driver's name, with an absolute path if it is one of a module or a plugin. */
function absoluteDriver(terminal: Terminal, driver: string): string {
  if (driver.startsWith(NOMAD_PREFIX)) {
    const path = driver.slice(NOMAD_PREFIX.length);
    if (path === "") {
      throw new UsageError(`Name the plugin's file: "--driver ${NOMAD_PREFIX}./PATH"`);
    }
    return `${NOMAD_PREFIX}${resolved(terminal, path)}`;
  }
  return /[\\/]|\.[cm]?[jt]s$/.test(driver) ? resolved(terminal, driver) : driver;
}

/** What is asked for, with absolute paths. @throws {UsageError} if no driver is named */
export function requestOf(
  terminal: Terminal,
  composer: Composer,
  options: Options,
): SubjectRequest {
  const { driver, mode, settings, fixtures } = options;
  if (driver === undefined) {
    throw new UsageError(`Name a driver: --driver ${composer.names().join("|")}|./my_driver.ts`);
  }
  return {
    driver: absoluteDriver(terminal, driver),
    mode,
    settings,
    fixtures: fixtures === undefined
      ? `${terminal.project}/fixtures`
      : resolved(terminal, fixtures),
    recordCommand: shellCommand([
      ...["record", "--driver", driver, ...(mode === "simulated" ? [] : ["--live"])],
      ...(fixtures === undefined ? [] : ["--fixtures", fixtures]),
    ]),
    startedAt: terminal.now(),
  };
}

/** The folder of the ledgers. */
export function ledgerFolder(terminal: Terminal, { ledger }: Options): string {
  if (ledger !== undefined) return resolved(terminal, ledger);
  const os = Deno.build.os === "windows" || Deno.build.os === "darwin" ? Deno.build.os : "linux";
  const names = ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"];
  const env = Object.fromEntries(names.map((name) => [name, terminal.env(name)]));
  try {
    return `${directories({ os, env }).cache}/ledger`;
  } catch (cause) {
    throw new UsageError(`${messageOf(cause)}; say where ledgers are with "--ledger"`, { cause });
  }
}

/** The ledger of a run: on disk if the host outlives the process, as only then it matters. */
export async function ledgerFor(
  terminal: Terminal,
  options: Options,
  { driver, settings, startedAt }: SubjectRequest,
  { mode }: Pick<Subject, "mode">,
): Promise<Ledger & AsyncDisposable> {
  if (mode !== "live") {
    return Object.assign(new MemoryLedger(), { [Symbol.asyncDispose]: () => Promise.resolve() });
  }
  const run = `${startedAt.replace(/[^0-9]/g, "")}-${terminal.seed()}`;
  const head = { run, driver, settings, startedAt };
  const folder = ledgerFolder(terminal, options);
  try {
    return await FileLedger.begin(folder, head);
  } catch (cause) {
    const why = `${messageOf(cause)}; say where ledgers are with "--ledger"`;
    throw new Error(`Cannot write a ledger in "${folder}": ${why}`, { cause });
  }
}

/** The arguments that repeat a run, without selection, seed and reports. */
export function commandOf(options: Options): string[] {
  const { driver = "", mode, settings, fixtures, repeat, caseTimeoutMs } = options;
  return [
    "--driver",
    driver,
    ...(mode === "replayed" ? [] : [mode === "live" ? "--live" : "--simulated"]),
    ...(fixtures === undefined ? [] : ["--fixtures", fixtures]),
    ...Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]),
    ...(repeat > 1 ? ["--repeat", `${repeat}`] : []),
    ...(caseTimeoutMs === undefined ? [] : ["--case-timeout", `${caseTimeoutMs}ms`]),
  ];
}

/** Feeds events to several reports. */
export class Reports implements Disposable {
  readonly #sinks: {
    readonly name: string;
    readonly report: Report;
    write(text: string): void;
    close(): void;
  }[] = [];

  /** Begins the reports. @throws {UsageError} if a file cannot be written */
  constructor(terminal: Terminal, targets: readonly ReportTarget[]) {
    const colorful = terminal.isTerminal && !terminal.env("NO_COLOR");
    for (const { name, file } of targets) {
      const isLive = file === undefined && terminal.isTerminal;
      const report = REPORTERS[name]?.({ color: file === undefined && colorful, live: isLive });
      if (!report) continue;
      if (file === undefined) {
        this.#sinks.push({ name, report, write: (text) => terminal.out(text), close() {} });
        continue;
      }
      const handle = openForWriting(resolved(terminal, file), file);
      const encoder = new TextEncoder();
      const write = (text: string): void => {
        const bytes = encoder.encode(text);
        for (let at = 0; at < bytes.length;) at += handle.writeSync(bytes.subarray(at));
      };
      this.#sinks.push({ name: `${name}=${file}`, report, write, close: () => handle.close() });
    }
  }

  /** Takes an event. @throws {Error} if a report cannot be written any more */
  take(event: Event): void {
    for (const { name, report, write } of this.#sinks) {
      const text = report(event);
      if (text === "") continue;
      try {
        write(text);
      } catch (cause) {
        throw new Error(`Cannot write the report "${name}": ${messageOf(cause)}`, { cause });
      }
    }
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    for (const sink of this.#sinks) sink.close();
  }
}

function openForWriting(path: string, name: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (cause) {
    throw new UsageError(`Cannot write the report "${name}": ${messageOf(cause)}`, { cause });
  }
}

async function knownFailures(
  terminal: Terminal,
  { knownFailing }: Options,
  cases: readonly AnyCase[],
): Promise<KnownFailure[]> {
  if (knownFailing === undefined) return [];
  const text = await readUserFile(terminal, knownFailing);
  let entries: KnownFailure[];
  try {
    entries = parseKnownFailures(text);
  } catch (cause) {
    throw new UsageError(messageOf(cause), { cause });
  }
  for (const { case: id, check } of entries) {
    const item = cases.find((it) => it.id === id);
    if (!item) throw unknownName("case in the known failures", id, cases.map((it) => it.id));
    const checks = [...Object.keys(item.checks), "completes", "bystander", "no-leak"];
    if (check !== undefined && !checks.includes(check)) {
      throw unknownName(`check of case "${id}" in the known failures`, check, checks);
    }
  }
  return entries;
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

/** How many cases a replay has at the same time: none hears of another, and each mostly waits for files. */
const IN_REPLAY = 8;

/** Runs the selected cases. @throws {UsageError}, and what the subject lacks */
export async function runCommand(
  { terminal, composer, options, cases, selected: asked }: {
    readonly terminal: Terminal;
    readonly composer: Composer;
    readonly options: Options;
    readonly cases: readonly AnyCase[];
    readonly selected: readonly AnyCase[];
  },
): Promise<ExitCode> {
  const known = await knownFailures(terminal, options, cases);
  const request = requestOf(terminal, composer, options);
  const { startedAt } = request;
  await using subject = await composer.subject(request);
  const selected = servedCases(subject, asked, options);
  const seed = options.seed ?? terminal.seed();
  using interrupts = terminal.interrupts();
  using reports = new Reports(terminal, options.reporters);
  await using ledger = await ledgerFor(terminal, options, request, subject);
  const runOptions: RunOptions = {
    seed,
    startedAt,
    command: commandOf(options),
    known: offered(subject, cases).map(({ id }) => id),
    repeat: options.repeat,
    parallel: options.parallel ?? (subject.mode === "replayed" ? IN_REPLAY : 1),
    caseTimeoutMs: options.caseTimeoutMs,
    bail: options.bail,
    bystander: subject.mode !== "replayed",
    knownFailures: known,
    ledger,
    signal: interrupts.signal,
  };
  if (subject.mode === "replayed") await terminal.confine();
  let code: ExitCode = 3;
  for await (const event of run(selected, subject, runOptions)) {
    reports.take(event);
    if (event.type === "run-end") code = event.exitCode;
  }
  return code;
}
