/**
 * Cases about what a status says.
 *
 * @module
 */

import { machineSubject, POWER_STATES } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** The part of a create that a read may take: it may wait for one call of the host's, not for all. */
const MOST_OF_CREATE = 0.75;
/** How often is read meanwhile: more often than is possible before the create has begun. */
const MOST_READS = 30;

/** The cases. */
export const POWER_STATUS_CASES: readonly Case[] = [
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
    async run({ driver, fresh, clock, settled, check }) {
      const machine = await fresh.machine();
      const spec = { ...(await fresh.spec()), name: fresh.name() };
      const begun = clock.now();
      let [took, longest, isOver] = [0, 0, false];
      const creating = driver.machines.create(spec).finally(() => {
        took = clock.now() - begun;
        isOver = true;
      });
      const ended = settled([creating]);
      // Who has to wait for a lock waits for nearly all of the create, in one of these reads.
      for (let reads = 0; reads < MOST_READS && !isOver; reads++) {
        const asked = clock.now();
        await machine.status();
        longest = Math.max(longest, clock.now() - asked);
      }
      await ended;
      await creating;
      const seen = { read: longest, create: took };
      const expected = `a read in ${MOST_OF_CREATE} of a create`;
      check.holds("read", "milliseconds", longest <= took * MOST_OF_CREATE, expected, seen);
    },
  },
];

/** Whether a value has what an error of the contract has. */
function isDriverErrorData(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ["code", "operation", "subject", "message"].every((key) =>
    typeof (value as Record<string, unknown>)[key] === "string"
  );
}
