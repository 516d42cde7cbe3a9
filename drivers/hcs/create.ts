/**
 * Making utility VMs: the files, the system, and all of it back if something fails.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Undo } from "../backend/undo.ts";
import { EVENTS, type HcsEvent, type SystemRef } from "./backend.ts";
import { createDocument, type Inventory, inventoryOf, SCRATCH_DISK } from "./documents.ts";
import { CODES, isRefused, isUnsure, trouble } from "./errors.ts";
import type { LinuxPlan, Plan, WindowsPlan } from "./options.ts";
import { join } from "./paths.ts";
import type { KnownHost, Session } from "./session.ts";
import type { Options } from "./steps.ts";

/** The service may take as long to make or to end a system. */
export const SYSTEM_MS = 240_000;
/** How long an end that was asked for may take to be told. */
export const END_MS = 60_000;

/** What was made. */
export interface Made {
  /** The system. */
  readonly ref: SystemRef;
  /** What its document brings. */
  readonly inventory: Inventory;
  /** The files that it was let in to. */
  readonly granted: readonly string[];
}

/** The folder in the layers that a Windows guest starts from. */
const UTILITY_VM = "UtilityVM";
const TEMPLATE = "SystemTemplate.vhdx";

/**
 * Makes a system. Nothing is changed before all that can be looked up was.
 *
 * @throws {BackendError | Trouble}
 */
export async function createSystem(
  session: Session,
  { plan, host, id }: { plan: Plan; host: KnownHost; id: string },
  undo: Undo,
  options: Options,
): Promise<Made> {
  const image = plan.os === "windows"
    ? await findImage(session, plan, options)
    : await assertBootFiles(session, plan, options);
  const { owner } = session;
  const document = createDocument(plan, { owner, schema: host.schema, utilityVmFolder: image });
  const inventory = inventoryOf(document);
  await assertFree(session, id, options);
  if (plan.os === "windows") await makeScratch(session, plan, image, undo, options);
  const grants = [...inventory.disks, ...inventory.vpmem]
    .flatMap(({ hostPath }) => hostPath === "" ? [] : [hostPath]);
  for (const path of grants) {
    undo.add(`access:${id} ${path}`, () => session.call("access.revoke", { id, path }));
    await session.call("access.grant", { id, path }, options);
  }
  let isLost = false;
  undo.add(`machine:${session.owner}.${id}`, async () => {
    if (isLost) await endLost(session, id, { withStrays: true });
  });
  try {
    const { handle } = await session
      .call("system.create", { id, document }, { ...options, timeoutMs: SYSTEM_MS });
    return { ref: { id, handle }, inventory, granted: grants };
  } catch (error) {
    if (isRefused(error, CODES.systemAlreadyExists)) throw alreadyExists(id);
    // What became of a call that nobody answered is found, and ended.
    isLost = isUnsure(error);
    throw error;
  }
}

async function isThere(session: Session, path: string, options: Options): Promise<boolean> {
  return await session.call("files.stat", { path }, options) !== null;
}

/** The folder that a Windows guest starts from: of the first layer that has one. */
async function findImage(
  session: Session,
  { layers }: WindowsPlan,
  options: Options,
): Promise<string> {
  for (const layer of layers) {
    const folder = join(layer, UTILITY_VM);
    if (await isThere(session, folder, options)) return folder;
  }
  throw trouble("file-missing", `None of the layers has a folder "${UTILITY_VM}"`);
}

async function assertBootFiles(
  session: Session,
  { bootFiles, kernel, root }: LinuxPlan,
  options: Options,
): Promise<string> {
  for (const name of [kernel, root]) {
    const path = join(bootFiles, name);
    if (!await isThere(session, path, options)) {
      throw trouble("file-missing", `There is no file "${path}" to start from`);
    }
  }
  return bootFiles;
}

/** An id that is taken is known before anything is touched. */
async function assertFree(session: Session, id: string, options: Options): Promise<void> {
  const found = await session.call("systems.enumerate", { query: { Ids: [id] } }, options);
  if (found.some(({ Id }) => Id.toLowerCase() === id.toLowerCase())) throw alreadyExists(id);
}

function alreadyExists(id: string): Error {
  return new Trouble("already-exists", `The host has a compute system "${id}" already`);
}

/** The scratch disk: that which is there, or a copy of the template. */
async function makeScratch(
  session: Session,
  { scratch }: WindowsPlan,
  image: string,
  undo: Undo,
  options: Options,
): Promise<void> {
  const disk = join(scratch, SCRATCH_DISK);
  if (await isThere(session, disk, options)) return;
  if (!await isThere(session, scratch, options)) {
    undo.add(`folder:${scratch}`, () => session.call("files.remove", { path: scratch }));
    await session.call("files.mkdir", { path: scratch }, options);
  }
  const from = join(image, TEMPLATE);
  if (!await isThere(session, from, options)) {
    throw trouble("file-missing", `There is no template "${from}" for the scratch disk`);
  }
  undo.add(`disk:${disk}`, () => session.call("files.remove", { path: disk }));
  await session.call("files.copy", { from, to: disk }, { ...options, timeoutMs: SYSTEM_MS });
}

/**
 * Ends the system of this owner with that id; answers whether there was one. With strays, it closes
 * every handle that the exit is told to: there may be one whose number was lost with a reply.
 *
 * @throws {BackendError | Trouble} if nobody can tell whether it has ended
 */
export async function endLost(
  session: Session,
  id: string,
  { withStrays }: { withStrays: boolean },
): Promise<boolean> {
  const handles = new Set<number>();
  const gone = Promise.withResolvers<void>();
  const unlisten = session.listen((event?: HcsEvent) => {
    if (event?.system !== id || event.type !== EVENTS.exited) return;
    if (withStrays) handles.add(event.handle);
    gone.resolve();
  });
  try {
    const query = { Ids: [id], Owners: [session.owner] };
    const found = await session.call("systems.enumerate", { query });
    if (!found.some(({ Id, Owner }) => Id === id && Owner === session.owner)) return false;
    const { handle } = await session.call("system.open", { id });
    handles.add(handle);
    const hadNotEnded = await terminate(session, { id, handle });
    // One that had ended before tells no end, unless to a handle that is looked for.
    if (hadNotEnded || withStrays) await orTooLate(session, gone.promise);
    return true;
  } catch (error) {
    if (isRefused(error, CODES.systemNotFound)) return false;
    throw error;
  } finally {
    unlisten();
    for (const handle of handles) {
      await session.call("system.close", { id, handle }).catch(() => {});
    }
  }
}

/** Asks for the end; answers whether there was anything to end. @throws {BackendError} */
export async function terminate(
  session: Session,
  ref: SystemRef,
  { signal, timeoutMs = SYSTEM_MS }: Options & { timeoutMs?: number } = {},
): Promise<boolean> {
  try {
    await session.call("system.terminate", ref, { signal, timeoutMs });
    return true;
  } catch (error) {
    if (isRefused(error, CODES.operationPending)) return true;
    if (isRefused(error, CODES.alreadyStopped, CODES.systemNotFound)) return false;
    throw error;
  }
}

/** Waits for an end that was asked for. @throws {Trouble} `deadline-exceeded` */
export async function orTooLate<T>(session: Session, end: Promise<T>): Promise<T> {
  const told = new AbortController();
  const late = session.clock.sleep(END_MS, { signal: told.signal }).then(() => {
    throw new Trouble("deadline-exceeded", `The host did not tell its end within ${END_MS} ms`);
  });
  try {
    return await Promise.race([end, late]);
  } finally {
    late.catch(() => {});
    told.abort();
  }
}
