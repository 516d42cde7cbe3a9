/**
 * Ledgers on disk: one file for each live run, locked while it goes on.
 *
 * A line is on disk before the resource is made. A file without a holder is of a run that is over; what
 * is not struck out in it may still be on the host.
 *
 * @module
 */

import type { Ledger, Resource } from "./ledger.ts";

/** What a ledger says about its run. */
export interface LedgerHead {
  /** The run. */
  readonly run: string;
  /** The driver as it was asked for: a name, or a module's path. */
  readonly driver: string;
  /** The driver's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** When the run began, in ISO 8601. */
  readonly startedAt: string;
}

type Line = { head: LedgerHead } | { intent: number; resource: Resource } | { done: number[] };

const encoder = new TextEncoder();

async function append(file: Deno.FsFile, line: Line): Promise<void> {
  const bytes = encoder.encode(`${JSON.stringify(line)}\n`);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  await file.syncData();
}

/** The ledger of a run that goes on. */
export class FileLedger implements Ledger, AsyncDisposable {
  /** Where it is. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #open = new Set<number>();
  #count = 0;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Begins a ledger in a folder, which is made if need be. */
  static async begin(folder: string, head: LedgerHead): Promise<FileLedger> {
    await Deno.mkdir(folder, { recursive: true });
    const path = `${folder}/${head.run}.ndjson`;
    const file = await Deno.open(path, { createNew: true, append: true });
    await file.lock(true);
    await append(file, { head });
    return new FileLedger(path, file);
  }

  /** Writes a resource down; settles when the line is on disk. */
  async intend(resource: Resource): Promise<number> {
    const intent = ++this.#count;
    this.#open.add(intent);
    await this.#append({ intent, resource });
    return intent;
  }

  /** Strikes out resources that are gone. */
  async strike(numbers: readonly number[]): Promise<void> {
    await this.#append({ done: [...numbers] });
    for (const number of numbers) this.#open.delete(number);
  }

  /** Ends the ledger; one with nothing open is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    if (this.#open.size === 0) await Deno.remove(this.path);
    this.#file.close();
  }

  /** Lines never mix, whoever writes at the same time. */
  #append(line: Line): Promise<void> {
    const appended = this.#last.then(() => append(this.#file, line)).catch((cause) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot write into the ledger "${this.path}": ${why}`, { cause });
    });
    this.#last = appended.catch(() => {});
    return appended;
  }
}

/** The ledger of a run that is over, held so that nobody else reaps it. */
export class DeadLedger implements Disposable {
  /** What it says about its run. */
  readonly head: LedgerHead;
  /** Where it is. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #open: Map<number, Resource>;

  /** Made by {@linkcode deadLedgers}. */
  constructor(path: string, file: Deno.FsFile, head: LedgerHead, open: Map<number, Resource>) {
    this.path = path;
    this.#file = file;
    this.head = head;
    this.#open = open;
  }

  /** What may still be on the host: number and resource, the newest first. */
  open(): [number, Resource][] {
    return [...this.#open].reverse();
  }

  /** Strikes out a resource that is gone. */
  async strike(number: number): Promise<void> {
    await append(this.#file, { done: [number] });
    this.#open.delete(number);
  }

  /** Lets go of it; one with nothing open is removed. */
  [Symbol.dispose](): void {
    if (this.#open.size === 0) Deno.removeSync(this.path);
    this.#file.close();
  }
}

/** Reads the lines of a ledger. The last one may be cut off: what it names was not made yet. */
function parseLedger(
  path: string,
  text: string,
): { head: LedgerHead; open: Map<number, Resource> } | undefined {
  const lines = text.split("\n").slice(0, -1).map((line, index): Line => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new Error(
        `Cannot read line ${index + 1} of the ledger "${path}": see what it names, and delete it`,
        { cause: error },
      );
    }
  });
  const [first, ...rest] = lines;
  if (first === undefined) return undefined;
  if (!("head" in first)) throw new Error(`The ledger "${path}" does not begin with its run`);
  const open = new Map<number, Resource>();
  for (const line of rest) {
    if ("intent" in line) open.set(line.intent, line.resource);
    if ("done" in line) line.done.forEach((number) => open.delete(number));
  }
  return { head: first.head, open };
}

/** All of an open file; another handle could not read it past the lock on every system. */
async function textOf(file: Deno.FsFile): Promise<string> {
  const bytes = new Uint8Array((await file.stat()).size);
  for (let at = 0; at < bytes.length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return new TextDecoder().decode(bytes);
}

/** How many bytes of a last line there are without its end. */
function cutOff(text: string): number {
  return encoder.encode(text.slice(text.lastIndexOf("\n") + 1)).length;
}

/** Opens a ledger, unless its run goes on or it has no run at all. */
async function openDead(path: string): Promise<DeadLedger | undefined> {
  const file = await Deno.open(path, { read: true, append: true });
  try {
    if (await file.tryLock(true)) {
      const text = await textOf(file);
      const parsed = parseLedger(path, text);
      if (parsed) {
        if (!text.endsWith("\n")) await file.truncate(encoder.encode(text).length - cutOff(text));
        return new DeadLedger(path, file, parsed.head, parsed.open);
      }
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/**
 * The ledgers of a folder whose runs are over, oldest first; those of runs that go on are left alone.
 *
 * @throws {Error} if one cannot be read
 */
export async function* deadLedgers(folder: string): AsyncGenerator<DeadLedger> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name.endsWith(".ndjson")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const name of names.sort()) {
    const ledger = await openDead(`${folder}/${name}`);
    if (ledger) yield ledger;
  }
}
