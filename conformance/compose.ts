/**
 * The composition root: drivers, the seam below them and the suite are put together here.
 *
 * @module
 */

import {
  BackendError,
  type CaseWorld,
  type DriverModule,
  loadTape,
  openWorlds,
  parseTape,
  type PlainModule,
  type Tape,
  type Worlds,
} from "../drivers/backend/mod.ts";
import { driverNames, loadDriver } from "../drivers/registry.ts";
import config from "../deno.json" with { type: "json" };
import { isDriverError } from "../drivers/contract/mod.ts";
import { stripVTControlCharacters } from "node:util";
import type { Case } from "./case.ts";
import { messageOf } from "./check.ts";
import type { Composer, RecordingSubject, SubjectRequest } from "./composer.ts";
import { type ImageServer, imageServer } from "./image_server.ts";
import type { LedgerHead } from "./ledger_file.ts";
import { checkedModule } from "./module_shape.ts";
import { simulationOf } from "./simulated.ts";
import { type Claims, HarnessError, type Stage, type Subject } from "./subject.ts";
import { withGuest } from "./guest_build.ts";
import { unknownName, UsageError } from "./usage.ts";

type AnyModule = DriverModule | PlainModule;

/** Where the list is for instances that need none. */
const NO_LIST = "http://127.0.0.1:9/";

/** Whether a value is what a module of a user has to export. */
function isModule(value: unknown): value is AnyModule {
  if (typeof value !== "object" || value === null) return false;
  const { name, open, create, connect, seam } = value as Partial<DriverModule & PlainModule>;
  const isFull = typeof create === "function" && typeof connect === "function" && !!seam;
  return typeof name === "string" && (isFull || typeof open === "function");
}

/** Loads a driver by its name, or a user's module by its path. @throws {UsageError} */
async function loadModule(driver: string): Promise<AnyModule> {
  if (!/[\\/]/.test(driver)) {
    const known = await loadDriver(driver);
    if (known) return known;
    throw unknownName("driver", driver, driverNames());
  }
  const url = new URL(`file://${driver.startsWith("/") ? "" : "/"}${encodeURI(driver)}`);
  let loaded: { default?: unknown };
  try {
    loaded = await import(url.href);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const plain = stripVTControlCharacters(message);
    throw new UsageError(`Cannot load the module "${driver}": ${plain}`, { cause });
  }
  if (isModule(loaded.default)) return loaded.default;
  throw new UsageError(
    `The module "${driver}" exports no driver: its default export must be a PlainModule ` +
      "({ name, open }) or a DriverModule ({ name, create, connect, seam })",
  );
}

/** Opens the worlds of a module. @throws {HarnessError} saying what is missing and what to do */
async function connected(
  module: AnyModule,
  { settings }: Pick<SubjectRequest, "settings">,
  mode: "live" | "record" | "replay",
): Promise<Worlds> {
  const given = mode === "replay" ? settings : await withGuest(module.name, settings);
  const checked = "connect" in module ? module : checkedModule(module);
  try {
    return await openWorlds(checked, { mode, settings: given });
  } catch (cause) {
    if (isRefusal(cause)) throw new UsageError(cause.message, { cause });
    if (!(cause instanceof BackendError || cause instanceof TypeError)) throw cause;
    const isRaw = cause instanceof BackendError && cause.kind === "refused";
    const context = isRaw ? `The host refuses driver "${module.name}": ` : "";
    throw new HarnessError(`${context}${cause.message}`, { cause });
  }
}

/** Whether a driver refuses its settings. */
function isRefusal(error: unknown): error is Error {
  return isDriverError(error) && error.code === "invalid-argument";
}

/** What a driver claims; opening it is where most of what is wrong with a user's module shows. */
async function claimsOf(worlds: Worlds): Promise<Claims> {
  try {
    return await worlds.claims();
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (isRefusal(cause)) throw new UsageError(cause.message, { cause });
    const message = `Cannot open driver "${worlds.driver}": ${messageOf(cause)}`;
    throw new HarnessError(message, { cause });
  }
}

/** What a case's stage is made with. */
interface StageParts {
  readonly worlds: Worlds;
  readonly tape?: Tape;
  /** Called with the world before it ends. */
  readonly atEnd?: (world: CaseWorld) => Promise<void>;
}

