/**
 * Cases about lists, owners and what belongs to others.
 *
 * @module
 */

import { type Machine, machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { names } from "./endings.ts";

/** Cases about lists, owners and what belongs to others. */
export const LIST_CASES: readonly Case[] = [
  {
    id: "list.complete",
    title: "A list has every machine of the owner exactly once",
    why: "A list that drops machines whose name has a space, or gives the last one twice",
    checks: {
      all: "machine.list",
      running: "machine.list",
      one: "machine.list.cluster",
      other: "machine.list.cluster",
      none: "machine.list.cluster",
    },
    async run({ driver, fresh, check }) {
      const [first, second] = [await fresh.cluster(), await fresh.cluster()];
      const made: Machine[] = [];
      for (const [cluster, name] of [[second, "b"], [first, "b"], [first, "a"]] as const) {
        made.push(await fresh.machine({ cluster, name }));
      }
      const shown = (machines: readonly Machine[]) =>
        machines.map((m) => `${m.cluster}/${m.name}`).sort();
      const wanted = shown(made);
      check.equal("all", "list", shown(await driver.machines.list()), wanted);
      await made[0]?.start();
      check.equal(
        "running",
        "list with a running one",
        shown(await driver.machines.list()),
        wanted,
      );
      check.equal(
        "one",
        "list of one cluster",
        names(await driver.machines.list({ cluster: first })),
        ["a", "b"],
      );
      check.equal(
        "other",
        "list of the other",
        names(await driver.machines.list({ cluster: second })),
        ["b"],
      );
      check.equal(
        "none",
        "list of a third",
        names(await driver.machines.list({ cluster: fresh.name() })),
        [],
      );
    },
  },
  {
    id: "list.foreign",
    title: "A machine of somebody else is never listed, changed or removed",
    why: "packer removed a user's machine that had the name it was about to use",
    needs: ["host.plantMachine", "host.uprootMachine", "host.fingerprint"],
    checks: {
      create: "machine.foreign.code",
      get: "machine.foreign.code",
      delete: "machine.foreign.code",
      listed: "machine.foreign",
      untouched: "machine.foreign",
    },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec();
      const qualified = driver.qualifiedMachineName(spec);
      await host.plantMachine(qualified);
      const before = await host.fingerprint(qualified);
      const subject = machineSubject(spec);
      await check.refused("create", () => driver.machines.create(spec), {
        code: "already-exists",
        subject,
      });
      const foreign = { code: "failed-precondition", subject, reason: "foreign" } as const;
      await check.refused("get", () => driver.machines.get(spec), foreign);
      await check.refused("delete", () => driver.machines.delete(spec, { force: true }), foreign);
      check.equal("listed", "list", names(await driver.machines.list()), []);
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
      await host.uprootMachine(qualified);
    },
  },
  {
    id: "list.ambiguous",
    title: "Two machines of one name are refused, and none is acted on",
    why: "Hyper-V allows it; a driver that takes the first removes somebody's machine",
    needs: ["host.duplicate", "host.fingerprint", "host.uprootMachine"],
    checks: {
      get: "machine.ambiguous",
      delete: "machine.ambiguous",
      untouched: "machine.ambiguous",
    },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      const qualified = driver.qualifiedMachineName(machine);
      await host.duplicate(qualified);
      const before = await host.inventory();
      const refusal = {
        code: "failed-precondition",
        subject: machineSubject(machine),
        reason: "ambiguous",
      } as const;
      await check.refused("get", () => driver.machines.get(machine), refusal);
      await check.refused(
        "delete",
        () => driver.machines.delete(machine, { force: true }),
        refusal,
      );
      check.equal("untouched", "inventory", await host.inventory(), before);
      await host.uprootMachine(qualified);
    },
  },
  {
    id: "list.owners",
    title: "Two owners never see or remove each other's machines of one name",
    why: "Two workspaces on one host share names, and one deletes the other's",
    checks: {
      get: "machine.owner",
      list: "machine.owner",
      delete: "machine.owner",
      create: "machine.owner",
      unharmed: "machine.owner",
    },
    async run({ driver, another, fresh, image, check }) {
      const spec = await fresh.spec();
      const machine = await driver.machines.create(spec);
      const other = await another({ owner: fresh.name() });
      const missing = { code: "not-found", subject: machineSubject(spec) } as const;
      await check.refused("get", () => other.machines.get(spec), missing);
      check.equal("list", "list of the other", names(await other.machines.list()), []);
      await check.refused("delete", () => other.machines.delete(spec, { force: true }), missing);
      await image(spec.image);
      await other.networks?.create({ cluster: spec.cluster });
      const theirs = await check.succeeds("create", "create", () => other.machines.create(spec));
      await other.machines.delete(theirs);
      await other.networks?.delete(spec.cluster);
      check.equal("unharmed", "id", (await driver.machines.get(spec)).id, machine.id);
    },
  },
  {
    id: "list.adopt",
    title: "A new instance finds, starts, stops and deletes the machines of an older one",
    why: "What the handle knew was kept in memory only",
    checks: {
      found: "machine.adopt",
      start: "machine.adopt",
      seen: "machine.status.live",
      stop: "machine.adopt",
      delete: "machine.adopt",
    },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      const other = await another();
      const found = await check.succeeds("found", "get", () => other.machines.get(machine));
      check.equal("start", "start", (await found.start()).changed, true);
      check.equal("seen", "state in the first instance", (await machine.status()).state, "running");
      check.equal("stop", "forceStop", (await found.forceStop()).state, "stopped");
      await check.succeeds("delete", "delete", () => other.machines.delete(machine));
    },
  },
];
