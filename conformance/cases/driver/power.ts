/**
 * Cases about power and status.
 *
 * @module
 */

import { isDriverError, machineSubject, POWER_STATES } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** Cases about power. */
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
    async run({ driver, fresh, check }) {
      const machine = await fresh.readyGuest();
      const read = async (): Promise<string | undefined> =>
        (await driver.ssh?.run(await machine.sshAddress() ?? "", [
          "cat",
          "/proc/sys/kernel/random/boot_id",
        ]))?.stdout;
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
  {
    id: "power.turned-off",
    title: "A machine that its guest turned off is seen as stopped",
    why: "A cached state says running for ever",
    needs: ["host.turnOff"],
    checks: { state: "machine.status.live", starts: "machine.status.live" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await host.turnOff(driver.qualifiedMachineName(machine));
      check.equal("state", "state", (await machine.status()).state, "stopped");
      check.equal("starts", "start", (await machine.start()).changed, true);
    },
  },
  {
    id: "power.vanished",
    title: "The status of a machine that vanished is not-found",
    why: "An index into an empty list, and the driver crashes",
    needs: ["host.vanish"],
    checks: {
      status: "machine.status.gone",
      start: "machine.status.gone",
      "force-stop": "machine.status.gone",
    },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await host.vanish(driver.qualifiedMachineName(machine));
      const missing = { code: "not-found", subject: machineSubject(machine) } as const;
      await check.refused("status", () => machine.status(), missing);
      await check.refused("start", () => machine.start(), missing);
      await check.refused("force-stop", () => machine.forceStop(), missing);
    },
  },
  {
    id: "power.declared",
    title: "A state is one of the contract's, with the host's own word beside it",
    why: "The hypervisor's words are passed on, and nobody knows the next one",
    checks: {
      stopped: "machine.status.declared",
      running: "machine.status.declared",
      raw: "machine.status.declared",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const off = await machine.status();
      check.holds(
        "stopped",
        "state",
        POWER_STATES.includes(off.state),
        "a state of the contract",
        off,
      );
      await machine.start();
      const on = await machine.status();
      check.holds(
        "running",
        "state",
        POWER_STATES.includes(on.state),
        "a state of the contract",
        on,
      );
      check.holds(
        "raw",
        "raw words",
        off.raw !== "" && on.raw !== "" && off.raw !== on.raw,
        "two different words",
        [
          off.raw,
          on.raw,
        ],
      );
    },
  },
  {
    id: "power.unknown",
    title: "A state that the contract does not know is unknown, with its word kept",
    why: "Everything but two words means unknown, and unknown means forgotten",
    needs: ["host.force"],
    checks: {
      state: "machine.status.unknown",
      raw: "machine.status.unknown",
      force: "machine.force-stop.stopped",
    },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await host.force(driver.qualifiedMachineName(machine), "unknown");
      const { state, raw } = await machine.status();
      check.equal("state", "state", state, "unknown");
      check.holds("raw", "raw word", raw !== "", "the host's own word", raw);
      check.equal("force", "forceStop", (await machine.forceStop()).state, "stopped");
    },
  },
  {
    id: "power.error-state",
    title: "A machine that the host calls failed is in state error, with the reason",
    why: "A disk that is full looks like a pause that the user asked for",
    needs: ["host.force"],
    checks: {
      state: "machine.status.declared",
      error: "machine.status.declared",
      force: "machine.force-stop.stopped",
    },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await host.force(driver.qualifiedMachineName(machine), "error");
      const status = await machine.status();
      check.equal("state", "state", status.state, "error");
      check.holds(
        "error",
        "error",
        isDriverErrorData(status.error),
        "an error with code and subject",
        status.error,
      );
      check.equal("force", "forceStop", (await machine.forceStop()).state, "stopped");
    },
  },
  {
    id: "power.host-reboot",
    title: "After a restart of the host, statuses are true and start works",
    why: "Machines that the host saved are unknown for ever",
    needs: ["host.reboot"],
    checks: { state: "machine.host-reboot", starts: "machine.host-reboot" },
    async run({ fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await host.reboot();
      const { state } = await machine.status();
      check.holds(
        "state",
        "state",
        state === "saved" || state === "stopped",
        "saved or stopped",
        state,
      );
      check.equal("starts", "start", (await machine.start()).state, "running");
    },
  },
  {
    id: "power.responsive",
    title: "Reads of one machine answer while another is being created",
    why: "One lock for everything",
    checks: { read: "machine.responsive" },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const spec = { ...(await fresh.spec()), name: fresh.name() };
      let created = false;
      const creating = driver.machines.create(spec).then(() => {
        created = true;
      });
      await machine.status();
      check.equal("read", "created before the status was read", created, false);
      await creating;
    },
  },
];

/** Whether a value has what an error of the contract has. */
function isDriverErrorData(value: unknown): boolean {
  if (isDriverError(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return ["code", "operation", "subject", "message"].every((key) =>
    typeof (value as Record<string, unknown>)[key] === "string"
  );
}
