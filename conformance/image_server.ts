/**
 * The suite's own image server, on loopback.
 *
 * It speaks its few lines of HTTP itself: a connection that is reset, a body that ends early and a
 * transfer that stalls are what it is for, and a listening socket costs a tenth of a web server.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** How the server treats a request for an image or the list. */
export type ServerMood =
  /** As it should. */
  | "well"
  /** 404. */
  | "missing"
  /** 503. */
  | "failing"
  /** Closes the connection after half of the bytes. */
  | "cut"
  /** Announces all bytes, sends half and ends. */
  | "short"
  /** Sends all bytes, with one changed. */
  | "corrupt"
  /** Sends no length. */
  | "lengthless"
  /** Sends the first half, then nothing until released. */
  | "stalled"
  /** An HTML page with status 200. */
  | "portal";

/** One image that the server publishes. */
export interface Published {
  /** Its version. */
  readonly version: string;
  /** Its content. */
  readonly content: Uint8Array<ArrayBuffer>;
  /** Whether it is deprecated. */
  readonly deprecated?: boolean;
  /** What the list says its checksum is; the true one by default. */
  readonly sha256?: string;
  /** Further fields of its entry. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A server of one case. */
export interface ImageServer extends AsyncDisposable {
  /** Where the list is. */
  readonly listUrl: string;
  /** Publishes images in place of those before. */
  publish(images: readonly Published[]): void;
  /** Publishes a text as the list, whatever it is. */
  publishText(list: string): void;
  /** How requests are treated from now on: of the list, or of one version. */
  mood(what: "list" | { version: string }, mood: ServerMood): void;
  /** How many requests came for the list, or for one version. */
  requests(what: "list" | { version: string }): number;
  /** Settles when a `stalled` transfer has begun to stall. */
  stalled(): Promise<void>;
  /** Stops listening: requests are refused until {@linkcode up}. */
  down(): Promise<void>;
  /** Listens again at the same address. */
  up(): Promise<void>;
}

/** Starts a server on a free port. */
export function imageServer(): Promise<ImageServer> {
  return Promise.resolve(new Server());
}

/** `list`, or `image:` and a version. */
type Key = string;

const LIST_PATH = "/images.json";
const PORTAL = "<!doctype html><title>Welcome</title><p>Please accept our terms.</p>\n";
const encoder = new TextEncoder();

class Server implements ImageServer {
  readonly listUrl: string;
  readonly #origin: string;
  readonly #port: number;
  readonly #connections = new Map<Deno.Conn, Promise<void>>();
  readonly #moods = new Map<Key, ServerMood>();
  readonly #requests = new Map<Key, number>();
  #images: readonly Published[] = [];
  #list?: string;
  #stalled = Promise.withResolvers<void>();
  #listener?: Deno.TcpListener;
  #accepting?: Promise<void>;

  constructor() {
    this.#port = this.#listen(0);
    this.#origin = `http://127.0.0.1:${this.#port}`;
    this.listUrl = this.#origin + LIST_PATH;
  }

  publish(images: readonly Published[]): void {
    this.#images = images;
    this.#list = undefined;
  }

  publishText(list: string): void {
    this.#list = list;
  }

  mood(what: "list" | { version: string }, mood: ServerMood): void {
    this.#moods.set(keyOf(what), mood);
    if (mood === "stalled") this.#stalled = Promise.withResolvers();
  }

  requests(what: "list" | { version: string }): number {
    return this.#requests.get(keyOf(what)) ?? 0;
  }

  stalled(): Promise<void> {
    return this.#stalled.promise;
  }

