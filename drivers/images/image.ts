/**
 * The handle of one image.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";
import type {
  CallOptions,
  Changed,
  Clock,
  Image,
  ImageData,
  ImageStatus,
  Progress,
} from "../contract/mod.ts";
import { type Content, isArchive, isArchiveFile, onlyFile, peeked } from "./archive.ts";
import { checksum, type ImageCache, verify, write } from "./cache.ts";
import { attempt } from "./errors.ts";
import { type Chunk, transfer } from "./transfer.ts";

/** What handles share. */
export interface ImageContext {
  /** The local files. */
  readonly files: Files;
  /** Time. */
  readonly clock: Clock;
  /** The cache. */
  readonly cache: ImageCache;
  /** What asks for addresses. */
  readonly fetch: typeof globalThis.fetch;
  /** How the name of an image in a ZIP archive ends; absent if archives are nothing special. */
  readonly archived?: string;
  /** Takes the lock of a version. */
  lock(version: string, signal?: AbortSignal): Promise<AsyncDisposable>;
}

/**
 * Makes a handle. It works with what `latest` answers at each call, so a handle from before an update
 * fetches what the list has now.
 */
export function imageHandle(
  context: ImageContext,
  data: ImageData,
  latest: () => Promise<ImageData>,
): Image {
  const { version, deprecated } = data;
  return {
    version,
    deprecated,
    status: (options) => statusOf(context, version, latest, options),
    fetch: ({ signal, onProgress } = {}) =>
      attempt(about("fetch", version, signal), async () => {
        return await fetchImage(context, await latest(), reporter(onProgress), signal);
      }),
    fromFile: (path, { signal } = {}) =>
      attempt(about("fromFile", version, signal), async () => {
        return await importImage(context, await latest(), path, signal);
      }),
    purge: ({ signal } = {}) =>
      attempt(about("purge", version, signal), async () => {
        await using _lock = await context.lock(version, signal);
        return { changed: await context.cache.purge(version) };
      }),
    toJSON: () => ({ ...data }),
  };
}

const VERBS = { status: "see", fetch: "fetch", fromFile: "import", purge: "purge" };

function about(method: keyof typeof VERBS, version: string, signal?: AbortSignal): About {
  return {
    operation: `image.${method}`,
    subject: `image:${version}`,
    doing: `${VERBS[method]} image "${version}"`,
    signal,
  };
}

async function statusOf(
  { cache }: ImageContext,
  version: string,
  latest: () => Promise<ImageData>,
  { signal }: CallOptions = {},
): Promise<ImageStatus> {
  try {
    signal?.throwIfAborted();
    return await cache.sizeOf(await latest()) === undefined ? "not-downloaded" : "downloaded";
  } catch (error) {
    if (signal?.aborted) throw driverError(error, about("status", version, signal));
    return "unknown";
  }
}

async function fetchImage(
  context: ImageContext,
  image: ImageData,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Changed> {
  const { clock, cache, fetch, lock } = context;
  await using _lock = await lock(image.version, signal);
  const size = await cache.sizeOf(image);
  if (size !== undefined) {
    report({ current: size, total: size });
    return { changed: false };
  }
  await cache.sweep(image.version);
  const chunks = transfer({ url: image.url, fetch, clock, signal });
  await clock.hold(add(context, image, reported(chunks, report), signal));
  return { changed: true };
}

/** Adds what came, or the image in it. An archive has its directory at the end, so it is kept first. */
async function add(
  { files, cache, archived }: ImageContext,
  image: ImageData,
  content: Content,
  signal?: AbortSignal,
): Promise<void> {
  if (archived === undefined) return await cache.add(image, content, signal);
  const { head, all } = await peeked(content);
  if (!isArchive(head)) return await cache.add(image, all, signal);
  const archive = cache.partOf(image);
  try {
    await write(files, archive, all, signal);
    await cache.add(image, onlyFile(files, archive, archived), signal);
  } finally {
    await files.remove(archive);
  }
}

async function importImage(
  { files, clock, cache, archived, lock }: ImageContext,
  image: ImageData,
  path: string,
  signal?: AbortSignal,
): Promise<Changed> {
  if (!await files.stat(path)) throw new Trouble("not-found", `There is no file "${path}"`);
  await using _lock = await lock(image.version, signal);
  const content = archived !== undefined && await isArchiveFile(files, path)
    ? onlyFile(files, path, archived)
    : files.read(path);
  if (await cache.sizeOf(image) !== undefined) {
    verify(image, await clock.hold(checksum(content, signal)));
    return { changed: false };
  }
  await cache.sweep(image.version);
  await clock.hold(cache.add(image, content, signal));
  return { changed: true };
}

async function* reported(
  chunks: AsyncIterable<Chunk>,
  report: (progress: Progress) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let current = 0;
  for await (const { bytes, total } of chunks) {
    current += bytes.length;
    // Written before it is told: what was reported is there.
    yield bytes;
    report(total === undefined ? { current } : { current, total });
  }
}

/** Keeps a callback's trouble from the transfer: one that throws is not called again. */
function reporter(onProgress?: (progress: Progress) => unknown): (progress: Progress) => void {
  let isWanted = onProgress !== undefined;
  const stop = (): void => {
    isWanted = false;
  };
  return (progress) => {
    if (!isWanted) return;
    try {
      Promise.resolve(onProgress?.(progress)).catch(stop);
    } catch {
      stop();
    }
  };
}
