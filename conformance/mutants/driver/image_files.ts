/**
 * Mutants of image files.
 *
 * @module
 */

import { DriverError } from "../../../drivers/contract/mod.ts";
import { type Mutant, onImage, recoded } from "../mutant.ts";

/** The mutants. */
export const IMAGE_FILE_MUTANTS: readonly Mutant[] = [
  {
    id: "from-file-moves",
    breaks: "image.from-file",
    why: "Renamed in place of copied",
    mutate: onImage((image, _, world) => ({
      fromFile: async (path, options) => {
        const result = await image.fromFile(path, options);
        await world.files.write(path.split("/").at(-1) ?? "", new Uint8Array());
        return result;
      },
    })),
  },
  {
    id: "wrong-file-is-not-found",
    breaks: "image.from-file.wrong",
    why: "One error for every file that cannot be used",
    mutate: onImage((image) => ({
      fromFile: (path, options) =>
        recoded("data-loss", "not-found", () => image.fromFile(path, options)),
    })),
  },
  {
    id: "missing-file-is-data-loss",
    breaks: "image.from-file.missing",
    why: "A file that is not there is read as empty",
    mutate: onImage((image) => ({
      fromFile: (path, options) =>
        recoded("not-found", "data-loss", () => image.fromFile(path, options)),
    })),
  },
  {
    id: "purge-only-says-so",
    breaks: "image.purge",
    why: "The status is changed, and the gigabytes stay",
    mutate: onImage(() => ({ purge: () => Promise.resolve({ changed: true }) })),
  },
  {
    id: "purge-again-is-not-found",
    breaks: "image.purge.again",
    why: "kutti's purge fails when the file is gone",
    mutate: onImage((image) => ({
      purge: async (options) => {
        const result = await image.purge(options);
        if (result.changed) return result;
        throw new DriverError({
          code: "not-found",
          operation: "image.purge",
          subject: `image:${image.version}`,
          message: "There is no such file",
        });
      },
    })),
  },
  {
    id: "tampering-goes-unnoticed",
    breaks: "image.tampered",
    why: "kutti's entry says downloaded for ever",
    mutate: onImage((image) => {
      let known = false;
      return {
        fetch: async (options) => {
          const result = await image.fetch(options);
          known = true;
          return result;
        },
        purge: async (options) => {
          known = false;
          return await image.purge(options);
        },
        status: async (options) => known ? "downloaded" : await image.status(options),
      };
    }),
  },
];