  async down(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
    const ending = [...this.#connections];
    for (const [connection] of ending) close(connection);
    await Promise.all(ending.map(([, served]) => served));
  }

  up(): Promise<void> {
    if (!this.#listener) this.#listen(this.#port);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  #listen(port: number): number {
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
    return listener.addr.port;
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for await (const connection of listener) {
      connection.setNoDelay();
      const served = this.#serve(connection).finally(() => {
        close(connection);
        this.#connections.delete(connection);
      });
      this.#connections.set(connection, served);
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      const request = await readUntil(connection, "\r\n");
      const path = request.split(" ")[1] ?? "";
      const answer = this.#find(path);
      const key = answer?.key ?? path;
      this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
      const mood = answer ? this.#moods.get(key) ?? "well" : "missing";
      // A connection that is closed with part of the request unread is reset.
      if (mood !== "cut") await readUntil(connection, "\r\n\r\n", request);
      await this.#respond(connection, answer?.body ?? new Uint8Array(), mood);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #respond(connection: Deno.Conn, body: Uint8Array, mood: ServerMood): Promise<void> {
    const half = body.subarray(0, Math.floor(body.length / 2));
    const send = async (head: string, content: Uint8Array): Promise<void> => {
      const lines = ["HTTP/1.1 " + head, "connection: close", "", ""];
      await write(connection, encoder.encode(lines.join("\r\n")));
      await write(connection, content);
    };
    const ok = `200 OK\r\ncontent-length: ${body.length}`;
    switch (mood) {
      case "well":
        return await send(ok, body);
      case "missing":
        return await send("404 Not Found\r\ncontent-length: 10", encoder.encode("Not found\n"));
      case "failing":
        return await send("503 Service Unavailable\r\ncontent-length: 5", encoder.encode("Busy\n"));
      case "cut":
      case "short":
        return await send(ok, half);
      case "corrupt":
        return await send(ok, body.map((byte, index) => index === 0 ? byte ^ 1 : byte));
      case "lengthless":
        return await send("200 OK\r\ntransfer-encoding: chunked", chunked(body));
      case "portal":
        return await send(
          `200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PORTAL.length}`,
          encoder.encode(PORTAL),
        );
      case "stalled":
        await send(ok, half);
        this.#stalled.resolve();
        // Until the client goes, or the server does.
        await connection.read(new Uint8Array(1));
    }
  }

  #find(path: string): { key: Key; body: Uint8Array } | undefined {
    if (path === LIST_PATH) return { key: "list", body: encoder.encode(this.#listText()) };
    const image = this.#images.find(({ version }) => path === pathOf(version));
    return image && { key: keyOf(image), body: image.content };
  }

  #listText(): string {
    return this.#list ?? JSON.stringify(
      this.#images.map(({ version, content, deprecated = false, sha256, extra }) => ({
        version,
        sha256: sha256 ?? checksum(content),
        url: this.#origin + pathOf(version),
        deprecated,
        ...extra,
      })),
    );
  }
}

function keyOf(what: "list" | { version: string }): Key {
  return what === "list" ? what : `image:${what.version}`;
}

/** The prefix keeps a version such as `..` from being taken for a step in the path. */
function pathOf(version: string): string {
  return `/images/v-${encodeURIComponent(version)}`;
}

const checksums = new WeakMap<Uint8Array, string>();

/** Test images are published by many cases, and hashed once. */
function checksum(content: Uint8Array): string {
  const known = checksums.get(content);
  if (known) return known;
  const sha256 = createHash("sha256").update(content).digest("hex");
  checksums.set(content, sha256);
  return sha256;
}

/** Reads small pieces until a text was seen, so that hardly more is read; answers all so far. */
async function readUntil(connection: Deno.Conn, end: string, before = ""): Promise<string> {
  const piece = new Uint8Array(32);
  let text = before;
  while (!text.includes(end)) {
    const length = await connection.read(piece);
    if (length === null) throw new Deno.errors.ConnectionReset("The client ended its request");
    text += String.fromCharCode(...piece.subarray(0, length));
  }
  return text;
}

async function write(connection: Deno.Conn, content: Uint8Array): Promise<void> {
  for (let rest = content; rest.length > 0;) {
    rest = rest.subarray(await connection.write(rest));
  }
}

/** One chunk and the end. */
function chunked(body: Uint8Array): Uint8Array {
  const head = encoder.encode(`${body.length.toString(16)}\r\n`);
  const tail = encoder.encode(body.length > 0 ? "\r\n0\r\n\r\n" : "\r\n");
  const all = new Uint8Array(head.length + body.length + tail.length);
  all.set(head);
  all.set(body, head.length);
  all.set(tail, head.length + body.length);
  return all;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether the other side has gone, or this one has closed. */
function isGone(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionAborted, ConnectionReset, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionAborted, ConnectionReset, Interrupted]
    .some((kind) => error instanceof kind);
}
