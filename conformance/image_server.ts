/**
 * The suite's own image server, on loopback.
 *
 * @module
 */

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
