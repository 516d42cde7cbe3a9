/**
 * The allow-list of images: which files a task may be made from.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { FileError, type Files } from "../backend/files.ts";
import { TASK_REASONS } from "../contract/mod.ts";

/** Says which files are allowed. */
export interface ImagePaths {
  /**
   * The real path of a file, without links and dots, if it lies in an allowed folder. Nothing of the
   * file is read.
   *
   * @throws {Trouble} `permission-denied` with reason `image-not-allowed`, also for a file that is not
   * there outside of those folders; `not-found` for one inside
   */
  resolve(path: string): Promise<string>;
}

/** Whether a path starts at a root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

/** One kind of slash, and none at the end; on Windows both kinds separate. */
function plain(path: string): string {
  const slashed = /^[A-Za-z]:/.test(path) ? path.replaceAll("\\", "/") : path;
  return slashed.replace(/\/+$/, "");
}

/** The path without `.` and `..`, by its text alone. */
function lexical(path: string): string {
  const parts: string[] = [];
  for (const part of plain(path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

/** Whether a path lies below a folder. A folder `images-evil` is not below `images`. */
function isBelow(path: string, folder: string): boolean {
  return plain(path).startsWith(`${plain(folder)}/`);
}

/**
 * The allow-list of some folders. A relative path starts at `base`; without one, it is refused. Folders
 * that do not exist allow nothing.
 */
export function imagePaths(
  files: Pick<Files, "realPath" | "stat">,
  { folders, base }: { readonly folders: readonly string[]; readonly base?: string },
): ImagePaths {
  const real = async (path: string): Promise<string | undefined> => {
    try {
      return await files.realPath(path);
    } catch (error) {
      if (error instanceof FileError && error.kind === "not-found") return undefined;
      throw error;
    }
  };
  const denied = (path: string): Trouble =>
    new Trouble(
      "permission-denied",
      `The image ${JSON.stringify(path)} is in no folder that the configuration allows`,
      TASK_REASONS.imageNotAllowed,
    );
  return {
    async resolve(path) {
      const absolute = isAbsolute(path) ? path : base && `${base}/${path}`;
      if (absolute === undefined || absolute === "") throw denied(path);
      const roots = (await Promise.all(folders.map(real))).filter((root) => root !== undefined);
      const found = await real(absolute);
      const isAllowed = found === undefined
        ? [...folders, ...roots].some((folder) => isBelow(lexical(absolute), folder))
        : roots.some((root) => isBelow(found, root));
      if (!isAllowed) throw denied(path);
      // A folder is no image.
      if (found !== undefined && await files.stat(found)) return found;
      throw new Trouble("not-found", `There is no image file ${JSON.stringify(path)}`);
    },
  };
}
