/**
 * The suite's own image server, as cases see it, and what it answers. `image_server_socket.ts` and
 * `image_server_memory.ts` bring the answers to drivers.
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

/** How one request is answered. */
export interface Answer {
  /** The status. */
  readonly status: number;
  /** The status in words. */
  readonly statusText: string;
  /** What is told of the body; without `content-length`, only its end tells how long it is. */
  readonly headers: Readonly<Record<string, string>>;
  /** All of the body that is sent. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** What follows on it. An end before the announced length breaks the transfer as well. */
  readonly then: "end" | "reset" | "silence";
}

/** `list`, or `image:` and a version. */
type Key = string;

const LIST_PATH = "/images.json";
const PORTAL = "<!doctype html><title>Welcome</title><p>Please accept our terms.</p>\n";
const encoder = new TextEncoder();

/** What is published, how it is treated, and who asked for it. */
export abstract class Publication {
  /** Where it is, such as `http://127.0.0.1:43211`. */
  protected abstract readonly origin: string;
  readonly #moods = new Map<Key, ServerMood>();
  readonly #requests = new Map<Key, number>();
  #images: readonly Published[] = [];
  #list?: string;
  #stalled = Promise.withResolvers<void>();

  /** Where the list is. */
  get listUrl(): string {
    return this.origin + LIST_PATH;
  }

  /** Publishes images in place of those before. */
  publish(images: readonly Published[]): void {
    this.#images = images;
    this.#list = undefined;
  }

  /** Publishes a text as the list, whatever it is. */
  publishText(list: string): void {
    this.#list = list;
  }

  /** How requests are treated from now on: of the list, or of one version. */
  mood(what: "list" | { version: string }, mood: ServerMood): void {
    this.#moods.set(keyOf(what), mood);
    if (mood === "stalled") this.#stalled = Promise.withResolvers();
  }

  /** How many requests came for the list, or for one version. */
  requests(what: "list" | { version: string }): number {
    return this.#requests.get(keyOf(what)) ?? 0;
  }

  /** Settles when a `stalled` transfer has begun to stall. */
  stalled(): Promise<void> {
    return this.#stalled.promise;
  }

  /** Answers a request, and counts it. */
  protected answer(path: string): Answer {
    const found = this.#find(path);
    const key = found?.key ?? path;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    return answerOf(found?.body, this.#moods.get(key) ?? "well");
  }

  /** Tells that a transfer has begun to stall. */
  protected stalls(): void {
    this.#stalled.resolve();
  }

  #find(path: string): { key: Key; body: Uint8Array<ArrayBuffer> } | undefined {
    if (path === LIST_PATH) return { key: "list", body: encoder.encode(this.#listText()) };
    const image = this.#images.find(({ version }) => path === pathOf(version));
    return image && { key: keyOf(image), body: image.content };
  }

  #listText(): string {
    return this.#list ?? JSON.stringify(
      this.#images.map(({ version, content, deprecated = false, sha256, extra }) => ({
        version,
        sha256: sha256 ?? checksum(content),
        url: this.origin + pathOf(version),
        deprecated,
        ...extra,
      })),
    );
  }
}

/** How a request for a body is answered; undefined if there is none. */
function answerOf(body: Uint8Array<ArrayBuffer> | undefined, mood: ServerMood): Answer {
  if (!body) return page(404, "Not Found", "Not found\n");
  const ok = { ...OK, headers: lengthOf(body), body };
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (mood) {
    case "well":
      return ok;
    case "missing":
      return page(404, "Not Found", "Not found\n");
    case "failing":
      return page(503, "Service Unavailable", "Busy\n");
    case "cut":
      return { ...ok, body: half, then: "reset" };
    case "short":
      return { ...ok, body: half };
    case "corrupt":
      return { ...ok, body: body.map((byte, index) => index === 0 ? byte ^ 1 : byte) };
    case "lengthless":
      return { ...ok, headers: {} };
    case "stalled":
      return { ...ok, body: half, then: "silence" };
    case "portal":
      return page(200, "OK", PORTAL, "text/html");
  }
}

const OK = { status: 200, statusText: "OK", then: "end" } as const;

function page(status: number, statusText: string, text: string, type = "text/plain"): Answer {
  const body = encoder.encode(text);
  const headers = { "content-type": type, ...lengthOf(body) };
  return { status, statusText, headers, body, then: "end" };
}

function lengthOf({ length }: Uint8Array): Answer["headers"] {
  return { "content-length": String(length) };
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
