/**
 * Getting images into the cache.
 *
 * @module
 */

import type { Measure } from "../measure.ts";

const MIB = 2 ** 20;

/** Bytes that no two parts of are equal. */
function dense(size: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(size);
  const words = new Uint32Array(content.buffer);
  let word = 1;
  for (let i = 0; i < words.length; i++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    words[i] = word;
  }
  return content;
}

/** The measure. */
export const IMAGES: Measure = {
  id: "images",
  title: "Downloading an image, and taking one from a file",
  async run(bench) {
    const { driver, quick } = bench;
    const size = (quick ? 16 : 64) * MIB;
    const contents = { dense: dense(size), sparse: new Uint8Array(size) };
    for (const [kind, content] of Object.entries(contents)) {
      const version = `1.0.0-${kind}`;
      bench.server.publish([{ version, content }]);
      await driver.images.update();
      const image = await driver.images.get(version);
      const path = await bench.files.write(`${kind}.img`, content);
      const speed = async (
        name: string,
        work: () => Promise<unknown>,
        warmUp: boolean,
      ): Promise<void> => {
        const began = performance.now();
        await work();
        const seconds = (performance.now() - began) / 1000;
        bench.sample(`${name}, ${kind}`, size / MIB / seconds, { unit: "MiB/s", warmUp });
        await image.purge();
      };
      for (let round = -1; round < (quick ? 2 : 10); round++) {
        await speed("download", () => image.fetch(), round < 0);
        await speed("from a file", () => image.fromFile(path), round < 0);
      }
    }
  },
};
