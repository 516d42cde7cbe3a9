/**
 * From callbacks to a stream.
 *
 * @module
 */

/** Items pushed at one end come out at the other, in order. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #ended = false;
  #wake: () => void = () => {};

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** Ends the stream after the items so far. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The items; for one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
