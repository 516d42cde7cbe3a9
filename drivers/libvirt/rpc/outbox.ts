/**
 * Messages on their way out.
 *
 * @module
 */

import { beginFrame, endFrame, type Header } from "./frames.ts";
import type { Transport } from "./transport.ts";
import { XdrWriter } from "./xdr.ts";

/** How many writers wait for the next messages; more are on their way in a rush alone. */
const SPARE = 4;

/** A message that waits to leave, and who waits for that. */
interface Outgoing {
  readonly writer: XdrWriter;
  readonly left?: PromiseWithResolvers<void>;
}

/** Writes one message after the other; those that come during a write leave together after it. */
export class Outbox {
  readonly #transport: Transport;
  readonly #failed: (cause: unknown) => Error;
  /** What messages were written into that have left. */
  readonly #spare: XdrWriter[] = [];
  #waiting: Outgoing[] = [];
  #writing = false;

  /** Writes to `transport`; `failed` is told why it could not, and answers what to tell those who wait. */
  constructor(transport: Transport, failed: (cause: unknown) => Error) {
    this.#transport = transport;
    this.#failed = failed;
  }

  /** Begins a message: what is written next is its payload. Then it is to be sent or dropped. */
  begin(header: Header): XdrWriter {
    const writer = this.#spare.pop() ?? new XdrWriter();
    beginFrame(writer, header);
    return writer;
  }

  /** Gives up a message that was begun. */
  drop(writer: XdrWriter): void {
    writer.clear();
    if (this.#spare.length < SPARE) this.#spare.push(writer);
  }

  /** Sends a message, whose writer belongs to the outbox from now on. */
  send(writer: XdrWriter, left?: PromiseWithResolvers<void>): void {
    this.#waiting.push({ writer, left });
    void this.#write();
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const leaving = this.#waiting;
      this.#waiting = [];
      try {
        await this.#transport.write(joined(leaving));
        for (const { writer, left } of leaving) {
          this.drop(writer);
          left?.resolve();
        }
      } catch (cause) {
        const error = this.#failed(cause);
        for (const { left } of leaving) left?.reject(error);
      }
    }
    this.#writing = false;
  }
}

function joined(leaving: readonly Outgoing[]): Uint8Array {
  if (leaving.length === 1) return endFrame(leaving[0].writer);
  const all = new XdrWriter();
  for (const { writer } of leaving) all.raw(endFrame(writer));
  return all.written;
}
