/**
 * Mutants of fetching images.
 *
 * @module
 */

import {
  type CallOptions,
  DriverError,
  type ErrorCode,
  type Image,
} from "../../../drivers/contract/mod.ts";
import { codeOf, type Mutant, type Mutate, onImage, recoded } from "../mutant.ts";

/** Takes an image for downloaded after a fetch that was refused with one of the codes. */
const takenAnyway = (...codes: ErrorCode[]): Mutate =>
  onImage((image) => {
    let taken = false;
    return {
      fetch: async (options) => {
        try {
          return await image.fetch(options);
        } catch (error) {
          taken = codes.some((code) => code === codeOf(error));
          throw error;
        }
      },
      status: async (options) => taken ? "downloaded" : await image.status(options),
    };
  });

const flying = new Set<string>();

/** A fetch that refuses to run beside another one. */
async function exclusive(
  key: string,
  image: Image,
  options: CallOptions | undefined,
): Promise<{ changed: boolean }> {
  if (flying.has(key)) {
    throw new DriverError({
      code: "aborted",
      operation: "image.fetch",
      subject: `image:${image.version}`,
      message: "Another fetch is on its way",
    });
  }
  flying.add(key);
  try {
    return await image.fetch(options);
  } finally {
    flying.delete(key);
  }
}

/** The mutants. */
export const IMAGE_FETCH_MUTANTS: readonly Mutant[] = [
  {
    id: "fetch-only-says-so",
    breaks: "image.fetch",
    why: "lima flips a flag",
    mutate: onImage(() => ({ fetch: () => Promise.resolve({ changed: true }) })),
  },
  {
    id: "fetch-again-is-refused",
    breaks: "image.fetch.again",
    why: "The file exists",
    mutate: onImage((image) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        return result.changed ? result : { changed: true };
      },
    })),
  },
  {
    id: "corrupt-image-is-taken",
    breaks: "image.fetch.checksum",
    why: "The checksum is compared after the file has its final name",
    mutate: takenAnyway("data-loss"),
  },
  {
    id: "checksums-are-compared-as-text",
    breaks: "image.fetch.hex-case",
    why: "kutti compares with the case of the letters",
    mutate: onImage((image) => {
      const data = image.toJSON();
      return { toJSON: () => ({ ...data, sha256: data.sha256.toUpperCase() }) };
    }),
  },
  {
    id: "cut-transfer-is-taken",
    breaks: "image.fetch.interrupted",
    why: "A download that ended is a download that is whole",
    mutate: takenAnyway("unavailable"),
  },
  {
    id: "cut-transfer-blocks-the-next",
    breaks: "image.fetch.recovers",
    why: "The temporary file of the failed attempt is in the way",
    mutate: onImage((image) => {
      let failed: unknown;
      return {
        fetch: async (options) => {
          if (failed !== undefined) throw failed;
          try {
            return await image.fetch(options);
          } catch (error) {
            failed = error;
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "failed-fetch-purges",
    breaks: "image.fetch.keeps",
    why: "The old copy is removed before the new one is verified",
    mutate: onImage((image, _, world) => ({
      fetch: async (options) => {
        try {
          return await image.fetch(options);
        } catch (error) {
          for (const file of await world.files.cached()) await world.files.tamper(file, undefined);
          throw error;
        }
      },
    })),
  },
  {
    id: "missing-image-is-data-loss",
    breaks: "image.fetch.status",
    why: "The page that says 404 is saved, and its checksum is wrong",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("not-found", "data-loss", () => image.fetch(options)),
    })),
  },
  {
    id: "last-chunk-goes-unreported",
    breaks: "image.progress",
    why: "kutti reports before it writes, and not after",
    mutate: onImage((image) => ({
      fetch: (options) =>
        image.fetch({
          ...options,
          onProgress: (progress) => {
            if (progress.current !== progress.total) options?.onProgress?.(progress);
          },
        }),
    })),
  },
  {
    id: "unknown-total-is-minus-1",
    breaks: "image.progress.unknown",
    why: "Content-Length as the HTTP library gives it",
    mutate: onImage((image) => ({
      fetch: (options) =>
        image.fetch({
          ...options,
          onProgress: ({ current, total = -1 }) => options?.onProgress?.({ current, total }),
        }),
    })),
  },
  {
    id: "throwing-callback-spoils-the-fetch",
    breaks: "image.progress.throws",
    why: "The callback runs in the loop of the transfer",
    mutate: onImage((image) => ({
      fetch: async (options) => {
        let thrown: unknown;
        const result = await image.fetch({
          ...options,
          onProgress: (progress) => {
            try {
              options?.onProgress?.(progress);
            } catch (error) {
              thrown = error;
            }
          },
        });
        if (thrown !== undefined) throw thrown;
        return result;
      },
    })),
  },
  {
    id: "aborted-fetch-is-unavailable",
    breaks: "image.fetch.abort",
    why: "The error of the broken connection is passed on",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("canceled", "unavailable", () => image.fetch(options)),
    })),
  },
  {
    id: "second-fetch-is-busy",
    breaks: "image.fetch.parallel",
    why: "One temporary file for all",
    mutate: onImage((image, driver) => ({
      fetch: (options) => exclusive(`${driver.owner}`, image, options),
    })),
  },
  {
    id: "two-instances-collide",
    breaks: "image.fetch.instances",
    why: "A lock in memory, and a file for all",
    mutate: onImage((image) => ({
      fetch: (options) => exclusive("all", image, options),
    })),
  },
  {
    id: "full-disk-is-internal",
    breaks: "image.disk-full",
    why: "The error of the last write is not looked at",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("resource-exhausted", "internal", () => image.fetch(options)),
    })),
  },
];
