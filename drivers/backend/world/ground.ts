/**
 * What a world stands on: time, files, and what answers. One function for each place that answers can
 * come from.
 *
 * @module
 */

import type { Clock, OpenOptions, TestImages } from "../../contract/mod.ts";
import type { Backend } from "../backend.ts";
import { systemClock, VirtualClock } from "../clock.ts";
import { diskFiles } from "../disk_files.ts";
import type { Files } from "../files.ts";
import { memoryFiles } from "../memory_files.ts";
import type { DriverContext, DriverModule, Host } from "../module.ts";
import type { KnownValues } from "../tape/placeholders.ts";
import { Replayer } from "../tape/replayer.ts";
import type { Tape } from "../tape/tape.ts";
import { type Folders, foldersIn } from "./files.ts";
import { knownDigests, standInImages } from "./stand_in_images.ts";
import type { Evidence, Settings } from "./worlds.ts";

/** What every world stands on. */
export interface Ground {
  /** Time. */
  readonly clock: Clock;
  /** The files. */
  readonly files: Files;
  /** Where they are. */
  readonly folders: Folders;
  /** The test images. */
  readonly images: TestImages;
  /** The settings. */
  readonly settings: Settings;
  /** Where its evidence comes from. */
  readonly evidence: Evidence;
}

/** The ground of a world with a seam. Disposing of it says what was wrong with a replay. */
export interface SeamGround extends Ground, AsyncDisposable {
  /** What answers. */
  readonly backend: Backend;
}

/** Where files are that are in memory. */
const MEMORY_FOLDERS = foldersIn("/vmtck");

/** Everything that differs between two grounds by its nature, and has to be the same on a tape. */
export async function knownValues(
  { folders, images }: Pick<Ground, "folders" | "images">,
): Promise<KnownValues> {
  return { "path:scratch": folders.root, ...await knownDigests(images) };
}

/** What a driver is opened with on a ground. */
export function contextOn(
  { clock, files, folders, settings, fetch }:
    & Pick<Ground, "clock" | "files" | "folders" | "settings">
    & Pick<DriverContext, "fetch">,
  { owner, imagesUrl }: OpenOptions,
): Omit<DriverContext, "backend"> {
  const { cache: cacheDir, config: configDir } = folders;
  return { clock, files, cacheDir, configDir, owner, imagesUrl, fetch, settings };
}

/** What a driver is opened with to see what it claims: it leads nowhere. */
export function contextNowhere(clock: Clock, settings: Settings): Omit<DriverContext, "backend"> {
  const ground = { clock, files: memoryFiles(), folders: MEMORY_FOLDERS, settings };
  return contextOn(ground, { owner: "claims", imagesUrl: "http://127.0.0.1:9/" });
}

/** A live host, on disk and in real time. */
export function liveGround(
  { host, images = standInImages(), settings, folder }: {
    host: Host;
    images?: TestImages;
    settings: Settings;
    folder: string | undefined;
  },
): Ground {
  if (folder === undefined) throw new TypeError("Cannot open a live world without a folder");
  const clock = systemClock();
  const files = diskFiles({ clock });
  return { clock, files, folders: foldersIn(folder), images, settings, evidence: host };
}

/** A simulated host of its own, in memory and on virtual time. */
export async function simulatedGround(
  module: DriverModule,
  settings: Settings,
): Promise<SeamGround> {
  const clock = new VirtualClock();
  const files = memoryFiles();
  const { backend, host } = await module.connect({ settings, clock, files });
  return {
    clock,
    files,
    folders: MEMORY_FOLDERS,
    images: module.images ?? standInImages(),
    settings,
    evidence: host,
    backend,
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

/** A tape, in memory and on virtual time. */
export async function replayGround(
  { seam }: DriverModule,
  tape: Tape | undefined,
): Promise<SeamGround> {
  if (!tape) throw new TypeError("Cannot open a replayed world without a tape");
  const { origin, versions, recordedAt, settings, images: heads } = tape.provenance;
  const clock = new VirtualClock();
  const images = standInImages(heads);
  const known = await knownValues({ folders: MEMORY_FOLDERS, images });
  const replayer = new Replayer(tape, { clock, seam, known });
  return {
    clock,
    files: memoryFiles(),
    folders: MEMORY_FOLDERS,
    images,
    settings,
    evidence: { origin, versions, recordedAt },
    backend: replayer.backend,
    async [Symbol.asyncDispose]() {
      await replayer.backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
      const problems = replayer.problems();
      if (problems.length > 0) throw differing(problems);
    },
  };
}

const SHOWN_PROBLEMS = 10;

/** What a replay had wrong: calls that fitted nothing, and recorded calls that were not made. */
function differing(problems: readonly string[]): Error {
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  const more = problems.length - shown.length;
  return new Error([
    "The driver did not do what was recorded",
    ...shown,
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].join("\n  "));
}
