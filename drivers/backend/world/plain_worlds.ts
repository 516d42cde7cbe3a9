/**
 * Worlds around a driver of any make, which has no seam: nothing to record, and no faults.
 *
 * @module
 */

import type { Claims, ContractName } from "../../contract/mod.ts";
import { systemClock } from "../clock.ts";
import { type Host, type PlainModule, type PlainService, servedBy } from "../module.ts";
import { worldFiles } from "./files.ts";
import { contextNowhere, contextOn, type Ground, liveGround } from "./ground.ts";
import type { CaseWorld, Settings, WorldOptions, Worlds, WorldsOptions } from "./worlds.ts";

/**
 * Opens a plain module. Its answers are always live.
 *
 * @throws {TypeError} if it should be recorded or replayed
 */
export function openPlainWorlds(
  module: PlainModule,
  { mode, settings = {} }: WorldsOptions,
): Worlds {
  if (mode !== "live") {
    throw new TypeError(`Cannot ${mode} driver "${module.name}": its module has no backend seam`);
  }
  const host: Host = { origin: module.origin ?? "simulator", versions: {} };
  const { images } = module;
  return {
    driver: module.name,
    mode: "live",
    host,
    contracts: servedBy(module),
    claims: () => claimsOf(module, settings),
    open({ contract, folder, fetch }) {
      const ground = { ...liveGround({ host, images, settings, folder }), fetch };
      return Promise.resolve(openWorld(serviceOf(module, contract), ground));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** How a module serves a contract. @throws {TypeError} if it does not */
function serviceOf(module: PlainModule, contract: ContractName): PlainService<ContractName> {
  const service = module.serves[contract];
  if (service) return service;
  throw new TypeError(`Module "${module.name}" does not serve the contract "${contract}"`);
}

async function claimsOf(module: PlainModule, settings: Settings): Promise<Claims> {
  const claims = servedBy(module).map(async (contract) => {
    const service = serviceOf(module, contract);
    const subject = await service.open(contextNowhere(systemClock(), settings));
    await subject[Symbol.asyncDispose]();
    return [contract, { subject, host: service.host?.(), faults: false, fillDisk: false }];
  });
  return Object.fromEntries(await Promise.all(claims)) as Claims;
}

function openWorld(
  service: PlainService<ContractName>,
  ground: Ground & Pick<WorldOptions, "fetch">,
): CaseWorld {
  const { forDriver, forSuite: { fillDisk: _, ...forSuite } } = worldFiles(ground);
  return {
    clock: ground.clock,
    evidence: ground.evidence,
    images: ground.images,
    files: forSuite,
    host: service.host?.(),
    trace: () => [],
    open: async (options) =>
      await service.open(contextOn({ ...ground, files: forDriver }, options)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
