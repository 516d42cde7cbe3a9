/**
 * One kept PowerShell: requests go in as lines of JSON, answers come out as lines of JSON, one at a
 * time. What else it prints is noise.
 *
 * A request is `{id, cmdlet, params}`; its answer is `{id, data, warnings, error}` after a mark that
 * is made up for each process, so that nothing that a host prints can be taken for an answer. The
 * first answer of a process, before any request, is `{ready}`.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import { KeyedLock } from "../backend/keyed_lock.ts";
import type { Clock } from "../contract/mod.ts";
import { type ErrorRecord, frames, refusalOf } from "./frames.ts";

/** A process, or what stands in for one. */
export interface Pipe {
  /** What it prints. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Sends a text. @throws {Error} if nobody reads any more */
  write(text: string): Promise<void>;
  /** Ends it at once. */
  kill(): void;
  /** Settles when it has ended, with why in words: its exit code, and the last that it complained of. */
  readonly exited: Promise<string>;
}

/** Starts a process. @throws {BackendError} `unreachable`, if there is none to start */
export type OpenPipe = () => Promise<Pipe>;

/** What {@linkcode Session} needs. */
export interface SessionOptions {
  /** Time. */
  readonly clock: Clock;
  /** Starts PowerShell. */
  readonly open: OpenPipe;
  /** Gets what is no answer, and warnings. */
  readonly log?: (line: string) => void;
}

/** How one request can be given up. */
export interface RequestOptions {
  /** Gives up waiting: the request runs on, and its answer is dropped. */
  readonly signal?: AbortSignal;
  /** From when it is sent; PowerShell is ended then. */
  readonly timeoutMs?: number;
}

/** An answer. */
interface Reply {
  readonly id: number;
  readonly data: Json;
  readonly warnings: readonly string[];
  readonly error: ErrorRecord | null;
}

/** Who waits for an answer. */
interface Waiting extends PromiseWithResolvers<Reply> {
  readonly cmdlet: string;
}

/** A process that said that it is ready. */
interface Shell {
  readonly pipe: Pipe;
  readonly facts: Facts;
  /** Who waits for which answer. */
  readonly pending: Map<number, Waiting>;
  /** Settles when nothing can be asked any more, with why. */
  readonly dead: Promise<string>;
  isDead: boolean;
}

/** What a process says of itself when it is ready. */
export type Facts = Readonly<Record<string, Json>>;

/** Modules are loaded then, which takes half a minute on a host that did not do so for long. */
export const READY_MS = 60_000;
/** As long as any other backend's call. */
const REQUEST_MS = 30_000;

const ADVICE =
  "check that Windows PowerShell runs by itself, and that no policy restricts its language";

