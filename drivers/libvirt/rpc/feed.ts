/**
 * An unbounded queue that is read with `for await`.
 *
 * @module
 */

/** Items in the order they were pushed, then an end or an error. */
export class Feed<T> implements AsyncIterableIterator<T, undefined> {
  readonly #items: T[] = [];
  readonly #waiting: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  readonly #left: () => void;
  #ended = false;
  #error: unknown;

  /** Begins empty; `left` is told when the reader has gone. */
  constructor(left: () => void = () => {}) {
    this.#left = left;
  }

  /** Adds an item. */
  push(item: T): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader) reader.resolve({ value: item, done: false });
    else this.#items.push(item);
  }

  /** Ends the feed; an error is thrown to the reader once, after all items. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const reader of this.#waiting.splice(0)) this.#finish(reader);
  }

  /** The next item, as soon as there is one. */
  next(): Promise<IteratorResult<T, undefined>> {
    const reader = Promise.withResolvers<IteratorResult<T, undefined>>();
    if (this.#items.length > 0) reader.resolve({ value: this.#items.shift()!, done: false });
    else if (this.#ended) this.#finish(reader);
    else this.#waiting.push(reader);
    return reader.promise;
  }

  /** Stops reading. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.length = 0;
    this.end();
    this.#error = undefined;
    this.#left();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Reads from here on; all readers of one feed share its items. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(reader: PromiseWithResolvers<IteratorResult<T, undefined>>): void {
    if (this.#error === undefined) return reader.resolve({ value: undefined, done: true });
    reader.reject(this.#error);
    this.#error = undefined;
  }
}
