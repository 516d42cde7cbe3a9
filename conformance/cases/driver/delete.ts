/**
 * Cases about deleting machines.
 *
 * @module
 */

import { machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ending, names } from "./endings.ts";

/** Cases about deleting machines. */
export const DELETE_CASES: readonly Case[] = [
  {
    id: "delete.gone",
    title: "A deleted machine is gone for every observer",
    why: "A ghost entry makes the next create fail",
    checks: {
      get: "machine.delete.gone",
      list: "machine.delete.gone",
      handle: "machine.status.gone",
      elsewhere: "machine.delete.gone",
      again: "machine.delete.again",
    },
    async run({ driver, another, fresh, check }) {
      const machine = await fresh.machine();
      const other = await another();
      const missing = { code: "not-found", subject: machineSubject(machine) } as const;
      await driver.machines.delete(machine);
      await check.refused("get", () => driver.machines.get(machine), missing);
      check.equal(
        "list",
        "list",
        names(await driver.machines.list({ cluster: machine.cluster })),
        [],
      );
      await check.refused("handle", () => machine.status(), missing);
      await check.refused("elsewhere", () => other.machines.get(machine), missing);
      await check.refused("again", () => driver.machines.delete(machine), missing);
    },
  },
  {
    id: "delete.complete",
    title: "Deleting leaves nothing on the host that creating made",
    why: "Disks and folders of deleted machines fill the host",
    needs: ["host"],
    checks: { made: "machine.delete.complete", nothing: "machine.delete.complete" },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      const machine = await driver.machines.create({ ...spec, name: fresh.name() });
      const during = (await host.inventory()).filter((entry) => !before.includes(entry));
      check.holds("made", "inventory", during.length > 0, "at least one entry more", during);
      await machine.start();
      await machine.forceStop();
      await driver.machines.delete(machine);
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "delete.running",
    title: "A running machine is deleted with force only",
    why: "The files are removed under a machine that runs",
    checks: {
      refused: "machine.delete.running",
      running: "machine.delete.running",
      force: "machine.delete.force",
      gone: "machine.delete.force",
    },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const subject = machineSubject(machine);
      await machine.start();
      await check.refused("refused", () => driver.machines.delete(machine), {
        code: "failed-precondition",
        subject,
      });
      check.equal("running", "state", (await machine.status()).state, "running");
      await check.succeeds(
        "force",
        "delete with force",
        () => driver.machines.delete(machine, { force: true }),
      );
      await check.refused("gone", () => driver.machines.get(machine), {
        code: "not-found",
        subject,
      });
    },
  },
  {
    id: "delete.partial",
    title: "Deleting finishes what a failed delete began",
    why: "After a locked disk, the next delete says not found, for ever",
    needs: ["faults", "host"],
    checks: {
      failed: "machine.delete.partial",
      finished: "machine.delete.partial",
      nothing: "machine.delete.partial",
    },
    async run({ driver, faults, fresh, host, settled, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      const stuck: string[] = [];
      let failures = 0;
      let met = 1;
      for (let call = 1; met > 0 && stuck.length === 0 && call < 20; call++) {
        await driver.machines.create(spec);
        const fault = { kind: "error", situation: "busy", among: "changes", call } as const;
        const outcome = await faults.during(fault, () => driver.machines.delete(spec));
        met = outcome.met;
        if (outcome.error !== undefined) failures++;
        const [again] = await settled([driver.machines.delete(spec)]);
        const end = ending(again ?? {});
        if (end !== "ok" && end !== "not-found") stuck.push(`change ${call}: ${end}`);
      }
      check.holds("failed", "deletes that failed", failures > 0, "at least one", failures);
      check.equal("nothing", "inventory", await host.inventory(), before);
      check.equal("finished", "second deletes that failed", stuck, []);
    },
  },
  {
    id: "delete.disk-gone",
    title: "Deleting works although the disk is gone already",
    why: "An early return for the missing file leaves the registration",
    needs: ["host.removeDisk"],
    checks: { delete: "machine.delete.disk-gone", gone: "machine.delete.disk-gone" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await host.removeDisk(driver.qualifiedMachineName(machine));
      await check.succeeds("delete", "delete", () => driver.machines.delete(machine));
      await check.refused("gone", () => driver.machines.get(machine), {
        code: "not-found",
        subject: machineSubject(machine),
      });
    },
  },
  {
    id: "delete.registration-gone",
    title: "Deleting finishes where only the disk is left",
    why: "The machine is not found, and its disk stays for ever",
    needs: ["host.vanish"],
    checks: { nothing: "machine.delete.partial" },
    async run({ driver, fresh, host, settled, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      await driver.machines.create(spec);
      await host.vanish(driver.qualifiedMachineName(spec));
      await settled([driver.machines.delete(spec)]);
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "delete.race",
    title: "Start and delete at once have the outcome of one of the two orders",
    why: "Deleted but running: nobody finds it any more",
    needs: ["host"],
    checks: { order: "machine.delete.race" },
    async run({ driver, another, fresh, host, settled, check }) {
      const machine = await fresh.machine();
      const other = await another();
      const [started, deleted] = await settled<unknown>([
        machine.start(),
        other.machines.delete(machine),
      ]);
      const listed = names(await driver.machines.list({ cluster: machine.cluster }));
      const outcome = {
        start: ending(started ?? {}),
        delete: ending(deleted ?? {}),
        listed: listed.length,
        onHost: (await host.inventory())
          .filter((entry) => entry === `machine:${driver.qualifiedMachineName(machine)}`).length,
      };
      const legal = [
        { start: "ok", delete: "failed-precondition", listed: 1, onHost: 1 },
        { start: "not-found", delete: "ok", listed: 0, onHost: 0 },
      ].map((order) => JSON.stringify(order));
      check.holds(
        "order",
        "outcome",
        legal.includes(JSON.stringify(outcome)),
        legal.join(" or "),
        outcome,
      );
    },
  },
  {
    id: "delete.image-unchanged",
    title:
      "Using a machine does not change its image, and purging the image does not harm the machine",
    why: "The shared parent disk is written to, or removed under its children",
    checks: {
      unchanged: "machine.image.unchanged",
      starts: "machine.image.purged",
      again: "machine.image.purged",
    },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const machine = await driver.machines.create(spec);
      await machine.start();
      await machine.forceStop();
      const used = await driver.images.get(spec.image);
      check.equal("unchanged", "image status", await used.status(), "downloaded");
      await used.purge();
      const started = { changed: true, state: "running" };
      await check.answers("starts", "start after a purge", () => machine.start(), started);
      await machine.forceStop();
      await check.succeeds("again", "delete", () => driver.machines.delete(machine));
    },
  },
];
