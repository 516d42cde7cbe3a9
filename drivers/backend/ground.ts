/**
 * What a world stands on: time, files, and what answers. One function for each place that answers can
 * come from.
 *
 * @module
 */

import type { Clock, TestImages } from "../contract/mod.ts";
import type { Backend } from "./backend.ts";
import { systemClock, VirtualClock } from "./clock.ts";
import { diskFiles } from "./disk_files.ts";
import type { Files } from "./files.ts";
import { memoryFiles } from "./memory_files.ts";
import type { DriverModule, Host } from "./module.ts";
import type { KnownValues } from "./placeholders.ts";
import { Replayer } from "./replayer.ts";
import { knownDigests, standInImages } from "./stand_in_images.ts";
import type { Tape } from "./tape.ts";
import { type Folders, foldersIn } from "./test_files.ts";

/** Where evidence comes from. */
export interface Evidence extends Host {
  /** When it was recorded, for a replay. */
  readonly recordedAt?: string;
}

/** The user's settings for a driver. */
export type Settings = Readonly<Record<string, string>>;

/** What a world stands on. Disposing of it says what was wrong with a replay. */
export interface Ground extends AsyncDisposable {
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

/** A live host, on disk and in real time. */
export function liveGround(
  module: DriverModule,
  { backend, host, images = module.images, settings, folder }: {
    backend: Backend;
    host: Host;
    images?: TestImages;
    settings: Settings;
    folder: string | undefined;
  },
): Ground {
  if (folder === undefined) throw new TypeError("Cannot open a live world without a folder");
  const clock = systemClock();
  return {
    clock,
    files: diskFiles({ clock }),
    folders: foldersIn(folder),
    images: images ?? standInImages(),
    settings,
    evidence: host,
    backend,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A simulated host of its own, in memory and on virtual time. */
export async function simulatedGround(module: DriverModule, settings: Settings): Promise<Ground> {
  const clock = new VirtualClock();
  const { backend, host } = await module.connect({ settings, clock });
  return {
    clock,
    files: memoryFiles(),
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
): Promise<Ground> {
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
      if (problems.length > 0) throw new ReplayProblems(problems);
    },
  };
}

const SHOWN_PROBLEMS = 10;

/** What a replay had wrong: calls that fitted nothing, and recorded calls that were not made. */
export class ReplayProblems extends Error {
  /** Always `ReplayProblems`. */
  override readonly name = "ReplayProblems";

  /** Makes the error. */
  constructor(
    /** Each of them in a sentence. */
    readonly problems: readonly string[],
  ) {
    const shown = problems.slice(0, SHOWN_PROBLEMS);
    const more = problems.length - shown.length;
    super([
      "The driver did not do what was recorded",
      ...shown,
      ...(more > 0 ? [`… and ${more} more`] : []),
    ].join("\n  "));
  }
}