/** A folder of its own for a live world; removed with it. */
async function scratchFolder(worlds: Worlds): Promise<({ path: string } & AsyncDisposable) | null> {
  if (worlds.mode !== "live") return null;
  let path: string;
  try {
    path = (await Deno.makeTempDir({ prefix: "vmtck-" })).replaceAll("\\", "/");
  } catch (cause) {
    throw new HarnessError(`Cannot make a scratch folder: ${messageOf(cause)}`, { cause });
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Sets the stage: folder, world and image server, which end together. */
async function stageOf({ worlds, tape, atEnd }: StageParts): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await scratchFolder(worlds));
  const world = stack.use(await worlds.open({ tape, folder: folder?.path }));
  stack.defer(() => atEnd?.(world));
  const server: ImageServer = stack.use(await imageServer());
  const ended = stack.move();
  return {
    world,
    server,
    evidence: world.evidence,
    ...(tape && { seed: tape.provenance.seed }),
    ...(folder && { folder: folder.path }),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** A subject over opened worlds; a replay gets its tapes from `tapeOf`. */
function subjectOf(
  worlds: Worlds,
  open: (use: { case: Case; seed: string }) => Promise<Stage>,
): Subject & AsyncDisposable {
  return {
    driver: worlds.driver,
    mode: worlds.mode,
    claims: () => claimsOf(worlds),
    open,
    [Symbol.asyncDispose]: () => worlds[Symbol.asyncDispose](),
  };
}

function replaySubject(
  worlds: Worlds,
  tapeOf: (id: string) => Promise<Tape>,
): Subject & AsyncDisposable {
  return subjectOf(
    worlds,
    async (use) => await stageOf({ worlds, tape: await tapeOf(use.case.id) }),
  );
}

/** Whether answers can come from nowhere but the module itself. */
function answersItself(module: AnyModule): boolean {
  return !("connect" in module) || module.time === "virtual";
}

/** The module, or its simulation where there is one and the real hypervisor is not asked for. */
async function answering(
  module: AnyModule,
  { live }: Pick<SubjectRequest, "live">,
): Promise<AnyModule> {
  return live ? module : await simulationOf(module.name) ?? module;
}

/** How {@linkcode openSubject} opens a subject. */
export interface SubjectOptions {
  /** Whether the real hypervisor answers. By default a recording does, if the module has a seam. */
  readonly live?: boolean;
  /** The driver's settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder of the recordings. By default `fixtures`. */
  readonly fixtures?: string;
  /** The command that records cases, without their ids, for messages. */
  readonly recordCommand?: string;
}

/**
 * Puts a driver's module under test.
 *
 * @throws {HarnessError} saying what the environment lacks
 * @throws {UsageError} if a setting is wrong, or there is one for a replay
 */
export async function openSubject(
  module: DriverModule | PlainModule,
  { live = false, settings = {}, fixtures = "fixtures", recordCommand }: SubjectOptions = {},
): Promise<Subject & AsyncDisposable> {
  if (live || answersItself(module)) {
    const worlds = await connected(module, { settings }, "live");
    return subjectOf(worlds, () => stageOf({ worlds }));
  }
  const [setting] = Object.keys(settings);
  if (setting !== undefined) {
    throw new UsageError(
      `Cannot set "${setting}": a recording has its own settings; add "--live" to give others`,
    );
  }
  const driver = module.name;
  const worlds = await connected(module, { settings }, "replay");
  return replaySubject(
    worlds,
    (id) => loadTape(`${fixtures}/${driver}/${id}.ndjson`, { driver, case: id, recordCommand }),
  );
}

async function subject(request: SubjectRequest): Promise<Subject & AsyncDisposable> {
  const module = await answering(await loadModule(request.driver), request);
  const opened = await openSubject(module, request);
  const folder = `${request.fixtures}/${module.name}`;
  if (opened.mode !== "replayed" || await isThere(folder)) return opened;
  const { fixtures, recordCommand = "deno task conformance record" } = request;
  throw new HarnessError(
    `There are no recordings of driver "${module.name}" in "${fixtures}": record some with ` +
      `"${recordCommand}", or add "--live" to ask ` +
      "the hypervisor itself",
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

async function recording(request: SubjectRequest): Promise<RecordingSubject> {
  const module = await loadModule(request.driver);
  if (!("connect" in module)) {
    throw new UsageError(`Cannot record driver "${module.name}": its module has no backend seam`);
  }
  const worlds = await connected(module, request, "record");
  const tapes = new Map<string, () => string>();
  const { startedAt: recordedAt } = request;
  const { version } = config;
  const keep = async (world: CaseWorld, id: string, seed: string): Promise<void> => {
    const facts = { case: id, seed, adapter: version, suite: version, recordedAt };
    try {
      const text = await world.tape?.(facts) ?? "";
      tapes.set(id, () => text);
    } catch (error) {
      tapes.set(id, () => {
        throw error;
      });
    }
  };
  return {
    ...subjectOf(
      worlds,
      ({ case: { id }, seed }) => stageOf({ worlds, atEnd: (world) => keep(world, id, seed) }),
    ),
    tape: (item) => Promise.resolve().then(() => tapes.get(item.id)?.() ?? ""),
    async replaying(texts) {
      return replaySubject(
        await connected(module, request, "replay"),
        (id) => parseTape(texts.get(id) ?? "", { driver: module.name, case: id }),
      );
    },
  };
}

/** The host of a run that is over. */
async function reach({ driver, settings }: LedgerHead): ReturnType<Composer["reach"]> {
  await using stack = new AsyncDisposableStack();
  const worlds = stack.use(await connected(await loadModule(driver), { settings }, "live"));
  const folder = stack.use(await scratchFolder(worlds));
  const world = stack.use(await worlds.open({ folder: folder?.path }));
  const ended = stack.move();
  return {
    host: world.host,
    of: async (owner) => ended.use(await world.open({ owner, imagesUrl: NO_LIST })),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** Composes what the sub-commands need. */
export const composer: Composer = { names: driverNames, subject, recording, reach };
