/**
 * The two clocks: the system's, and a virtual one that never waits. The only place below the suite
 * that touches a real timer.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";

/** The longest delay that a timer of the runtime takes; longer sleeps are made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function assertDelay(ms: number): void {
  if (ms >= 0) return;
  throw new RangeError(`Cannot wait: the delay must be a number of milliseconds from 0: ${ms}`);
}

/** A sleep on a timer. */
function sleepOn(timer: Clock["timer"]): Clock["sleep"] {
  return (ms, { signal } = {}) => {
    assertDelay(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  };
}

/** Real time, from 0 at its making. */
export function systemClock(): Clock {
  const start = performance.now();
  const now = (): number => performance.now() - start;
  const timer: Clock["timer"] = (ms, fire) => {
    assertDelay(ms);
    const end = now() + ms;
    let step: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const left = end - now();
      if (left <= 0) return fire();
      step = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
    };
    step = setTimeout(wait, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(step);
  };
  return { now, hold: (work) => work, timer, sleep: sleepOn(timer) };
}

/** Real time that counts from the Unix epoch, for processes whose times others compare with their own. */
export function epochClock(): Clock {
  const clock = systemClock();
  const start = performance.timeOrigin + performance.now();
  return { ...clock, now: () => start + clock.now() };
}

interface Timer {
  readonly due: number;
  fire(): void;
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
  #stopped = false;
  #turn?: ReturnType<typeof setImmediate>;
  /** By the time at which they are due, and by their making. */
  readonly #timers: Timer[] = [];
  /** Settles when virtual time is `ms` later; rejects with the signal's reason when aborted. */
  readonly sleep: Clock["sleep"] = sleepOn((ms, fire) => this.timer(ms, fire));

  /** Milliseconds since the clock's own start. */
  now(): number {
    return this.#now;
  }

  /** Calls `fire` when virtual time is `ms` later, unless what it answers was called before. */
  timer(ms: number, fire: () => void): () => void {
    assertDelay(ms);
    const timer: Timer = { due: this.#now + ms, fire };
    const later = this.#timers.findIndex(({ due }) => due > timer.due);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    this.#rearm();
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at < 0) return;
      this.#timers.splice(at, 1);
      this.#rearm();
    };
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

  /** Time moves after this turn, when all promises that can have settled, if anybody waits for it. */
  #rearm(): void {
    const wanted = !this.#stopped && this.#held === 0 &&
      (this.#timers[0]?.due ?? Infinity) < Infinity;
    if (wanted) {
      this.#turn ??= setImmediate(this.#afterTurn);
    } else if (this.#turn !== undefined) {
      clearImmediate(this.#turn);
      this.#turn = undefined;
    }
  }

  readonly #afterTurn = (): void => {
    this.#turn = undefined;
    const timer = this.#timers.shift();
    if (!timer) return;
    this.#now = timer.due;
    timer.fire();
    this.#rearm();
  };
}
