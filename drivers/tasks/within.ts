/**
 * Work that must not take longer than it may.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Clock } from "../contract/mod.ts";

/**
 * Does work with a signal that aborts when the time is over, or with the caller's. Settles then at
 * once, whatever becomes of the work.
 *
 * @throws {Trouble} `deadline-exceeded` when the time is over; the caller's reason; what the work throws
 */
export async function within<T>(
  { clock, ms, signal, what }: {
    readonly clock: Clock;
    readonly ms: number;
    readonly signal?: AbortSignal;
    readonly what: string;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const end = new AbortController();
  const inner = AbortSignal.any(signal ? [signal, end.signal] : [end.signal]);
  const timer = clock.sleep(ms, { signal: inner }).then(() => {
    const error = new Trouble("deadline-exceeded", `${what} took longer than ${ms} ms`);
    end.abort(error);
    throw error;
  });
  const working = work(inner);
  working.catch(() => {});
  try {
    return await Promise.race([working, timer]);
  } finally {
    end.abort(new Trouble("canceled", "it is over"));
    timer.catch(() => {});
  }
}
