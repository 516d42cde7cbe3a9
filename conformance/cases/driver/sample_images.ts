/**
 * Images that cases publish.
 *
 * @module
 */

import type { Driver, Image, Subject } from "../../../drivers/contract/mod.ts";
import type { CaseContext } from "../../rigs/driver/context.ts";
import type { Published } from "../../image_server.ts";

/** The version that most cases are about. */
export const VERSION = "1.30.1";
/** An older one, that comes later as a word. */
export const OLDER = "1.9.4";

/** Bytes that differ with the seed; more than one chunk of a transfer. */
export function bytes(seed: number, length = 200_000): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    content[index] = state >> 16;
  }
  return content;
}

let content: Uint8Array<ArrayBuffer> | undefined;

/** The image of {@linkcode VERSION}; its content is made when it is first asked for. */
export const NEWER: Published = {
  version: VERSION,
  get content() {
    return content ??= bytes(1);
  },
};

/** Publishes one image and updates the list. */
export async function listed(
  { driver, server }: Pick<CaseContext, "driver" | "server">,
  image: Published = NEWER,
): Promise<Image> {
  server.publish([image]);
  await driver.images.update();
  return await driver.images.get(image.version);
}

/** What an error about the list is about. */
export const listSubject = (driver: Driver): Subject => `driver:${driver.name}`;
/** What an error about the image is about. */
export const imageSubject: Subject = `image:${VERSION}`;
