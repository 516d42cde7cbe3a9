/**
 * Cases about waiting.
 *
 * @module
 */

import { machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** How much later than its timeout a wait may answer, in milliseconds: one slow poll. */
const GRACE_MS = 2_000;

/** Cases about waiting. */
export const WAIT_CASES: readonly Case[] = [
  {
    id: "wait.reached",
    title: "A wait answers reached when the target is reached while it waits",
    why: "kutti's wait answers nothing, so nobody noticed that it had stopped to work",
    needs: ["host.turnOff"],
    checks: { verdict: "machine.wait.reached", state: "machine.wait.reached" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      const waiting = machine.wait("stopped", { timeoutMs: 60_000 });
      await host.turnOff(driver.qualifiedMachineName(machine));
      const { verdict, state } = await waiting;
      check.equal("verdict", "verdict", verdict, "reached");
      check.equal("state", "state", state, "stopped");
    },
  },
  {
    id: "wait.at-once",
    title: "A wait for what is so already answers at once",
    why: "It waits for the next change, which never comes",
    checks: {
      stopped: "machine.wait.at-once",
      running: "machine.wait.at-once",
      soon: "machine.wait.at-once",
    },
    async run({ fresh, clock, check }) {
      const machine = await fresh.machine();
      const begun = clock.now();
      const off = await machine.wait("stopped", { timeoutMs: 60_000 });
      check.equal("stopped", "wait for stopped", off, { verdict: "reached", state: "stopped" });
      await machine.start();
      const on = await machine.wait("running", { timeoutMs: 60_000 });
      check.equal("running", "wait for running", on, { verdict: "reached", state: "running" });
      const took = clock.now() - begun;
      check.holds("soon", "milliseconds", took < 30_000, "less than half of one timeout", took);
    },
  },
  {
    id: "wait.timeout",
    title: "A wait answers timeout when its own timeout is over",
    why: "Always 25 seconds, whatever the caller asked for",
    checks: {
      short: "machine.wait.timeout",
      "short-time": "machine.wait.timeout",
      long: "machine.wait.timeout",
      "long-time": "machine.wait.timeout",
    },
    async run({ fresh, clock, check }) {
      const machine = await fresh.machine();
      for (const [id, timeoutMs] of [["short", 200], ["long", 1_500]] as const) {
        const begun = clock.now();
        const { verdict } = await machine.wait("running", { timeoutMs });
        const took = clock.now() - begun;
        check.equal(id, "verdict", verdict, "timeout");
        // A timer may fire a moment early by the clock that it is measured with.
        const right = took >= timeoutMs - 5 && took <= timeoutMs + GRACE_MS;
        check.holds(
          `${id}-time`,
          "milliseconds",
          right,
          `${timeoutMs}, at most ${GRACE_MS} more`,
          took,
        );
      }
    },
  },
  {
    id: "wait.zero",
    title: "A wait with timeout 0 looks once",
    why: "0 is taken for no timeout, and the call never returns",
    checks: { reached: "machine.wait.zero", timeout: "machine.wait.zero" },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const is = await machine.wait("stopped", { timeoutMs: 0 });
      check.equal("reached", "wait for what is so", is.verdict, "reached");
      const isNot = await machine.wait("running", { timeoutMs: 0 });
      check.equal("timeout", "wait for what is not", isNot.verdict, "timeout");
    },
  },
  {
    id: "wait.failed",
    title: "A wait that cannot tell any more answers failed with the error",
    why: "A swallowed failure looks like a timeout, or crashes the driver",
    needs: ["faults"],
    checks: {
      verdict: "machine.wait.failed",
      error: "machine.wait.failed",
      usable: "machine.wait.failed",
    },
    async run({ fresh, faults, check }) {
      const machine = await fresh.machine();
      await machine.start();
      await machine.wait("stopped", { timeoutMs: 0 });
      // The first look succeeds, the later ones do not.
      faults.plan({ kind: "error", situation: "unavailable", call: 3, times: Infinity });
      const result = await machine.wait("address", { timeoutMs: 5_000 });
      faults.clear();
      check.equal("verdict", "verdict", result.verdict, "failed");
      check.equal("error", "error code", result.error?.code, "unavailable");
      check.equal("usable", "state afterwards", (await machine.status()).state, "running");
    },
  },
  {
    id: "wait.vanished",
    title: "A wait for a machine that is removed answers failed",
    why: "It goes on until its timeout, as the machine cannot change any more",
    checks: { verdict: "machine.wait.vanished", error: "machine.wait.vanished" },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const waiting = machine.wait("running", { timeoutMs: 20_000 });
      await driver.machines.delete(machine);
      const { verdict, error } = await waiting;
      check.equal("verdict", "verdict", verdict, "failed");
      check.equal("error", "error code", error?.code, "not-found");
    },
  },
  {
    id: "wait.missing",
    title: "A wait for a machine that does not exist is not-found",
    why: "A wait for nothing that ends with a timeout",
    checks: { refused: "machine.wait.missing" },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      await driver.machines.delete(machine);
      await check.refused("refused", () => machine.wait("running", { timeoutMs: 1_000 }), {
        code: "not-found",
        subject: machineSubject(machine),
      });
    },
  },
  {
    id: "wait.abort",
    title: "An abort ends a wait, and the machine stays usable",
    why: "A wait that nobody can end",
    checks: {
      refused: "machine.wait.abort",
      before: "machine.wait.abort",
      usable: "machine.wait.abort",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const canceled = { code: "canceled", subject: machineSubject(machine) } as const;
      const abort = new AbortController();
      const waiting = machine.wait("running", { timeoutMs: 60_000, signal: abort.signal });
      abort.abort();
      await check.refused("refused", () => waiting, canceled);
      const late = { timeoutMs: 60_000, signal: AbortSignal.abort() };
      await check.refused("before", () => machine.wait("running", late), canceled);
      check.equal("usable", "start", (await machine.start()).state, "running");
    },
  },
  {
    id: "wait.invalid",
    title: "A timeout that is no number of milliseconds from 0 is refused",
    why: "NaN ends at once, and -1 never",
    checks: {
      "not-a-number": "machine.wait.invalid",
      negative: "machine.wait.invalid",
      infinite: "machine.wait.invalid",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const bad = { "not-a-number": NaN, negative: -1, infinite: Infinity };
      for (const [id, timeoutMs] of Object.entries(bad)) {
        await check.refused(id, () => machine.wait("stopped", { timeoutMs }), {
          code: "invalid-argument",
          subject: machineSubject(machine),
        });
      }
    },
  },
  {
    id: "wait.two",
    title: "Two waits for one machine both answer",
    why: "The first one takes the event from the other",
    checks: { one: "machine.wait.two", two: "machine.wait.two" },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      const other = await (await another()).machines.get(machine);
      const waits = [machine, other].map((each) => each.wait("running", { timeoutMs: 60_000 }));
      await machine.start();
      const [one, two] = await Promise.all(waits);
      check.equal("one", "verdict", one?.verdict, "reached");
      check.equal("two", "verdict of the other", two?.verdict, "reached");
    },
  },
];
