/**
 * A plain image cache, until the shared one is there.
 *
 * @module
 */

import { DriverError, type Image, type ImageData, type Subject } from "../contract/mod.ts";
import type { MemoryContext } from "./record.ts";
import type { ImageCache } from "./machines.ts";

/** Makes it. */
export function imageStore(
  context: Omit<MemoryContext, "backend" | "owner" | "settings">,
): ImageCache {
  const { files, clock, cacheDir, configDir, imagesUrl } = context;
  const path = (version: string): string => `${cacheDir}/${version}.img`;
  const listPath = `${configDir}/images.json`;
  const read = async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of files.read(file)) parts.push(part);
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };
  const write = async (file: string, content: Uint8Array): Promise<void> => {
    await using writer = await files.create(file);
    await writer.write(content);
    await writer.close();
  };
  const error = (
    code: "not-found" | "unavailable" | "data-loss",
    subject: Subject,
    operation: string,
  ): DriverError =>
    new DriverError({ code, operation, subject, message: `Cannot do ${operation} of ${subject}` });
  const list = async (): Promise<ImageData[]> =>
    await files.stat(listPath) ? JSON.parse(new TextDecoder().decode(await read(listPath))) : [];
  const download = async (url: string): Promise<Uint8Array<ArrayBuffer>> => {
    const response = await fetch(url);
    return new Uint8Array(await response.arrayBuffer());
  };
  const handle = (data: ImageData): Image => ({
    version: data.version,
    deprecated: data.deprecated,
    status: async () => await files.stat(path(data.version)) ? "downloaded" : "not-downloaded",
    fetch: async () => {
      if (await files.stat(path(data.version))) return { changed: false };
      const url = new URL(data.url, imagesUrl).href;
      await clock.hold(download(url).then((content) => write(path(data.version), content)));
      return { changed: true };
    },
    fromFile: async (file) => {
      await write(path(data.version), await read(file));
      return { changed: true };
    },
    purge: async () => {
      const changed = await files.stat(path(data.version)) !== undefined;
      await files.remove(path(data.version));
      return { changed };
    },
    toJSON: () => data,
  });
  return {
    path,
    update: async () => {
      const content = await clock.hold(download(imagesUrl));
      await write(listPath, content);
    },
    list: async () => (await list()).map(handle),
    get: async (version) => {
      const found = (await list()).find((data) => data.version === version);
      if (found) return handle(found);
      throw error("not-found", `image:${version}`, "images.get");
    },
    versions: async () => (await list()).map(({ version }) => version),
    fromJSON: (text) => handle(JSON.parse(text)),
  };
}
