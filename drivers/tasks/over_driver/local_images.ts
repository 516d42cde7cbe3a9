/**
 * Images of a driver from files of this machine.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Files } from "../../backend/files.ts";
import { KeyedLock } from "../../backend/keyed_lock.ts";
import type { CallOptions, Clock, Images, TaskId } from "../../contract/mod.ts";
import { listImage } from "../../images/mod.ts";

/** What {@linkcode localImages} needs. */
export interface LocalImagesOptions {
  /** The driver's images. */
  readonly images: Images;
  /** The local files. */
  readonly files: Files;
  /** The driver's config directory, with its list. */
  readonly configDir: string;
  /** Time. */
  readonly clock: Clock;
}

/** Makes images of files, and removes them when no task was made from them any more. */
export interface LocalImages {
  /** The version by which the driver makes a task's machine of that file's content. The file stays as it is. */
  provide(path: string, id: TaskId, options: CallOptions): Promise<string>;
  /** Lets go of what a task was made from: the cache's copy goes with the last task of that content. */
  release(id: TaskId, options: CallOptions): Promise<void>;
}

/** How many digits of the checksum are in a version. */
const VERSION_DIGITS = 40;

/**
 * A file's image has the checksum of its content for a version, so one content is one image, and a
 * file that changed is another.
 */
export function localImages(
  { images, files, configDir, clock }: LocalImagesOptions,
): LocalImages {
  const known = new Map<string, string>();
  /** What each task is made from: version by id. */
  const uses = new Map<TaskId, string>();
  // A copy must not go while another task is about to be made from it.
  const locks = new KeyedLock();
  const checksum = async (path: string, signal: AbortSignal | undefined): Promise<string> => {
    const stat = await files.stat(path);
    const key = JSON.stringify([path, stat]);
    const found = known.get(key);
    if (stat && found !== undefined) return found;
    const hash = createHash("sha256");
    for await (const chunk of files.read(path)) {
      signal?.throwIfAborted();
      hash.update(chunk);
    }
    const sha256 = hash.digest("hex");
    known.set(key, sha256);
    return sha256;
  };
  return {
    async provide(path, id, { signal }) {
      const sha256 = await clock.hold(checksum(path, signal));
      const version = `file-${sha256.slice(0, VERSION_DIGITS)}`;
      // Nothing is ever fetched from there: the content comes from the file.
      const url = `https://files.invalid/${sha256}`;
      const image = { version, sha256, url, deprecated: false };
      await locks.run(version, async () => {
        uses.set(id, version);
        await listImage({ files, configDir }, image, { signal });
        await (await images.get(version, { signal })).fromFile(path, { signal });
      }, { signal });
      return version;
    },
    async release(id, { signal }) {
      const version = uses.get(id);
      if (version === undefined) return;
      await locks.run(version, async () => {
        const isLast = [...uses].every(([other, used]) => other === id || used !== version);
        if (isLast) await (await images.get(version, { signal })).purge({ signal });
        uses.delete(id);
      }, { signal });
    },
  };
}