/** A kept PowerShell. It is started by the first request, and again by the next one after it ended. */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #turns = new KeyedLock();
  readonly #end = new AbortController();
  #starting?: Promise<Shell>;
  #ids = 0;
  #load = 0;

  /** Starts nothing yet. */
  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** How many requests it has, with those that somebody gave up and PowerShell has not. */
  get load(): number {
    return this.#load;
  }

  /** Starts PowerShell if need be, and answers what it says of itself. @throws {BackendError} */
  async facts(): Promise<Facts> {
    return (await this.#shell()).facts;
  }

  /**
   * Asks for one thing. Requests take turns.
   *
   * @throws {BackendError} `refused` with the code that `codeOf` makes of the error record
   */
  async request(
    cmdlet: string,
    params: Json,
    { signal, timeoutMs = REQUEST_MS }: RequestOptions = {},
  ): Promise<Json> {
    signal?.throwIfAborted();
    const work = (): Promise<Reply> => this.#exchange(cmdlet, params, timeoutMs);
    const turn = this.#turns.run("", work, { signal });
    this.#load++;
    const settle = (): void => void this.#load--;
    turn.then(settle, settle);
    const { data, error } = await orAborted(turn, signal);
    if (error) throw refusalOf(error);
    return data;
  }

  /** Ends PowerShell. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    const shell = await this.#starting?.catch(() => undefined);
    shell?.pipe.kill();
    await shell?.dead;
  }

  async #exchange(cmdlet: string, params: Json, timeoutMs: number): Promise<Reply> {
    const { clock, log } = this.#options;
    const shell = await this.#shell();
    const id = ++this.#ids;
    const answer = { ...Promise.withResolvers<Reply>(), cmdlet };
    answer.promise.catch(() => {/* It ended before all was sent, and that is told below. */});
    shell.pending.set(id, answer);
    const done = new AbortController();
    try {
      const sent = shell.pipe.write(`${ascii(JSON.stringify({ id, cmdlet, params }))}\n`);
      const answered = (): Promise<Reply> => shell.isDead ? endOf(shell, cmdlet) : answer.promise;
      // No race with the process's own end: that would keep each answer for as long as it runs.
      const reply = await Promise.race([
        sent.then(answered, () => endOf(shell, cmdlet)),
        deadline(clock, timeoutMs, done.signal).then(() => late(shell, cmdlet, timeoutMs)),
      ]);
      for (const warning of reply.warnings) log?.(`${cmdlet}: ${warning}`);
      return reply;
    } finally {
      done.abort();
      shell.pending.delete(id);
    }
  }

  /** The process that runs, or a new one: at most one start for each request. */
  async #shell(): Promise<Shell> {
    const running = await this.#starting?.catch(() => undefined);
    if (running && !running.isDead) return running;
    const starting = this.#starting = this.#start();
    try {
      return await starting;
    } catch (error) {
      if (this.#starting === starting) this.#starting = undefined;
      throw error;
    }
  }

  async #start(): Promise<Shell> {
    const { clock, open } = this.#options;
    if (this.#end.signal.aborted) throw unreachable("closed", "The session was closed");
    const pipe = await open();
    const mark = `#${crypto.randomUUID()} `;
    const dead = Promise.withResolvers<string>();
    const garbled = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<Facts>();
    ready.promise.catch(() => {});
    const pending: Shell["pending"] = new Map();
    const done = new AbortController();
    this.#end.signal.addEventListener("abort", () => pipe.kill(), { once: true });
    this.#read({ pipe, mark, pending, ready, garbled }).then((why) => dead.resolve(why));
    try {
      const notReady = (why: string): never => {
        throw unreachable("not-ready", `PowerShell is not ready: ${why}; ${ADVICE}`);
      };
      pipe.write(`${mark}\n`).catch(() => {/* It has ended, and that is told by `dead`. */});
      const facts = await Promise.race([
        ready.promise,
        dead.promise.then(notReady),
        deadline(clock, READY_MS, AbortSignal.any([done.signal, this.#end.signal]))
          .then(() => notReady(`it said nothing within ${READY_MS} ms`)),
      ]);
      const shell: Shell = { pipe, facts, pending, dead: dead.promise, isDead: false };
      const bury = (): void => void (shell.isDead = true);
      dead.promise.then((why) => {
        bury();
        for (const { reject, cmdlet } of pending.values()) reject(ended(cmdlet, why));
      });
      garbled.promise.then(bury);
      return shell;
    } catch (error) {
      pipe.kill();
      if (this.#end.signal.aborted) throw unreachable("closed", "The session was closed");
      throw error;
    } finally {
      done.abort();
    }
  }

  /** Reads to the end, and answers why it ended. Answers that nobody waits for are dropped. */
  async #read({ pipe, mark, pending, ready, garbled }: {
    pipe: Pipe;
    mark: string;
    pending: Shell["pending"];
    ready: PromiseWithResolvers<Facts>;
    garbled: PromiseWithResolvers<void>;
  }): Promise<string> {
    try {
      for await (const frame of frames(pipe.output, mark, (line) => this.#options.log?.(line))) {
        if ("ready" in frame) ready.resolve(frame.ready as Facts);
        else pending.get(frame.id as number)?.resolve(frame as unknown as Reply);
      }
    } catch (error) {
      // Who waits cannot tell which answer it was, so it is everybody's.
      garbled.resolve();
      for (const { reject } of pending.values()) reject(error);
      ready.reject(error);
      pipe.kill();
    }
    return await pipe.exited;
  }
}

/** The text with everything that is not ASCII escaped, as hosts have their own ideas of the rest. */
function ascii(json: string): string {
  return json.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function unreachable(code: string, message: string): BackendError {
  return new BackendError("unreachable", code, message);
}

async function endOf({ dead }: Shell, cmdlet: string): Promise<never> {
  throw ended(cmdlet, await dead);
}

function ended(cmdlet: string, why: string): BackendError {
  return new BackendError("disconnected", "", `PowerShell ended during "${cmdlet}": ${why}`);
}

function late(shell: Shell, cmdlet: string, timeoutMs: number): never {
  shell.isDead = true;
  shell.pipe.kill();
  throw new BackendError("timeout", "", `No answer to "${cmdlet}" within ${timeoutMs} ms`);
}

/** Settles when the time is over; never, if that is called off. */
function deadline(clock: Clock, ms: number, off: AbortSignal): Promise<void> {
  return new Promise((resolve) => clock.sleep(ms, { signal: off }).then(resolve, () => {}));
}

/** Settles as the promise does, or rejects with the signal's reason. */
async function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return await promise;
  promise.catch(() => {});
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
