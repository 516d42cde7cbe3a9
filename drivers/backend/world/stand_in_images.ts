/**
 * Image files that stand in for real ones where nothing boots from them.
 *
 * @module
 */

import type { TestImages } from "../../contract/mod.ts";
import type { KnownValues } from "../tape/placeholders.ts";
import type { ImageHeads } from "../tape/tape.ts";

/** Enough for what says what an image is: formats put it first. */
const HEAD_BYTES = 128;
/** Enough for a file; cases about long downloads bring their own. */
const STAND_IN_BYTES = 4_096;

/** An image; undefined if there is none, as the user names images for the cases that read them. */
async function ifThere(
  image: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await image();
  } catch {
    return undefined;
  }
}

/** What the beginnings of real images are; empty for those that there are not. */
export async function headsOf(images: TestImages): Promise<ImageHeads> {
  const head = (content: Uint8Array = new Uint8Array()): number[] => {
    const bytes = [...content.subarray(0, HEAD_BYTES)];
    return bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  };
  return {
    blank: head(await ifThere(() => images.blank())),
    guest: head(await ifThere(() => images.guest())),
  };
}

const known = new Map<string, TestImages>();

/** Images with those beginnings, and a made-up rest; the same ones for the same beginnings. */
export function standInImages(heads: ImageHeads = { blank: [], guest: [] }): TestImages {
  const key = JSON.stringify(heads);
  const images = known.get(key) ?? madeUp(heads);
  known.set(key, images);
  return images;
}

function madeUp(heads: ImageHeads): TestImages {
  const make = (name: keyof ImageHeads): Promise<Uint8Array<ArrayBuffer>> => {
    const content = pattern().slice();
    content.set(heads[name]);
    content.set(new TextEncoder().encode(`A stand-in for the ${name} image\n`), HEAD_BYTES);
    return Promise.resolve(content);
  };
  return { blank: () => make("blank"), guest: () => make("guest") };
}

let made: Uint8Array<ArrayBuffer> | undefined;

/** No two parts of it are equal; made once, as every case wants some. */
function pattern(): Uint8Array<ArrayBuffer> {
  return made ??= new Uint8Array(STAND_IN_BYTES)
    .map((_, index) => index < HEAD_BYTES ? 0 : (index * index) >> 7);
}

/** How many digits of a digest stand for it in names that are too short for all of them. */
const DIGEST_HEAD = 40;

const digests = new WeakMap<TestImages, Promise<KnownValues>>();

/**
 * The digests of the images, which differ between real ones and stand-ins, as known placeholders. Each
 * image is hashed once.
 */
export function knownDigests(images: TestImages): Promise<KnownValues> {
  const known = digests.get(images) ?? hashed(images);
  digests.set(images, known);
  return known;
}

async function hashed(images: TestImages): Promise<KnownValues> {
  const names = ["blank", "guest"] as const;
  const known: [name: string, value: string][] = [];
  for (const name of names) {
    const content = await ifThere(() => images[name]());
    if (!content) continue;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
    known.push([`sha256:${name}`, digest], [`sha256-head:${name}`, digest.slice(0, DIGEST_HEAD)]);
  }
  return Object.fromEntries(known);
}
