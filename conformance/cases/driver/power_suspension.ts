/**
 * Cases about pausing and saving.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { printed } from "./guest.ts";

/** The cases. */
export const POWER_SUSPENSION_CASES: readonly Case[] = [
  {
    id: "power.pause",
    title: "A paused machine is paused, and resumes to running",
    why: "Paused is read as unknown, and the machine is forgotten",
    needs: ["machine.suspension"],
    checks: {
      paused: "machine.pause",
      again: "machine.pause",
      elsewhere: "machine.pause",
      resumed: "machine.pause",
      started: "machine.pause",
      stopped: "machine.force-stop.stopped",
    },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      check.equal("paused", "pause", await machine.suspension?.pause(), {
        changed: true,
        state: "paused",
      });
      check.equal("again", "pause", await machine.suspension?.pause(), {
        changed: false,
        state: "paused",
      });
      const other = await (await another()).machines.get(machine);
      check.equal("elsewhere", "state in another instance", (await other.status()).state, "paused");
      check.equal("resumed", "resume", await machine.suspension?.resume(), {
        changed: true,
        state: "running",
      });
      await machine.suspension?.pause();
      check.equal("started", "start", await machine.start(), { changed: true, state: "running" });
      await machine.suspension?.pause();
      check.equal("stopped", "forceStop", await machine.forceStop(), {
        changed: true,
        state: "stopped",
      });
    },
  },
  {
    id: "power.save",
    title: "A saved machine is saved, and start restores it",
    why: "Saved is read as unknown: the machine is neither started nor deleted any more",
    needs: ["machine.saving"],
    checks: {
      saved: "machine.save",
      elsewhere: "machine.save",
      restored: "machine.save",
      discarded: "machine.save.discard",
      fresh: "machine.save.discard",
    },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      check.equal("saved", "save", await machine.saving?.save(), { changed: true, state: "saved" });
      const other = await (await another()).machines.get(machine);
      check.equal("elsewhere", "state in another instance", (await other.status()).state, "saved");
      check.equal("restored", "start", await machine.start(), { changed: true, state: "running" });
      await machine.saving?.save();
      check.equal("discarded", "forceStop", await machine.forceStop(), {
        changed: true,
        state: "stopped",
      });
      check.equal("fresh", "state", (await machine.status()).state, "stopped");
    },
  },
  {
    id: "power.save-keeps-memory",
    title: "A guest goes on where it was saved",
    why: "A save that is a stop: the guest boots anew",
    needs: ["machine.saving", "ssh"],
    boots: true,
    checks: { restored: "machine.save", kept: "machine.save" },
    async run(context) {
      const { fresh, check } = context;
      const machine = await fresh.readyGuest();
      const read = async (): Promise<string | undefined> =>
        await printed(context, await machine.sshAddress(), [
          "cat",
          "/proc/sys/kernel/random/boot_id",
        ]);
      const before = await read();
      await machine.saving?.save();
      check.equal("restored", "start", (await machine.start()).state, "running");
      await machine.wait("ssh", { timeoutMs: 60_000 });
      check.equal("kept", "boot id", await read(), before);
    },
  },
  {
    id: "power.delete-saved",
    title: "A saved machine can be deleted",
    why: "The saved memory keeps the registration, and delete is refused for ever",
    needs: ["machine.saving", "host"],
    checks: { delete: "machine.save", nothing: "machine.delete.complete" },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      const machine = await driver.machines.create(spec);
      await machine.start();
      await machine.saving?.save();
      await check.succeeds("delete", "delete", () => driver.machines.delete(machine));
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
];
