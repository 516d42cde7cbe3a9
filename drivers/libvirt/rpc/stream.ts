/**
 * The bytes that follow some calls: an upload, a download, a console.
 *
 * @module
 */

import { ConnectionLost, RpcError } from "./errors.ts";
import { Status } from "./frames.ts";

/** The largest packet that daemons of all versions take: 256 KiB less a header. */
const MAX_PACKET = 256 * 1024 - 24;
/** How many bytes wait for a slow reader before the connection stops reading. */
const HIGH_WATER = 1024 * 1024;

/** Sends one packet of a stream. */
export type SendPacket = (status: number, payload: Uint8Array) => Promise<void>;

const NOTHING = new Uint8Array(0);

/**
 * One stream of a connection.
 *
 * A reader that falls a mebibyte behind stops the whole connection, since the protocol can hold nothing
 * back for one stream alone. So give a large stream a connection of its own.
 */
export class RpcStream implements AsyncDisposable {
  /** The bytes from the daemon. It ends after the daemon confirmed that all went well. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The bytes to the daemon. Closing waits for its confirmation; aborting throws the stream away. */
  readonly writable: WritableStream<Uint8Array>;

  readonly #send: SendPacket;
  readonly #ended: () => void;
  readonly #confirmed = Promise.withResolvers<void>();
  #source!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #sink!: WritableStreamDefaultController;
  #state: "open" | "finishing" | "ended" = "open";
  #room: (() => void) | null = null;

  /** Wraps a stream whose call is on its way; `ended` is told when no more packets matter. */
  constructor(send: SendPacket, ended: () => void) {
    this.#send = send;
    this.#ended = ended;
    this.#confirmed.promise.catch(() => {});
    this.readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (this.#source = controller),
      pull: () => this.#makeRoom(),
      cancel: () => this.abort(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER }));
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => void (this.#sink = controller),
      write: (chunk) => this.#write(chunk),
      close: () => this.finish(),
      abort: () => this.abort(),
    });
  }

  /** Takes a packet of data from the daemon; the promise holds it back while the reader is behind. */
  data(payload: Uint8Array): Promise<void> | void {
    if (this.#state !== "open") return;
    if (payload.length === 0) return void this.finish().catch(() => {});
    this.#source.enqueue(payload.slice());
    if ((this.#source.desiredSize ?? 0) > 0) return;
    return new Promise((resolve) => this.#room = resolve);
  }

  /** Takes the daemon's confirmation that the stream has ended well. */
  confirm(): void {
    if (!this.#end()) return;
    this.#source.close();
    this.#sink.error(new RpcError("stream-ended", "The stream has ended"));
    this.#confirmed.resolve();
  }

  /** Takes the news that the stream has failed. */
  fail(error: unknown): void {
    if (!this.#end()) return;
    this.#source.error(error);
    this.#sink.error(error);
    this.#confirmed.reject(error);
  }

  /** Tells the daemon that all is sent, and waits until it has stored or passed on everything. */
  async finish(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "finishing";
      await this.#send(Status.ok, NOTHING);
    }
    await this.#confirmed.promise;
  }

  /** Throws the stream away. */
  async abort(): Promise<void> {
    const open = this.#state !== "ended";
    this.fail(new RpcError("stream-ended", "The stream was aborted"));
    if (open) await this.#send(Status.error, NOTHING).catch(ignoreLost);
  }

  /** Throws the stream away unless it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && this.#state === "open"; at += MAX_PACKET) {
      await this.#send(Status.continue, chunk.subarray(at, at + MAX_PACKET));
    }
    if (this.#state !== "open") throw new RpcError("stream-ended", "The stream has ended");
  }

  #end(): boolean {
    if (this.#state === "ended") return false;
    this.#state = "ended";
    this.#makeRoom();
    this.#ended();
    return true;
  }

  #makeRoom(): void {
    this.#room?.();
    this.#room = null;
  }
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof ConnectionLost)) throw error;
}
