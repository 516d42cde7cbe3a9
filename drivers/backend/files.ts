/**
 * The local files of a driver: on disk when live, in memory in replay and simulation.
 *
 * @module
 */

/** A file that is being written. */
export interface FileWriter extends AsyncDisposable {
  /** Appends bytes. @throws {FileError} */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes sure that all is on disk, and closes. @throws {FileError} */
  close(): Promise<void>;
}

/** Why a file operation failed. */
export type FileErrorKind = "not-found" | "no-space" | "denied" | "other";

/** What {@linkcode Files} throws. */
export class FileError extends Error {
  /** Always `FileError`. */
  override readonly name = "FileError";

  /** Makes the error. */
  constructor(
    /** Why. */
    readonly kind: FileErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Files and folders by absolute path. Folders are made as needed. */
export interface Files {
  /** The content as a stream of chunks. @throws {FileError} */
  read(path: string): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Its size in bytes and a stamp that changes with the content, or undefined if there is no such file. */
  stat(path: string): Promise<{ size: number; stamp: string } | undefined>;
  /** A file's or folder's path without links, `.` and `..`. @throws {FileError} `not-found` */
  realPath(path: string): Promise<string>;
  /** Makes a symbolic link. @throws {FileError} */
  link(path: string, target: string): Promise<void>;
  /** Creates a file, or empties it. @throws {FileError} */
  create(path: string): Promise<FileWriter>;
  /** Moves a file over another one, atomically. @throws {FileError} */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens if there is none. @throws {FileError} */
  remove(path: string): Promise<void>;
  /** The files below a folder, relative to it with `/`, sorted; empty if there is none. */
  list(folder: string): Promise<string[]>;
  /** Holds a lock between processes until disposed; others wait. Aborting stops the wait. */
  lock(path: string, options?: { signal?: AbortSignal }): Promise<AsyncDisposable>;
}
