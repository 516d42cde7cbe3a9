/**
 * Where reports go: to standard output, and to files.
 *
 * @module
 */

import type { Event } from "../engine/events.ts";
import { type Report, REPORTERS } from "../reports/mod.ts";
import type { Terminal } from "./composer.ts";
import type { ReportTarget } from "./options.ts";
import { resolved } from "./request.ts";
import { sentenceOf, UsageError } from "./usage.ts";

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
      const report = REPORTERS[name]?.({
        color: file === undefined && colorful,
        live: isLive,
        columns: () => terminal.columns(),
      });
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
        throw new Error(`Cannot write the report "${name}": ${sentenceOf(cause)}`, { cause });
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
    throw new UsageError(`Cannot write the report "${name}": ${sentenceOf(cause)}`, { cause });
  }
}
