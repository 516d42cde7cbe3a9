/**
 * What a case's function gets, made from its stage.
 *
 * @module
 */

import { type Driver, type HostControls, Registry } from "../drivers/contract/mod.ts";
import type { CaseContext } from "./case.ts";
import type { CheckBook } from "./check.ts";
import { downloaded, FreshResources } from "./fresh.ts";
import type { ImageServer } from "./image_server.ts";
import type { Names } from "./names.ts";
import { HarnessError, type Stage } from "./subject.ts";
import { trackedDriver, trackedHost, type Tracker, withMembers } from "./tracked_driver.ts";

/** The instances of the driver that one attempt opens. */
export class Instances {
  readonly #stage: Stage;
  readonly #tracker: Tracker;
  readonly #open: { driver: Driver; raw: Driver; disposed: boolean }[] = [];

  /** Opens nothing yet. */
  constructor(stage: Stage, tracker: Tracker) {
    this.#stage = stage;
    this.#tracker = tracker;
  }

  /** Opens a tracked instance. */
  async open(owner: string): Promise<Driver> {
    const { world, server } = this.#stage;
    const raw = await world.open({ owner, imagesUrl: server.listUrl });
    const entry = { raw, disposed: false, driver: raw };
    const dispose = async (): Promise<void> => {
      entry.disposed = true;
      await raw[Symbol.asyncDispose]();
    };
    entry.driver = withMembers(trackedDriver(raw, this.#tracker), {
      [Symbol.asyncDispose]: dispose,
    });
    this.#open.push(entry);
    return entry.driver;
  }

  /** An instance of that owner that is still open, or a new one. */
  async of(owner: string): Promise<Driver> {
    const found = this.#open.find(({ driver, disposed }) => !disposed && driver.owner === owner);
    return found?.driver ?? await this.open(owner);
  }

  /** Closes all. */
  async close(): Promise<void> {
    for (const { driver, disposed } of this.#open.toReversed()) {
      if (!disposed) await driver[Symbol.asyncDispose]();
    }
  }
}

/** The host as a case sees it: without what other cases make at the same time. */
function caseHost(
  host: HostControls,
  tracker: Tracker,
  isOfOther: (entry: string) => boolean,
): HostControls {
  return withMembers(trackedHost(host, tracker), {
    inventory: async () => (await host.inventory()).filter((entry) => !isOfOther(entry)),
  });
}

/** What the case's function gets. */
export function contextOf(
  { stage, driver, names, check, instances, tracker, isOfOther }: {
    stage: Stage;
    driver: Driver;
    names: Names;
    check: CheckBook;
    instances: Instances;
    tracker: Tracker;
    isOfOther: (entry: string) => boolean;
  },
): CaseContext {
  const { world } = stage;
  const { clock, faults } = world;
  const server = withMembers<ImageServer>(stage.server, {
    down: () => clock.hold(stage.server.down()),
    up: () => clock.hold(stage.server.up()),
  });
  return {
    driver,
    another: ({ owner = driver.owner } = {}) => instances.open(owner),
    fresh: new FreshResources({ driver, names, server, images: world.images }),
    check,
    server,
    clock,
    host: (world.host && caseHost(world.host, tracker, isOfOther)) as CaseContext["host"],
    registry: world.registry?.() ?? new Registry<Driver>(),
    faults: (faults && withMembers({ ...faults } as CaseContext["faults"], {
      plan: (fault) => faults.plan(fault),
      clear: () => faults.clear(),
      async during(fault, call) {
        faults.plan(fault);
        try {
          await call();
          return { met: faults.clear() };
        } catch (error) {
          return { error, met: faults.clear() };
        }
      },
    })) as CaseContext["faults"],
    files: world.files as CaseContext["files"],
    async settled(calls) {
      const results = await Promise.allSettled(calls);
      return results.map((it) =>
        it.status === "fulfilled" ? { value: it.value } : { error: it.reason }
      );
    },
    image: (version) => downloaded(driver, version),
    network: (cluster) => {
      if (driver.networks) return driver.networks.get(cluster);
      throw new HarnessError("A case asks for a network without the need for networks");
    },
  };
}
