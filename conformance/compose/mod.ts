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
  servedBy,
  type Tape,
  type Worlds,
} from "../../drivers/backend/mod.ts";
import { driverNames } from "../../drivers/registry.ts";
import config from "../../deno.json" with { type: "json" };
import { type Claims, type ContractName, isDriverError } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import { messageOf } from "../engine/check.ts";
import type { Composer, RecordingSubject, SubjectRequest } from "../commands/composer.ts";
import { memoryImageServer } from "../image_server_memory.ts";
import { socketImageServer } from "../image_server_socket.ts";
import type { Mode } from "../engine/events.ts";
import type { LedgerHead } from "../engine/ledger_file.ts";
import { answering, recordedOrigin, simulated } from "./answering.ts";
import { type AnyModule, loadModule } from "./load_module.ts";
import { NOMAD_PREFIX } from "../commands/options.ts";
import { simulationOf } from "../simulations/mod.ts";
import { HarnessError, type Stage, type Subject } from "../engine/subject.ts";
import { shellCommand } from "../reports/words.ts";
import { withGuest } from "./guest_build.ts";
import { UsageError } from "../commands/usage.ts";
import { threads } from "./threads.ts";

/** Where the list is for instances that need none. */
const NO_LIST = "http://127.0.0.1:9/";

/** Opens the worlds of a module. @throws {HarnessError} saying what is missing and what to do */
async function connected(
  module: AnyModule,
  { settings }: Pick<SubjectRequest, "settings">,
  mode: "live" | "record" | "replay",
): Promise<Worlds> {
  try {
    const given = mode === "replay" ? settings : await withGuest(module.name, settings);
    return await openWorlds(module, { mode, settings: given });
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
    // What this project throws itself says all in its sentence; of a user's driver, the class tells, too.
    const why = cause instanceof BackendError ? cause.message : messageOf(cause);
    throw new HarnessError(`Cannot open driver "${worlds.driver}": ${why}`, { cause });
  }
}

/** What a case's stage is made with. */
interface StageParts {
  readonly worlds: Worlds;
  readonly contract: ContractName;
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
async function stageOf({ worlds, contract, tape, atEnd }: StageParts): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await scratchFolder(worlds));
  // Only what is live may use the network.
  const here = worlds.mode === "live" ? undefined : memoryImageServer();
  const world = stack.use(
    await worlds.open({ contract, tape, folder: folder?.path, fetch: here?.fetch }),
  );
  stack.defer(() => atEnd?.(world));
  const server = stack.use(here ?? socketImageServer());
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
  open: (use: { case: AnyCase; seed: string }) => Promise<Stage>,
): Subject & AsyncDisposable {
  return {
    driver: worlds.driver,
    mode: worlds.mode,
    contracts: worlds.contracts,
    claims: () => claimsOf(worlds),
    open,
    [Symbol.asyncDispose]: () => worlds[Symbol.asyncDispose](),
  };
}

function replaySubject(
  worlds: Worlds,
  tapeOf: (id: string) => Tape | Promise<Tape>,
): Subject & AsyncDisposable {
  return subjectOf(worlds, async ({ case: { id, contract } }) => {
    return await stageOf({ worlds, contract, tape: await tapeOf(id) });
  });
}

/** How {@linkcode openSubject} opens a subject. */
export interface SubjectOptions {
  /** What answers. By default a recording, if the module has a seam. */
  readonly mode?: Mode;
  /** The driver's settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder of the recordings. By default `fixtures`. */
  readonly fixtures?: string;
  /** The command that records cases, without their ids and `--live`, for messages. */
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
  { mode = "replayed", settings = {}, fixtures = "fixtures", recordCommand }: SubjectOptions = {},
): Promise<Subject & AsyncDisposable> {
  const { module: answers, by } = await answering(module, { mode, fixtures });
  if (by === "itself") {
    const worlds = await connected(answers, { settings }, "live");
    return subjectOf(worlds, ({ case: { contract } }) => stageOf({ worlds, contract }));
  }
  const [setting] = Object.keys(settings);
  if (setting !== undefined) {
    throw new UsageError(
      `Cannot set "${setting}": a recording has its own settings; add "--live" to give others`,
    );
  }
  const driver = module.name;
  const worlds = await connected(answers, { settings }, "replay");
  const record = [
    recordCommand ?? shellCommand(["record", "--driver", driver]),
    ...(by === "recordings" ? ["--live"] : []),
  ].join(" ");
  return replaySubject(
    worlds,
    (id) =>
      loadTape(`${fixtures}/${driver}/${id}.ndjson`, { driver, case: id, recordCommand: record }),
  );
}

/** The module of a request, and the request as its module takes it. */
async function loaded(
  request: SubjectRequest,
): Promise<{ module: AnyModule; asked: SubjectRequest }> {
  const module = await loadModule(request.driver, request.settings);
  // A plugin answers by itself, and in real time.
  const isPlugin = request.driver.startsWith(NOMAD_PREFIX);
  return { module, asked: isPlugin ? { ...request, mode: "live" } : request };
}

async function serves(
  request: SubjectRequest,
): Promise<Pick<Subject, "driver" | "contracts">> {
  const { module, asked } = await loaded(request);
  const { module: answers } = await answering(module, asked);
  return { driver: module.name, contracts: servedBy(answers) };
}

async function subject(request: SubjectRequest): Promise<Subject & AsyncDisposable> {
  const { module, asked } = await loaded(request);
  const opened = await openSubject(module, asked);
  const { fixtures, recordCommand = "deno task conformance record" } = request;
  const folder = `${fixtures}/${module.name}`;
  if (opened.mode !== "replayed" || await recordedOrigin(folder) !== undefined) return opened;
  const advice = await simulationOf(module.name)
    ? `record those of its simulator with "${recordCommand}", or of the hypervisor with ` +
      '"--live" besides; without a recording, "--simulated" asks the one and "--live" the other'
    : `record some with "${recordCommand} --live", or add "--live" to ask the hypervisor itself`;
  throw new HarnessError(
    `There are no recordings of driver "${module.name}" in "${fixtures}": ${advice}`,
  );
}

async function recording(request: SubjectRequest): Promise<RecordingSubject> {
  const loaded = await loadModule(request.driver);
  const module = request.mode === "live" ? loaded : await simulated(loaded);
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
      ({ case: { id, contract }, seed }) =>
        stageOf({ worlds, contract, atEnd: (world) => keep(world, id, seed) }),
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

/** The host of a run that is over: a world for each contract, opened when it is needed. */
async function reach({ driver, settings }: LedgerHead): ReturnType<Composer["reach"]> {
  await using stack = new AsyncDisposableStack();
  const worlds = stack.use(
    await connected(await loadModule(driver, settings), { settings }, "live"),
  );
  const folder = stack.use(await scratchFolder(worlds));
  const opened = new Map<ContractName, Promise<CaseWorld>>();
  const ended = stack.move();
  const worldOf = async (contract: ContractName): Promise<CaseWorld> => {
    const known = opened.get(contract) ?? worlds.open({ contract, folder: folder?.path });
    if (!opened.has(contract)) {
      opened.set(contract, known);
      ended.use(await known);
    }
    return await known;
  };
  return {
    host: async (contract) => (await worldOf(contract)).host,
    of: async (contract, owner) =>
      ended.use(await (await worldOf(contract)).open({ owner, imagesUrl: NO_LIST })),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** Composes what the sub-commands need. */
export const composer: Composer = {
  names: driverNames,
  serves,
  subject,
  threads: (request, known) => Promise.resolve(threads(request, known)),
  recording,
  reach,
};
