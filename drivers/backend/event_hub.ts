/**
 * One source of events, many who listen.
 *
 * @module
 */

/**
 * Hands events on to everybody who listens at the moment; each gets all of them, in order, at a pace of
 * their own.
 */
export class EventHub<E> {
  readonly #listeners = new Set<(event: E | undefined) => void>();

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Hands an event on. */
  emit(event: E): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Ends all streams after what was handed on so far. */
  end(): void {
    for (const listener of [...this.#listeners]) listener(undefined);
  }

  /**
   * The events from now on: nothing is missed between this call and the first read. Ends when the
   * signal aborts, and says so to `onEnd`.
   */
  subscribe(
    { signal, onEnd }: { signal: AbortSignal; onEnd?: () => void },
  ): AsyncIterableIterator<E> {
    const waiting: E[] = [];
    let ended = signal.aborted;
    let news = Promise.withResolvers<void>();
    const wake = (): void => {
      news.resolve();
      news = Promise.withResolvers();
    };
    const listener = (event: E | undefined): void => {
      if (event === undefined) stop();
      else waiting.push(event);
      wake();
    };
    const stop = (): void => {
      if (ended) return;
      ended = true;
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
      onEnd?.();
    };
    const onAbort = (): void => {
      waiting.length = 0;
      stop();
      wake();
    };
    if (!ended) {
      this.#listeners.add(listener);
      signal.addEventListener("abort", onAbort, { once: true });
    }
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next(): Promise<IteratorResult<E>> {
        while (waiting.length === 0 && !ended) await news.promise;
        return waiting.length > 0
          ? { done: false, value: waiting.shift() as E }
          : { done: true, value: undefined };
      },
      return(): Promise<IteratorResult<E>> {
        onAbort();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}
