/**
 * A stream that only stays open.
 *
 * @module
 */

/** Says nothing, until nobody listens any more. */
export function silence<T>(signal: AbortSignal): AsyncIterable<T> {
  const end = new Promise<IteratorResult<T, undefined>>((resolve) => {
    const ended = (): void => resolve({ done: true, value: undefined });
    if (signal.aborted) ended();
    else signal.addEventListener("abort", ended, { once: true });
  });
  return { [Symbol.asyncIterator]: () => ({ next: () => end }) };
}
