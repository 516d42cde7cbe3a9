/**
 * Filling the disk of a new machine from an image in the local cache.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { ImageFile } from "../images/mod.ts";
import type { VolumeOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { patiently } from "./patience.ts";

/** An upload takes as long as it takes. */
const UPLOAD_MS = 60 * 60_000;

/** Waits until a new volume takes an upload, and fills it. @throws {Trouble} @throws {BackendError} */
export async function fillDisk(
  session: DriverSession,
  disk: string,
  { path }: ImageFile,
  options: Options,
): Promise<void> {
  const { namespace } = await session.objects(options);
  await phase(session, disk, "UploadReady", options);
  const limits = { ...options, timeoutMs: UPLOAD_MS };
  await session.backend.call("upload", { namespace, name: disk, path }, limits);
  await phase(session, disk, "Succeeded", options);
}

/** Waits for a phase. @throws {Trouble} if it cannot come any more, or does not come in time */
async function phase(
  session: DriverSession,
  disk: string,
  wanted: string,
  { signal }: Options,
): Promise<void> {
  const { clock, settings } = session;
  const { patienceMs } = settings;
  const objects = await session.objects({ signal });
  let last = "none";
  const reached = await patiently({
    // Both waits follow what nobody can have done yet.
    ...{ clock, settings, signal, isAnswered: true },
    async look({ signal }): Promise<true | undefined> {
      const volume = await objects.find("datavolumes", disk, { signal });
      last = volume?.status?.phase ?? last;
      if (volume) assertSound(volume);
      return last === wanted ? true : undefined;
    },
  });
  if (reached) return;
  const why = `its disk ${JSON.stringify(disk)} is in phase ${JSON.stringify(last)} and not in ` +
    `${JSON.stringify(wanted)} after ${patienceMs / 1000} seconds`;
  throw new Trouble("deadline-exceeded", why, "slow-cluster");
}

function assertSound({ metadata: { name }, status }: VolumeOutline): void {
  const conditions = status?.conditions ?? [];
  const quota = conditions.find(({ reason }) => reason === "ErrExceededQuota");
  const shown = JSON.stringify(name);
  if (quota) {
    const why = `its disk ${shown} has no room: ${quota.message}`;
    throw new Trouble("resource-exhausted", why, "quota");
  }
  if (status?.phase !== "Failed") return;
  const words = conditions.flatMap(({ message }) => message ? [message] : []);
  throw new Trouble("internal", [`its disk ${shown} failed`, ...words].join(": "), "disk-failed");
}
