/**
 * The test images of simulated hosts: contents that only a simulator can boot from.
 *
 * @module
 */

import type { TestImages } from "../../drivers/contract/mod.ts";

/** A disk of 20 KB that begins with a text. */
function disk(beginning: string): () => Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(20_000);
  content.set(new TextEncoder().encode(beginning));
  return () => Promise.resolve(content);
}

/** A disk that nothing boots from, and one whose guest the simulators know. */
export const SIMULATED_IMAGES: TestImages = {
  blank: disk("VMTCK BLANK\n"),
  guest: disk("VMTCK GUEST\n"),
};
