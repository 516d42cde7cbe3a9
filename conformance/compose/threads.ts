/**
 * Threads that make attempts at cases. A replay waits for nothing but the processor, so that with
 * two of them it is done in little more than half of the time.
 *
 * @module
 */

import type { SubjectRequest, Threads } from "../commands/composer.ts";
import { type AttemptInit, type AttemptResult, runAttempt } from "../engine/attempt.ts";
import type { CheckEvent } from "../engine/events.ts";

/** More gain nothing: each has to load the suite. */
const MOST_THREADS = 4;

/** What an attempt is about, in words that reach another thread. */
export interface AttemptOrder extends Pick<AttemptInit, "attempt" | "seed" | "timeoutMs"> {
  /** Tells its answers from those of others. */
  readonly key: number;
  /** The id of the case. */
  readonly case: string;
}

/** What a thread is told: first of what subject it is, then of one attempt after the other. */
export type Order =
  | { readonly type: "begin"; readonly request: SubjectRequest; readonly known: readonly string[] }
  | { readonly type: "attempt"; readonly order: AttemptOrder }
  | { readonly type: "interrupt" };

/** What a thread tells. */
export type Answer =
  | { readonly type: "check"; readonly key: number; readonly check: CheckEvent }
  | { readonly type: "result"; readonly key: number; readonly result: AttemptResult }
  /** Of a promise that nobody waited for. */
  | { readonly type: "rejection"; readonly reason: string };

/** Makes attempts, so many at the moment. */
interface Thread extends Disposable {
  readonly pending: number;
  attempt(init: AttemptInit): Promise<AttemptResult>;
}

/** The thread that asks. */
function thisThread(): Thread {
  let pending = 0;
  return {
    get pending() {
      return pending;
    },
    attempt(init) {
      pending++;
      return runAttempt(init).finally(() => pending--);
    },
    [Symbol.dispose]() {},
  };
}

/** A thread beside it, which has a subject and a ledger of its own. */
export function newThread(begin: Order): Thread {
  const worker = new Worker(new URL("./attempt_worker.ts", import.meta.url), { type: "module" });
  const tell = (order: Order): void => worker.postMessage(order);
  const pending = new Map<number, { init: AttemptInit; end(result: AttemptResult): void }>();
  let keys = 0;
  let isLost = false;
  worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
    if (data.type === "rejection") {
      // Not waited for here either: whoever counts them counts this one.
      Promise.reject(data.reason);
      return;
    }
    const it = pending.get(data.key);
    if (data.type === "check") return it?.init.emit(data.check);
    pending.delete(data.key);
    it?.end(data.result);
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    isLost = true;
    const reason = `The thread that replayed it ended: ${event.message}`;
    for (const { end } of pending.values()) {
      end({ status: "harness-error", reason, ms: 0, leaks: [] });
    }
  };
  tell(begin);
  return {
    get pending() {
      return isLost ? Infinity : pending.size;
    },
    attempt(init) {
      const { case: { id }, attempt, seed, timeoutMs, signal } = init;
      const { promise, resolve: end } = Promise.withResolvers<AttemptResult>();
      const key = ++keys;
      pending.set(key, { init, end });
      tell({ type: "attempt", order: { key, case: id, attempt, seed, timeoutMs } });
      const interrupt = (): void => tell({ type: "interrupt" });
      signal.addEventListener("abort", interrupt, { once: true });
      return promise.finally(() => signal.removeEventListener("abort", interrupt));
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

/** This thread, and those beside it that the cores of the machine have room for. */
export function threads(
  request: SubjectRequest,
  known: readonly string[],
  cores: number = navigator.hardwareConcurrency,
): Threads {
  const count = Math.max(1, Math.min(cores, MOST_THREADS));
  const all = [
    thisThread(),
    ...Array.from({ length: count - 1 }, () => newThread({ type: "begin", request, known })),
  ];
  return {
    count,
    attempt(init) {
      const [idlest = all[0]] = all.toSorted((a, b) => a.pending - b.pending);
      return idlest.attempt(init);
    },
    [Symbol.dispose]: () => all.forEach((thread) => thread[Symbol.dispose]()),
  };
}
