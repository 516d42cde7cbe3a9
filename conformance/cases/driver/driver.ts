/**
 * Cases about the driver itself.
 *
 * @module
 */

import { type Driver, MACHINE_FACETS, machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** What has to be the same in every instance. */
function portrait(driver: Driver): Record<string, unknown> {
  const { name, description, nameRule, reachability, machineFacets } = driver;
  return {
    name,
    description,
    nameRule,
    reachability,
    machineFacets,
    facets: [driver.networks && "networks", driver.ssh && "ssh", driver.events && "events"],
  };
}

/** Cases about the driver itself. */
export const DRIVER_CASES: readonly Case[] = [
  {
    id: "driver.open-has-no-effect",
    title: "Opening a driver changes nothing on the host or on disk",
    why: "kutti's drivers write config files when they are imported",
    needs: ["host"],
    checks: { host: "driver.open.no-effect", files: "driver.open.no-effect" },
    async run({ another, host, files, check }) {
      const before = await host.inventory();
      const cached = await files.cached();
      await another();
      check.equal("host", "inventory", await host.inventory(), before);
      check.equal("files", "cache directory", await files.cached(), cached);
    },
  },
  {
    id: "driver.stable",
    title: "Name, description, rule and facets are the same in every instance",
    why: "Flags that are derived from a probe change when the probe fails",
    checks: { instances: "driver.stable", later: "driver.stable" },
    async run({ driver, another, check }) {
      const first = portrait(driver);
      check.equal("instances", "another instance", portrait(await another()), first);
      await driver.status();
      check.equal("later", "after a status", portrait(driver), first);
    },
  },
  {
    id: "driver.status-ready",
    title: "A driver whose hypervisor answers is ready",
    why: "A driver that never probes says ready or nothing at all",
    checks: { ready: "driver.status.ready", again: "driver.status.ready" },
    async run({ driver, check }) {
      check.equal("ready", "status", (await driver.status()).state, "ready");
      check.equal("again", "second status", (await driver.status()).state, "ready");
    },
  },
  {
    id: "driver.status-error",
    title: "Without its hypervisor, a driver says error and calls fail with unavailable",
    why: "A nil dereference or a panic where the service is down",
    needs: ["faults"],
    checks: {
      state: "driver.status.error",
      reason: "driver.status.error",
      list: "driver.unavailable",
      get: "driver.unavailable",
      recovers: "driver.status.recovers",
      works: "driver.status.recovers",
    },
    async run({ driver, faults, fresh, check }) {
      const { cluster, name } = await fresh.machine();
      const driverSubject = `driver:${driver.name}` as const;
      const down = { kind: "error", situation: "unavailable", call: 1, times: Infinity } as const;
      faults.plan(down);
      const status = await driver.status();
      check.equal("state", "status", status.state, "error");
      const code = status.state === "error" ? status.error.code : undefined;
      check.equal("reason", "status", code, "unavailable");
      await check.refused("list", () => driver.machines.list(), {
        code: "unavailable",
        subject: driverSubject,
      });
      await check.refused("get", () => driver.machines.get({ cluster, name }), {
        code: "unavailable",
        subject: machineSubject({ cluster, name }),
      });
      faults.clear();
      check.equal("recovers", "status", (await driver.status()).state, "ready");
      const found = await driver.machines.list({ cluster });
      check.equal("works", "list", found.map((machine) => machine.name), [name]);
    },
  },
  {
    id: "driver.permission",
    title: "What the hypervisor forbids is permission-denied, never not-found",
    why:
      "Hyper-V answers a missing right with an unspecific error that was read as a missing machine",
    needs: ["faults"],
    checks: {
      get: "driver.permission",
      list: "driver.permission",
      start: "driver.permission",
      status: "driver.permission",
    },
    async run({ driver, faults, fresh, check }) {
      const machine = await fresh.machine();
      const subject = machineSubject(machine);
      faults.plan({ kind: "error", situation: "permission-denied", call: 1, times: Infinity });
      await check.refused("get", () => driver.machines.get(machine), {
        code: "permission-denied",
        subject,
      });
      await check.refused("list", () => driver.machines.list(), {
        code: "permission-denied",
        subject: `driver:${driver.name}`,
      });
      await check.refused("start", () => machine.start(), { code: "permission-denied", subject });
      const status = await driver.status();
      const code = status.state === "error" ? status.error.code : undefined;
      check.equal("status", "status", code, "permission-denied");
      faults.clear();
    },
  },
  {
    id: "driver.facets",
    title: "A machine has the facets that the driver claims, in every handle",
    why: "A claim that nobody compares with the machines drifts away from them",
    checks: {
      created: "driver.facets.stable",
      got: "driver.facets.stable",
      listed: "driver.facets.stable",
    },
    async run({ driver, fresh, check }) {
      const claimed = [...driver.machineFacets].sort();
      const facets = (machine: object): string[] =>
        MACHINE_FACETS.toSorted()
          .filter((facet) => (machine as Record<string, unknown>)[facet] !== undefined);
      const machine = await fresh.machine();
      check.equal("created", "machine from create", facets(machine), claimed);
      check.equal("got", "machine from get", facets(await driver.machines.get(machine)), claimed);
      const [listed] = await driver.machines.list({ cluster: machine.cluster });
      check.equal("listed", "machine from list", facets(listed ?? {}), claimed);
    },
  },
  {
    id: "driver.directories",
    title: "What a driver caches lies in its cache directory",
    why: "Images beside the cache are never found again and never purged",
    checks: { cached: "driver.directories", purged: "driver.directories" },
    async run({ image, fresh, files, check }) {
      const { image: version } = await fresh.spec();
      const cached = await files.cached();
      check.holds("cached", "cache directory", cached.length > 0, "at least one file", cached);
      await (await image(version)).purge();
      const left = (await files.cached()).filter((file) => file.includes(version));
      check.equal("purged", "cache directory after a purge", left, []);
    },
  },
  {
    id: "driver.dispose",
    title: "Disposing of a driver touches no machine",
    why: "A driver that stops or forgets its machines when its process ends",
    checks: { state: "driver.dispose", id: "driver.dispose" },
    async run({ driver, another, fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      const second = await another();
      await second.machines.get(machine);
      await second[Symbol.asyncDispose]();
      const found = await driver.machines.get(machine);
      check.equal("state", "state", (await found.status()).state, "running");
      check.equal("id", "id", found.id, machine.id);
    },
  },
  {
    id: "driver.status-cheap",
    title: "Reading the status costs at most two backend calls",
    why: "A process for each call makes a table of twenty nodes take half a minute",
    needs: ["faults"],
    checks: { driver: "driver.status.cheap", machine: "driver.status.cheap" },
    async run({ driver, faults, fresh, check }) {
      const machine = await fresh.machine();
      await driver.status();
      const third = { kind: "error", call: 3, times: Infinity } as const;
      const ofDriver = await faults.during(third, () => driver.status());
      check.equal("driver", "calls beyond two for the driver's status", ofDriver.met, 0);
      const ofMachine = await faults.during(third, () => machine.status());
      check.equal("machine", "calls beyond two for a machine's status", ofMachine.met, 0);
    },
  },
];
