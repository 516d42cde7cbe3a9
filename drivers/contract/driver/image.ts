/**
 * Images: what machines are made from.
 *
 * @module
 */

import type { CallOptions, Changed } from "../call.ts";

/** Whether an image is in the local cache; `unknown` if that cannot be told. */
export type ImageStatus = "downloaded" | "not-downloaded" | "unknown";

/** An image as plain JSON: one entry of an image list. */
export interface ImageData {
  /** The version it is known by, such as `1.30.1`. */
  readonly version: string;
  /** SHA-256 of the image, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Where it is downloaded from: an `http:` or `https:` address. */
  readonly url: string;
  /** Whether new machines should not be made from it. */
  readonly deprecated: boolean;
}

/** How far a download is. */
export interface Progress {
  /** Bytes so far; never falls. */
  readonly current: number;
  /** Bytes in all; absent while unknown. */
  readonly total?: number;
}

/** One image of the list. */
export interface Image {
  /** The version it is known by. */
  readonly version: string;
  /** Whether new machines should not be made from it. */
  readonly deprecated: boolean;
  /** Whether it is in the cache now. Read afresh at every call. */
  status(options?: CallOptions): Promise<ImageStatus>;
  /**
   * Downloads it into the cache and verifies it.
   *
   * @throws {DriverError} `unavailable` if the source cannot be reached, `data-loss` if the content is
   * not what the list says, `resource-exhausted` if the disk is full, `canceled` on abort
   */
  fetch(options?: CallOptions & { onProgress?: (progress: Progress) => void }): Promise<Changed>;
  /**
   * Verifies a local file and copies it into the cache; the file stays as it is.
   *
   * @throws {DriverError} `not-found` if there is no such file, `data-loss` if its content is not
   * what the list says, `resource-exhausted` if the disk is full
   */
  fromFile(path: string, options?: CallOptions): Promise<Changed>;
  /** Removes it from the cache; the list keeps its entry. */
  purge(options?: CallOptions): Promise<Changed>;
  /** The image as plain JSON. */
  toJSON(): ImageData;
}

/** The images of a driver. */
export interface Images {
  /**
   * Gets the list from the driver's source and keeps it.
   *
   * @throws {DriverError} `unavailable` if the source cannot be reached, `data-loss` if the list is
   * malformed; the list at hand stays
   */
  update(options?: CallOptions): Promise<void>;
  /** The images of the list at hand, sorted by version; empty before the first update. */
  list(options?: CallOptions): Promise<Image[]>;
  /**
   * One image of the list at hand.
   *
   * @throws {DriverError} `not-found` if the list has no such version
   */
  get(version: string, options?: CallOptions): Promise<Image>;
  /** The versions of the list at hand, sorted; deprecated ones included. */
  versions(options?: CallOptions): Promise<string[]>;
  /**
   * An image from its JSON.
   *
   * @throws {DriverError} `invalid-argument` if the text is not an image
   */
  fromJSON(text: string): Image;
}
