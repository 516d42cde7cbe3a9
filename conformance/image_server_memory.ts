/**
 * The image server without a socket, for drivers whose world is replayed or simulated: they ask it by
 * a `fetch` of its own. Nothing in it waits for the runtime, so that virtual time has the same order in
 * every run.
 *
 * @module
 */

import { type Answer, type ImageServer, Publication } from "./image_server.ts";

/** An image server, and what asks it. */
export interface MemoryImageServer extends ImageServer {
  /** Gets what the server publishes, and nothing else; fails in the words of the runtime's own. */
  readonly fetch: typeof globalThis.fetch;
}

/** Makes a server. */
export function memoryImageServer(): MemoryImageServer {
  return new MemoryServer();
}

/** A name that is nobody's, ever. */
const ORIGIN = "http://images.invalid";

/** Longer bodies come in pieces, as they do over a network. */
const CHUNK_BYTES = 64 * 1024;

class MemoryServer extends Publication implements MemoryImageServer {
  protected readonly origin = ORIGIN;
  #isUp = true;
  /** The bodies that came in pieces, also those that have ended. */
  readonly #streams: ReadableStreamDefaultController[] = [];

  readonly fetch: typeof globalThis.fetch = (input, init) =>
    Promise.try(() => {
      const request = input instanceof Request ? input : undefined;
      const signal = init?.signal ?? request?.signal;
      signal?.throwIfAborted();
      const url = request?.url ?? String(input);
      if (!this.#isUp || !url.startsWith(`${ORIGIN}/`)) throw new TypeError("fetch failed");
      const answer = this.answer(url.slice(ORIGIN.length));
      const { status, statusText, headers } = answer;
      const body = isPlain(answer) ? answer.body : this.#stream(answer, signal);
      return new Response(body, { status, statusText, headers });
    });

  down(): Promise<void> {
    this.#isUp = false;
    // What has ended takes no notice.
    for (const stream of this.#streams.splice(0)) stream.error(broken());
    return Promise.resolve();
  }

  up(): Promise<void> {
    this.#isUp = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }

  /** A body that comes in pieces, and may end in trouble. */
  #stream(answer: Answer, signal?: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { body } = answer;
    let sent = 0;
    return new ReadableStream({
      start: (controller) => {
        this.#streams.push(controller);
        signal?.addEventListener("abort", () => controller.error(signal.reason), { once: true });
      },
      pull: (controller) => {
        if (sent < body.length) {
          controller.enqueue(body.slice(sent, sent += CHUNK_BYTES));
        } else if (answer.then === "silence") {
          this.stalls();
        } else if (isWhole(answer)) {
          controller.close();
        } else {
          controller.error(broken());
        }
      },
    });
  }
}

/** Whether the body is whole and one piece. */
function isPlain(answer: Answer): boolean {
  return isWhole(answer) && answer.body.length <= CHUNK_BYTES;
}

function isWhole({ body, headers, then }: Answer): boolean {
  const { "content-length": length } = headers;
  return then === "end" && (length === undefined || Number(length) === body.length);
}

function broken(): TypeError {
  return new TypeError("error reading a body from connection");
}
