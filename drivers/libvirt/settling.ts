/**
 * A daemon that was started again needs a moment before what it shows is true.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import type { LibvirtEvent } from "./backend.ts";

/**
 * How long a libvirtd that was started again gets to look at what survived. Until then it shows machines
 * as they were, and it sends no event for those whose QEMU it finds dead.
 */
export const SETTLED_MS = 2000;

/** The daemon has had its time. */
export interface Settled {
  /** Which event. */
  readonly type: "settled";
}

/** The events, and a `settled` some time after whoever listens was done with a `lost`; none is held up. */
export async function* withSettled(
  events: AsyncIterable<LibvirtEvent>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<LibvirtEvent | Settled> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  let settled: Promise<void> | undefined;
  try {
    while (true) {
      const result = await Promise.race(settled ? [next, settled] : [next]);
      if (result === undefined) {
        settled = undefined;
        yield { type: "settled" };
        continue;
      }
      if (result.done) return;
      yield result.value;
      if (result.value.type === "lost") {
        settled = clock.sleep(SETTLED_MS, { signal });
        settled.catch(() => {});
      }
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}
