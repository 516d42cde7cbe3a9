/**
 * Cases about starting and stopping.
 *
 * @module
 */

import type { Case } from "../../case.ts";

/** The cases. */
export const POWER_CASES: readonly Case[] = [
  {
    id: "power.start",
    title: "A started machine reaches running",
    why: "A status that is set when the call is made, not read from the host",
    checks: {
      changed: "machine.start.running",
      verdict: "machine.start.running",
      state: "machine.start.running",
      elsewhere: "machine.status.live",
    },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      check.equal("changed", "start", (await machine.start()).changed, true);
      const { verdict } = await machine.wait("running", { timeoutMs: 60_000 });
      check.equal("verdict", "wait for running", verdict, "reached");
      check.equal("state", "state", (await machine.status()).state, "running");
      const other = await (await another()).machines.get(machine);
      check.equal(
        "elsewhere",
        "state in another instance",
        (await other.status()).state,
        "running",
      );
    },
  },
  {
    id: "power.idempotent",
    title: "Starting, stopping and force-stopping twice succeed with changed false",
    why: "A warning of the hypervisor that the machine is so already is raised to an error",
    checks: {
      "stop-stopped": "machine.stop.idempotent",
      "force-stopped": "machine.force-stop.idempotent",
      first: "machine.start.idempotent",
      second: "machine.start.idempotent",
      running: "machine.start.idempotent",
      "force-running": "machine.force-stop.stopped",
      "force-again": "machine.force-stop.idempotent",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const off = { changed: false, state: "stopped" };
      await check.answers("stop-stopped", "stop", () => machine.stop(), off);
      await check.answers("force-stopped", "forceStop", () => machine.forceStop(), off);
      const on = { changed: true, state: "running" };
      await check.answers("first", "first start", () => machine.start(), on);
      const again = { changed: false, state: "running" };
      await check.answers("second", "second start", () => machine.start(), again);
      check.equal("running", "state", (await machine.status()).state, "running");
      const cut = { changed: true, state: "stopped" };
      await check.answers("force-running", "forceStop", () => machine.forceStop(), cut);
      await check.answers("force-again", "second forceStop", () => machine.forceStop(), off);
    },
  },
  {
    id: "power.start-race",
    title: "Of several starts at once all succeed, and exactly one says changed",
    why: "libvirt lets one win and refuses the others with an error of its own",
    checks: { all: "machine.start.race", one: "machine.start.race", state: "machine.start.race" },
    async run({ another, fresh, settled, check }) {
      const machine = await fresh.machine();
      const other = await (await another()).machines.get(machine);
      const results = await settled(
        [machine, other, machine, other].map((handle) => handle.start()),
      );
      const errors = results.flatMap(({ error }) => error === undefined ? [] : [String(error)]);
      check.equal("all", "errors", errors, []);
      const changed = results.filter(({ value }) => value?.changed === true);
      check.equal("one", "starts with changed true", changed.length, 1);
      check.equal("state", "state", (await machine.status()).state, "running");
    },
  },
  {
    id: "power.force-stop",
    title: "A machine is stopped when forceStop returns",
    why: "A forced stop that returns while the machine still runs",
    checks: {
      state: "machine.force-stop.stopped",
      elsewhere: "machine.force-stop.stopped",
      address: "machine.address.none",
    },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await machine.forceStop();
      check.equal("state", "state", (await machine.status()).state, "stopped");
      const other = await (await another()).machines.get(machine);
      check.equal(
        "elsewhere",
        "state in another instance",
        (await other.status()).state,
        "stopped",
      );
      check.equal("address", "address", await machine.address(), undefined);
    },
  },
  {
    id: "power.stop-graceful",
    title: "Stop never cuts the power of a guest that does not obey",
    why: "An implicit force after the guest kept silent, and its data is lost",
    checks: {
      accepted: "machine.stop.graceful",
      verdict: "machine.stop.graceful",
      running: "machine.stop.graceful",
      force: "machine.force-stop.stopped",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await check.succeeds("accepted", "stop", () => machine.stop());
      const { verdict } = await machine.wait("stopped", { timeoutMs: 1_500 });
      check.equal("verdict", "wait for stopped", verdict, "timeout");
      const { state } = await machine.status();
      check.holds(
        "running",
        "state",
        ["running", "stopping"].includes(state),
        "running or stopping",
        state,
      );
      check.equal("force", "forceStop", (await machine.forceStop()).state, "stopped");
    },
  },
  {
    id: "power.stop",
    title: "A guest that obeys reaches stopped after stop",
    why: "A stop that waits for a reboot in place of a stop",
    boots: true,
    needs: ["ssh"],
    checks: {
      changed: "machine.stop.stopped",
      verdict: "machine.stop.stopped",
      state: "machine.stop.stopped",
      address: "machine.address.none",
      ssh: "machine.ssh-address.none",
    },
    async run({ fresh, check }) {
      const machine = await fresh.readyGuest();
      check.equal("changed", "stop", (await machine.stop()).changed, true);
      const { verdict } = await machine.wait("stopped", { timeoutMs: 60_000 });
      check.equal("verdict", "wait for stopped", verdict, "reached");
      check.equal("state", "state", (await machine.status()).state, "stopped");
      check.equal("address", "address", await machine.address(), undefined);
      check.equal("ssh", "sshAddress", await machine.sshAddress(), undefined);
    },
  },
  {
    id: "power.stop-race",
    title: "Stop and forceStop at once end stopped, with no error",
    why: "The slower of the two finds nothing to stop and says internal error",
    checks: { endings: "machine.stop.race", state: "machine.stop.race" },
    async run({ another, fresh, settled, check }) {
      const machine = await fresh.machine();
      await machine.start();
      const other = await (await another()).machines.get(machine);
      const results = await settled([machine.stop(), other.forceStop(), machine.forceStop()]);
      const errors = results.flatMap(({ error }) => error === undefined ? [] : [String(error)]);
      check.equal("endings", "errors", errors, []);
      check.equal("state", "state", (await machine.status()).state, "stopped");
    },
  },
  {
    id: "power.cycle",
    title: "Starting and stopping again and again keeps identity and disk",
    why: "The disk is made anew at each start",
    needs: ["host"],
    checks: { id: "machine.cycle", inventory: "machine.cycle" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      const before = await host.inventory();
      for (let round = 0; round < 3; round++) {
        await machine.start();
        await machine.forceStop();
      }
      check.equal("id", "id", (await driver.machines.get(machine)).id, machine.id);
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
];
