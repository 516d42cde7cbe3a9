/**
 * Mutants of the list of images.
 *
 * @module
 */

import type { Driver, ErrorCode, Image } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { codeOf, type Mutant, type Mutate, onImage, onImages, swallow } from "../mutant.ts";

/** A list that is emptied when an update fails with that code. */
const emptiedBy = (code: ErrorCode): Mutate =>
  onImages((images) => {
    let empty = false;
    return {
      update: async (options) => {
        try {
          await images.update(options);
          empty = false;
        } catch (error) {
          empty = codeOf(error) === code;
          throw error;
        }
      },
      versions: async (options) => empty ? [] : await images.versions(options),
    };
  });

/** Which images were fetched, by instance owner and version. */
const fetched = new Set<string>();
const fetchKey = (driver: Driver, image: Image): string => `${driver.owner}/${image.version}`;

/** The mutants. */
export const IMAGE_LIST_MUTANTS: readonly Mutant[] = [
  {
    id: "list-is-unsorted",
    breaks: "image.update",
    why: "The order of a map, or versions sorted as words",
    mutate: onImages((images) => ({
      list: async (options) => (await images.list(options)).toReversed(),
    })),
  },
  {
    id: "unknown-version-is-the-first",
    breaks: "image.get",
    why: "A lookup that falls back to the default",
    mutate: onImages((images) => ({
      get: async (version, options) => {
        const [first] = await images.list(options);
        const known = (await images.versions(options)).includes(version);
        return known || first === undefined ? await images.get(version, options) : first;
      },
    })),
  },
  {
    id: "versions-omit-the-deprecated",
    breaks: "image.versions",
    why: "Filtered for the users' sake, in the wrong place",
    mutate: onImages((images) => ({
      versions: async (options) =>
        (await images.list(options)).filter(({ deprecated }) => !deprecated)
          .map(({ version }) => version),
    })),
  },
  {
    id: "unreachable-source-empties-the-list",
    breaks: "image.update.unreachable",
    why: "The list is emptied before the new one is there",
    mutate: emptiedBy("unavailable"),
  },
  {
    id: "malformed-list-is-empty",
    breaks: "image.update.malformed",
    why: "kutti overwrites what it cannot read with defaults",
    mutate: emptiedBy("data-loss"),
  },
  {
    id: "downloaded-by-version",
    breaks: "image.update.checksum",
    why: "The cache is keyed by the version alone",
    mutate: onImage((image, driver) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        fetched.add(fetchKey(driver, image));
        return result;
      },
      purge: async (options) => {
        fetched.delete(fetchKey(driver, image));
        return await image.purge(options);
      },
      status: async (options) =>
        fetched.has(fetchKey(driver, image)) ? "downloaded" : await image.status(options),
    })),
  },
  {
    id: "status-word-of-the-list",
    breaks: "image.status.declared",
    why: "kutti's lists say NotDownloaded, its constants Notdownloaded",
    mutate: onImage((image) => ({
      status: async (options) => {
        const status = await image.status(options);
        return status === "not-downloaded" ? "NotDownloaded" as typeof status : status;
      },
    })),
  },
  {
    id: "json-loses-the-deprecation",
    breaks: "image.json",
    why: "A field is written under one name and read under another",
    mutate: onImages((images) => ({
      fromJSON: (text) => {
        const image = images.fromJSON(text);
        return withMembers(image, { toJSON: () => ({ ...image.toJSON(), deprecated: false }) });
      },
    })),
  },
  {
    id: "bad-json-is-an-empty-image",
    breaks: "image.json.bad",
    why: "Missing fields are read as empty",
    mutate: onImages((images) => ({
      fromJSON: (text) => {
        try {
          return images.fromJSON(text);
        } catch {
          const data = { version: "0", sha256: "0".repeat(64), url: "http://localhost/" };
          return images.fromJSON(JSON.stringify({ ...data, deprecated: false }));
        }
      },
    })),
  },
  {
    id: "deprecation-is-lost",
    breaks: "image.deprecated",
    why: "The field is read under another name",
    mutate: onImage(() => ({ deprecated: false })),
  },
  {
    id: "old-handle-is-detached",
    breaks: "image.handle",
    why: "kutti loads the list anew, and the old handle writes into the old one",
    mutate: onImages((images) => {
      let generation = 0;
      return {
        update: async (options) => {
          await images.update(options);
          generation++;
        },
        get: async (version, options) => {
          const image = await images.get(version, options);
          const born = generation;
          return withMembers(image, {
            fetch: (fetching) =>
              born === generation ? image.fetch(fetching) : Promise.resolve({ changed: false }),
          });
        },
      };
    }),
  },
  {
    id: "list-lives-in-memory",
    breaks: "image.persists",
    why: "lima keeps the status in the process",
    mutate: onImages((images) => {
      let updated = false;
      return {
        update: async (options) => {
          await images.update(options);
          updated = true;
        },
        versions: async (options) => updated ? await images.versions(options) : [],
      };
    }),
  },
  {
    id: "corrupt-list-is-empty",
    breaks: "image.corrupt-state",
    why: "kutti overwrites a corrupt file with defaults",
    mutate: onImages((images) => ({
      versions: (options) => swallow("data-loss", () => images.versions(options), []),
    })),
  },
];
