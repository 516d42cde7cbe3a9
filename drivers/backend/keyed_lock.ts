/**
 * Work that must not overlap, by key.
 *
 * @module
 */

/** Runs work of one key one after the other, in the order of asking; different keys do not wait for each other. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /**
   * Runs the work when all work of that key asked for before has settled. Aborting ends the wait: the work
   * is not begun then, and the signal's reason is thrown. Work that has begun is not disturbed.
   */
  async run<T>(
    key: string,
    work: () => Promise<T>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    const tail = before.then(() => mine.promise);
    this.#tails.set(key, tail);
    try {
      await (signal ? orAborted(before, signal) : before);
      return await work();
    } finally {
      mine.resolve();
      tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key));
    }
  }
}

/** Settles as the promise does, or rejects with the signal's reason. */
function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
  });
}
