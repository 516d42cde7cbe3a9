/**
 * Worlds: a driver's module and all that the suite wants around it, put together.
 *
 * From the adapter down: deadline, tracer, faults, recorder, and then what answers: the live or
 * simulated backend, or a tape. Host controls take the same way past the faults, so that a tape
 * has their calls, too.
 *
 * @module
 */

import type { Driver, HostControls, OpenOptions, World } from "../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "./backend.ts";
import { systemClock, VirtualClock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { Faults } from "./faults.ts";
import {
  type Evidence,
  type Ground,
  knownValues,
  liveGround,
  replayGround,
  type Settings,
  simulatedGround,
} from "./ground.ts";
import { memoryFiles } from "./memory_files.ts";
import type { DriverModule, Host, PlainModule } from "./module.ts";
import { openPlainWorlds } from "./plain_world.ts";
import { Recorder } from "./recorder.ts";
import { scanForSecrets } from "./secrets.ts";
import { shareBackend } from "./shared_backend.ts";
import { headsOf } from "./stand_in_images.ts";
import { formatTape, type Provenance, type Tape } from "./tape.ts";
import { worldFiles } from "./test_files.ts";
import { Trace, traced } from "./trace.ts";

/** What {@linkcode openWorlds} needs. */
export interface WorldsOptions {
  /** Where the answers come from. A module whose time is virtual is simulated when it is `live`. */
  readonly mode: "live" | "record" | "replay";
  /** The user's settings for the driver; a replay takes those of its tape. */
  readonly settings?: Settings;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/** What one world needs. */
export interface WorldOptions {
  /** A folder on disk for this world alone. Needed in real time; else all files are in memory. */
  readonly folder?: string;
  /** The tape. Needed in a replay. */
  readonly tape?: Tape;
}

/** What a driver claims, told without touching a hypervisor. */
export interface WorldClaims {
  /** An instance that leads nowhere: its facets are there to be seen. */
  readonly driver: Driver;
  /** The ways behind its back. */
  readonly host?: HostControls;
  /** Whether faults can be planned. */
  readonly faults: boolean;
  /** Whether the driver's disk can be full. */
  readonly fillDisk: boolean;
}

/** What only the caller knows about a recording. */
export type RecordingFacts = Pick<
  Provenance,
  "case" | "seed" | "adapter" | "suite" | "recordedAt"
>;

/** A world, and where its evidence comes from. Who opens drivers in it disposes of them before. */
export interface CaseWorld extends World {
  /** Where its evidence comes from. */
  readonly evidence: Evidence;
  /**
   * In `record`: the text of the tape, to be asked for after the case.
   *
   * @throws {Error} if something happened that cannot be recorded, or the tape would hold a secret
   */
  tape?(facts: RecordingFacts): Promise<string>;
}

/** All worlds of a run: over one live host, over simulated ones, or over tapes. */
export interface Worlds extends AsyncDisposable {
  /** The driver's name. */
  readonly driver: string;
  /** How answers come about. */
  readonly mode: "live" | "simulated" | "replayed";
  /** What was connected to; absent in a replay, where each tape tells. */
  readonly host?: Host;
  /** What the driver claims. */
  claims(): Promise<WorldClaims>;
  /** Opens a world for one case. Worlds of a live host share it, and nothing else. */
  open(options: WorldOptions): Promise<CaseWorld>;
}

/**
 * Opens a driver's module; connects, unless the answers come from tapes.
 *
 * @throws {BackendError} if the host cannot be reached
 * @throws {TypeError} if the module has no seam, and should be recorded or replayed
 */
export async function openWorlds(
  module: DriverModule | PlainModule,
  options: WorldsOptions,
): Promise<Worlds> {
  if (!("connect" in module)) return openPlainWorlds(module, options);
  const { mode, settings = {}, signal } = options;
  const about = { driver: module.name, claims: () => claimsOf(module, settings) };
  if (mode === "replay") {
    return {
      ...about,
      mode: "replayed",
      open: async ({ tape }) => openWorld(module, await replayGround(module, tape)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const record = mode === "record";
  if (module.time === "virtual") {
    const { evidence: host, ...first } = await simulatedGround(module, settings);
    await first[Symbol.asyncDispose]();
    return {
      ...about,
      mode: "simulated",
      host,
      open: async () => openWorld(module, await simulatedGround(module, settings), record),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const connected = await module.connect({ settings, signal, clock: systemClock() });
  return {
    ...about,
    mode: "live",
    host: connected.host,
    open({ folder }): Promise<CaseWorld> {
      const ground = liveGround(module, { ...connected, settings, folder });
      return Promise.resolve(openWorld(module, ground, record));
    },
    [Symbol.asyncDispose]: () => connected.backend[Symbol.asyncDispose](),
  };
}

/** Puts the layers on a ground. */
function openWorld(module: DriverModule, ground: Ground, record = false): CaseWorld {
  const { seam } = module;
  const { clock, folders, settings } = ground;
  const trace = new Trace();
  const recorder = record ? new Recorder(ground.backend, { clock }) : undefined;
  const shared = shareBackend(
    recorder?.backend ?? ground.backend,
    (event) =>
      trace.add({
        at: clock.now(),
        method: "event",
        lane: seam.lane("event", event),
        outcome: "ok",
      }),
  );
  const faults = new Faults({ seam, clock });
  const layered = (below: Backend): Backend =>
    withDeadline(traced(below, { trace, clock, seam }), { clock });
  const forDrivers = layered(faults.wrap(shared));
  const files = worldFiles(ground.files, folders);
  return {
    clock,
    evidence: ground.evidence,
    images: ground.images,
    files: files.forSuite,
    faults,
    host: module.host?.(layered(shared)),
    trace: () => trace.lines(),
    open: ({ owner, imagesUrl }: OpenOptions): Promise<Driver> =>
      Promise.resolve(module.create({
        backend: shareBackend(forDrivers),
        clock,
        files: files.forDriver,
        cacheDir: folders.cache,
        configDir: folders.config,
        owner,
        imagesUrl,
        settings,
      })),
    ...(recorder && { tape: (facts: RecordingFacts) => tapeOf(module, ground, recorder, facts) }),
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      await ground[Symbol.asyncDispose]();
    },
  };
}

async function tapeOf(
  { name, seam, localSettings = [] }: DriverModule,
  ground: Ground,
  recorder: Recorder<Methods, Json>,
  facts: RecordingFacts,
): Promise<string> {
  const { origin, versions } = ground.evidence;
  const lines = recorder.lines({ seam, known: await knownValues(ground) });
  const images = await headsOf(ground.images);
  const settings = Object.fromEntries(
    Object.entries(ground.settings).filter(([key]) => !localSettings.includes(key)),
  );
  const provenance = { ...facts, driver: name, origin, versions, settings, images };
  const text = await formatTape({ provenance, lines });
  const found = scanForSecrets(text);
  if (found.length === 0) return text;
  const list = found.map(({ line, rule, excerpt }) => `line ${line}: ${rule}: ${excerpt}`);
  throw new Error(`Cannot keep the tape of "${facts.case}", it has secrets: ${list.join("; ")}`);
}

/** Leads nowhere. */
const NOWHERE: Backend = {
  call: (method) =>
    Promise.reject(new BackendError("unreachable", "", `Cannot call "${method}" without a host`)),
  events: async function* () {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

async function claimsOf(module: DriverModule, settings: Settings): Promise<WorldClaims> {
  using clock = new VirtualClock();
  const driver = module.create({
    backend: NOWHERE,
    clock,
    files: memoryFiles(),
    cacheDir: "/vmtck/cache",
    configDir: "/vmtck/config",
    owner: "claims",
    imagesUrl: "http://127.0.0.1:9/",
    settings,
  });
  await driver[Symbol.asyncDispose]();
  return { driver, host: module.host?.(NOWHERE), faults: true, fillDisk: true };
}
