/**
 * Worlds around a driver whose module has a seam: the layers between the adapter and what answers.
 *
 * From the adapter down: deadline, tracer, faults, recorder, and then what answers: the live or
 * simulated backend, or a tape. Host controls take the same way past the faults, so that a tape
 * has their calls, too.
 *
 * @module
 */

import type { Claims, ContractName } from "../../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "../backend.ts";
import { systemClock, VirtualClock } from "../clock.ts";
import { withDeadline } from "../deadline.ts";
import { Faults } from "../faults.ts";
import { type DriverModule, servedBy, type Service } from "../module.ts";
import { shareBackend } from "../shared_backend.ts";
import { Recorder } from "../tape/recorder.ts";
import { scanForSecrets } from "../tape/secrets.ts";
import { formatTape } from "../tape/tape.ts";
import { Trace, traced } from "../trace.ts";
import { worldFiles } from "./files.ts";
import {
  contextNowhere,
  contextOn,
  knownValues,
  liveGround,
  replayGround,
  type SeamGround,
  simulatedGround,
} from "./ground.ts";
import { headsOf } from "./stand_in_images.ts";
import type {
  CaseWorld,
  RecordingFacts,
  Settings,
  WorldOptions,
  Worlds,
  WorldsOptions,
} from "./worlds.ts";

/**
 * Opens a module with a seam; connects, unless the answers come from tapes.
 *
 * @throws {BackendError} if the host cannot be reached
 */
export async function openSeamWorlds(
  module: DriverModule,
  { mode, settings = {}, signal }: WorldsOptions,
): Promise<Worlds> {
  const about = {
    driver: module.name,
    contracts: servedBy(module),
    claims: () => claimsOf(module, settings),
  };
  if (mode === "replay") {
    return {
      ...about,
      mode: "replayed",
      open: async ({ contract, tape, fetch }) =>
        openWorld({ module, contract, ground: await replayGround(module, tape), fetch }),
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
      open: async ({ contract, fetch }) => {
        const ground = await simulatedGround(module, settings);
        return openWorld({ module, contract, ground, record, fetch });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const { backend, host, images = module.images } = await module
    .connect({ settings, signal, clock: systemClock() });
  return {
    ...about,
    mode: "live",
    host,
    open({ contract, folder, fetch }): Promise<CaseWorld> {
      const live = liveGround({ host, images, settings, folder });
      // The host outlives its worlds.
      const ground = { ...live, backend, [Symbol.asyncDispose]: () => Promise.resolve() };
      return Promise.resolve(openWorld({ module, contract, ground, record, fetch }));
    },
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

/** How a module serves a contract. @throws {TypeError} if it does not */
function serviceOf(module: DriverModule, contract: ContractName): Service<ContractName> {
  const service = module.serves[contract];
  if (service) return service;
  throw new TypeError(`Driver "${module.name}" does not serve the contract "${contract}"`);
}

/** Puts the layers on a ground. */
function openWorld({ module, contract, ground, fetch, record = false }: {
  readonly module: DriverModule;
  readonly contract: ContractName;
  readonly ground: SeamGround;
  readonly fetch: WorldOptions["fetch"];
  readonly record?: boolean;
}): CaseWorld {
  const { seam } = module;
  const service = serviceOf(module, contract);
  const { clock } = ground;
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
  const files = worldFiles(ground);
  return {
    clock,
    evidence: ground.evidence,
    images: ground.images,
    files: files.forSuite,
    faults,
    host: service.host?.(layered(shared)),
    trace: () => trace.lines(),
    open: (options) =>
      Promise.resolve(service.create({
        ...contextOn({ ...ground, files: files.forDriver, fetch }, options),
        backend: shareBackend(forDrivers),
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
  ground: SeamGround,
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
  const text = formatTape({ provenance, lines });
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

async function claimsOf(module: DriverModule, settings: Settings): Promise<Claims> {
  using clock = new VirtualClock();
  const claims = servedBy(module).map(async (contract) => {
    const service = serviceOf(module, contract);
    const subject = service.create({ ...contextNowhere(clock, settings), backend: NOWHERE });
    await subject[Symbol.asyncDispose]();
    return [contract, { subject, host: service.host?.(NOWHERE), faults: true, fillDisk: true }];
  });
  return Object.fromEntries(await Promise.all(claims)) as Claims;
}
