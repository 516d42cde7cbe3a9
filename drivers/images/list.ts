/**
 * The image list: a JSON array of `{version, sha256, url, deprecated}`. It comes from the net, so
 * nothing in it is believed before it is checked.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { ImageData } from "../contract/mod.ts";

const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const SHA256 = /^[0-9a-f]{64}$/i;
/** Made when two versions are compared: it takes longer than all else here, and most lists have one. */
let collator: Intl.Collator | undefined;

/** Whether a text can be a version: it becomes part of a file's name. */
export function isVersion(value: unknown): value is string {
  return typeof value === "string" && VERSION.test(value) && !value.includes("..");
}

/** Sorts versions as people do: `1.9` before `1.10`. */
export function byVersion(a: { version: string }, b: { version: string }): number {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(a.version, b.version) || (a.version < b.version ? -1 : 1);
}

/**
 * Reads a list. Unknown fields are ignored, a missing `deprecated` means false, and a relative `url`
 * starts at the list's own address.
 *
 * @throws {Trouble} `data-loss`, saying which entry is wrong, if any one is
 */
export function parseList(text: string, listUrl?: string): ImageData[] {
  const list = parseJson(text, "data-loss");
  if (!Array.isArray(list)) throw new Trouble("data-loss", "The list is no array");
  const images = list.map((entry: unknown, index) => {
    try {
      const withDefault = isRecord(entry) ? { deprecated: false, ...entry } : entry;
      return imageOf(withDefault, "data-loss", listUrl);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      throw new Trouble(error.code, `The list is malformed: entry ${index + 1}: ${error.message}`);
    }
  }).sort(byVersion);
  const twice = images.find(({ version }, index) => version === images[index + 1]?.version);
  if (!twice) return images;
  throw new Trouble("data-loss", `The list is malformed: it has "${twice.version}" twice`);
}

/**
 * Reads one image.
 *
 * @throws {Trouble} `invalid-argument`
 */
export function parseImage(text: string): ImageData {
  return imageOf(parseJson(text, "invalid-argument"), "invalid-argument");
}

function parseJson(text: string, code: Trouble["code"]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Trouble(code, "The text is no JSON");
  }
}

function imageOf(value: unknown, code: Trouble["code"], base?: string): ImageData {
  const wrong = (text: string): Trouble => new Trouble(code, text);
  if (!isRecord(value)) throw wrong("an image is an object");
  const { version, sha256, url, deprecated } = value;
  if (!isVersion(version)) {
    throw wrong('"version" must be 1 to 63 letters, digits, dots, underscores and hyphens');
  }
  if (typeof sha256 !== "string" || !SHA256.test(sha256)) {
    throw wrong('"sha256" must be 64 hexadecimal digits');
  }
  const address = typeof url === "string" ? URL.parse(url, base) : null;
  if (!isHttp(address)) throw wrong('"url" must be an address of http or https');
  if (typeof deprecated !== "boolean") throw wrong('"deprecated" must be true or false');
  return { version, sha256: sha256.toLowerCase(), url: address.href, deprecated };
}

/** Whether an address is one that images may come from. */
export function isHttp(address: URL | null): address is URL {
  return address?.protocol === "http:" || address?.protocol === "https:";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
