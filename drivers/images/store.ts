/**
 * The images of a driver: a list from an address, and a cache of verified files.
 *
 * Between processes, a lock for the list and one for each version keep changes apart: whoever fetches
 * second finds the image there. The locks lie in the config directory, so that the cache directory
 * has images alone; a cache directory therefore belongs to one config directory.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";
import type { CallOptions, Clock, ImageData, Images, Subject } from "../contract/mod.ts";
import { imageCache, readText, writeText } from "./cache.ts";
import { attempt } from "./errors.ts";
import { type ImageContext, imageHandle } from "./image.ts";
import { isHttp, parseImage, parseList } from "./list.ts";
import { transfer, type TransferRequest } from "./transfer.ts";

/** What {@linkcode imageStore} needs. */
export interface ImageStoreOptions {
  /** The driver's name, for the subject of errors about the list. */
  readonly driver: string;
  /** The local files. */
  readonly files: Files;
  /** Time. */
  readonly clock: Clock;
  /** Where the image files go: below `images/`. */
  readonly cacheDir: string;
  /** Where the list goes: `images.json`, and the locks beside it. */
  readonly configDir: string;
  /** Where the list comes from. */
  readonly listUrl: string;
  /**
   * How the name of an image in a ZIP archive ends, such as `.vhdx`: an archive with one such file may
   * stand in for the image then. Absent, an archive is an image like any other content.
   */
  readonly archived?: string;
  /** What asks for addresses; the runtime's own by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** A downloaded image, as an adapter makes a machine from it. */
export interface ImageFile {
  /** Where it is. It may be purged at any time: copy it. */
  readonly path: string;
  /** Its verified checksum. */
  readonly sha256: string;
}

/** What an adapter can do with its images beyond the contract. */
export interface ImageStore extends Images {
  /**
   * The file of an image that a new machine may be made from.
   *
   * @throws {DriverError} as `machines.create` does: `not-found` if the list has no such version, and
   * `failed-precondition` with the reason `image-deprecated` or `image-not-downloaded`; its operation
   * is the one that is told here, `machines.create` by default
   */
  localFile(version: string, options?: CallOptions & { operation?: string }): Promise<ImageFile>;
}

/** No list is longer; a page without end must not fill the memory. */
const LIST_BYTES = 16 * 1024 * 1024;

/** Makes the images of a driver. Has no side effect: files and folders are made as needed. */
export function imageStore(options: ImageStoreOptions): ImageStore {
  const { driver, files, clock, configDir, listUrl, archived } = options;
  const { fetch = globalThis.fetch } = options;
  const slash = options.cacheDir.includes("\\") ? "\\" : "/";
  const listPath = `${configDir}${slash}images.json`;
  const cache = imageCache(files, `${options.cacheDir}${slash}images`, slash);
  const lock = (name: string, signal?: AbortSignal): Promise<AsyncDisposable> =>
    files.lock(`${configDir}${slash}locks${slash}${name}.lock`, { signal });
  const context: ImageContext = {
    ...{ files, clock, cache, fetch, archived },
    lock: (version, signal) => lock(`image-${version}`, signal),
  };

  const listed = (): Promise<ImageData[]> => loadList(files, listPath);
  const find = async (version: string): Promise<ImageData | undefined> =>
    (await listed()).find((image) => image.version === version);
  const found = async (version: string): Promise<ImageData> => {
    const image = await find(version);
    if (image) return image;
    throw new Trouble("not-found", "The list has no such version: update it, or ask for another");
  };
  const handle = (data: ImageData): ReturnType<typeof imageHandle> =>
    imageHandle(context, data, async () => await find(data.version) ?? data);

  const about = (operation: string, doing: string, signal?: AbortSignal): About => ({
    ...{ operation, doing, signal },
    subject: `driver:${driver}`,
  });
  const aboutImage = (operation: string, version: string, signal?: AbortSignal): About => ({
    ...{ operation, signal },
    subject: `image:${version}` satisfies Subject,
    doing: `use image "${version}"`,
  });

  return {
    update: ({ signal } = {}) =>
      attempt(about("images.update", "update the image list", signal), async () => {
        if (!isHttp(URL.parse(listUrl))) {
          throw new Trouble("invalid-argument", "Its address must be one of http or https");
        }
        await using _lock = await lock("images", signal);
        const text = await clock.hold(download({ url: listUrl, fetch, clock, signal }));
        const images = parseList(text, listUrl);
        signal?.throwIfAborted();
        await saveList(files, listPath, images);
      }),
    list: ({ signal } = {}) =>
      attempt(about("images.list", "list the images", signal), async () => {
        return (await listed()).map(handle);
      }),
    get: (version, { signal } = {}) =>
      attempt(aboutImage("images.get", version, signal), async () => handle(await found(version))),
    versions: ({ signal } = {}) =>
      attempt(about("images.versions", "list the images", signal), async () => {
        return (await listed()).map(({ version }) => version);
      }),
    fromJSON: (text) => {
      try {
        const data = parseImage(text);
        return imageHandle(context, data, () => Promise.resolve(data));
      } catch (error) {
        throw driverError(error, about("images.fromJSON", "read an image from its JSON"));
      }
    },
    localFile: (version, { signal, operation = "machines.create" } = {}) =>
      attempt(aboutImage(operation, version, signal), async () => {
        const image = await found(version);
        if (image.deprecated) throw unusable("It is deprecated", "image-deprecated");
        if (await cache.sizeOf(image) === undefined) {
          throw unusable("It is not downloaded: fetch it first", "image-not-downloaded");
        }
        return { path: cache.pathOf(image), sha256: image.sha256 };
      }),
  };
}

/**
 * Puts an image into the list at hand, in place of one of the same version: for images that come from
 * local files alone. Other entries stay.
 *
 * @throws {Trouble} `data-loss` if the list at hand is damaged
 */
export async function listImage(
  { files, configDir }: Pick<ImageStoreOptions, "files" | "configDir">,
  image: ImageData,
  { signal }: CallOptions = {},
): Promise<void> {
  const slash = configDir.includes("\\") ? "\\" : "/";
  const listPath = `${configDir}${slash}images.json`;
  const lockPath = `${configDir}${slash}locks${slash}images.lock`;
  await using _lock = await files.lock(lockPath, { signal });
  const images = await loadList(files, listPath);
  const [data] = parseList(JSON.stringify([image]));
  if (data === undefined || images.some((other) => isSame(other, data))) return;
  const others = images.filter(({ version }) => version !== data.version);
  await saveList(files, listPath, [...others, data]);
}

function isSame(a: ImageData, b: ImageData): boolean {
  return a.version === b.version && a.sha256 === b.sha256 && a.deprecated === b.deprecated;
}

function unusable(message: string, reason: string): Trouble {
  return new Trouble("failed-precondition", message, reason);
}

/** The list at hand; one that cannot be read is told, never taken for an empty one. */
async function loadList(files: Files, path: string): Promise<ImageData[]> {
  const text = await readText(files, path);
  if (text === undefined) return [];
  try {
    return parseList(text);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    const message = `"${path}" is damaged, update the list to get it anew: ${error.message}`;
    throw new Trouble("data-loss", message);
  }
}

/** Replaces the list at once: a reader finds the old or the new one. */
async function saveList(files: Files, path: string, images: ImageData[]): Promise<void> {
  // One name is enough, as the lock of the list is held, and it takes the place of what was left.
  const part = `${path}.part`;
  try {
    await writeText(files, part, `${JSON.stringify(images, undefined, 2)}\n`);
    await files.rename(part, path);
  } catch (error) {
    await Promise.allSettled([files.remove(part)]);
    throw error;
  }
}

async function download(request: TransferRequest): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for await (const { bytes } of transfer(request)) {
      size += bytes.length;
      if (size > LIST_BYTES) throw new Trouble("data-loss", "The list is too long to be one");
      text += decode(decoder, bytes);
    }
    return text + decode(decoder);
  } catch (error) {
    // A driver has one list: where there is none, the source is out of order.
    const isMissing = error instanceof Trouble && error.code === "not-found";
    throw isMissing ? new Trouble("unavailable", error.message) : error;
  }
}

function decode(decoder: TextDecoder, bytes?: Uint8Array<ArrayBuffer>): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new Trouble("data-loss", "The list is no text in UTF-8");
  }
}
