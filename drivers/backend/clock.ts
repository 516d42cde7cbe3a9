/**
 * The two clocks: the system's, and a virtual one that never waits. The only place below the suite
 * that touches a real timer.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";

/** The longest delay that a timer of the runtime takes; longer sleeps are made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Macrotask turns without activity before virtual time moves on. One would do for promises; a few
 * more cost microseconds and let answers that are on their way from the runtime itself come in.
 */
const QUIET_TURNS = 4;

function assertDelay(ms: number): void {
  if (ms >= 0) return;
  throw new RangeError(`Cannot sleep: the delay must be a number of milliseconds from 0: ${ms}`);
}

/** Real time, from 0 at its making. */
export function systemClock(): Clock {
  const start = performance.now();
  const now = (): number => performance.now() - start;
  return {
    now,
    hold: (work) => work,
    sleep(ms, { signal } = {}): Promise<void> {
      assertDelay(ms);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = now() + ms;
        let timer: ReturnType<typeof setTimeout>;
        const onAbort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const wait = (): void => {
          const left = end - now();
          if (left > 0) {
            timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
            return;
          }
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        timer = setTimeout(wait, Math.min(ms, LONGEST_TIMER_MS));
      });
    },
  };
}

/** Real time that counts from the Unix epoch, for processes whose times others compare with their own. */
export function epochClock(): Clock {
  const clock = systemClock();
  const start = performance.timeOrigin + performance.now();
  return { ...clock, now: () => start + clock.now() };
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/**
 * Time that moves only when nobody has anything else to do: then it jumps to the next sleeper.
 *
 * Sleepers wake one at a time, those of one instant in the order in which they went to sleep, so a run
 * is the same every time. Promises are waited for by themselves; anything that the runtime answers later,
 * such as a file or a socket, must be wrapped in {@linkcode hold}, or time may overtake it.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "./clock.ts";
 *
 * using clock = new VirtualClock();
 * await clock.sleep(60_000);
 * console.assert(clock.now() === 60_000);
 * ```
 */
export class VirtualClock implements Clock, Disposable {
  #now = 0;
  #held = 0;
  #quiet = 0;
  #stopped = false;
  #turn?: ReturnType<typeof setImmediate>;
  readonly #sleepers: Sleeper[] = [];

  /** Milliseconds since the clock's own start. */
  now(): number {
    return this.#now;
  }

  /** Settles when virtual time is `ms` later; rejects with the signal's reason when aborted. */
  sleep(ms: number, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    assertDelay(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        this.#rearm();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + ms,
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const later = this.#sleepers.findIndex((other) => other.due > sleeper.due);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
      this.#rearm();
    });
  }

  /** Waits for work outside the backend while virtual time stands still. The work must not sleep on this clock. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    this.#rearm();
    try {
      return await work;
    } finally {
      this.#held--;
      this.#rearm();
    }
  }

  /** Stops the clock for good: who still sleeps on it sleeps on. */
  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#rearm();
  }

  /** Something happened: counts quiet turns anew, if there is anybody to wake at all. */
  #rearm(): void {
    this.#quiet = 0;
    const wanted = !this.#stopped && this.#held === 0 &&
      (this.#sleepers[0]?.due ?? Infinity) < Infinity;
    if (wanted) {
      this.#turn ??= setImmediate(this.#afterTurn);
    } else if (this.#turn !== undefined) {
      clearImmediate(this.#turn);
      this.#turn = undefined;
    }
  }

  readonly #afterTurn = (): void => {
    if (++this.#quiet < QUIET_TURNS) {
      this.#turn = setImmediate(this.#afterTurn);
      return;
    }
    this.#turn = undefined;
    const sleeper = this.#sleepers.shift();
    if (!sleeper) return;
    this.#now = sleeper.due;
    sleeper.wake();
    this.#rearm();
  };
}
