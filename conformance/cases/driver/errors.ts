/**
 * Cases about errors.
 *
 * @module
 */

import { isDriverError, machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ending } from "./endings.ts";

/** The cases. */
export const ERROR_CASES: readonly Case[] = [
  {
    id: "error.missing",
    title: "A machine that does not exist is not-found, whatever is asked of it",
    why: "lima hands out a handle for a machine that does not exist, and panics later",
    checks: {
      get: "error.missing",
      delete: "error.missing",
      force: "error.missing",
      shape: "error.shape",
      retryable: "error.shape",
    },
    async run({ driver, fresh, settled, check }) {
      const ref = await fresh.ref();
      const missing = { code: "not-found", subject: machineSubject(ref) } as const;
      await check.refused("get", () => driver.machines.get(ref), missing);
      await check.refused("delete", () => driver.machines.delete(ref), missing);
      await check.refused("force", () => driver.machines.delete(ref, { force: true }), missing);
      const [got] = await settled([driver.machines.get(ref)]);
      const error = isDriverError(got?.error) ? got.error.toJSON() : undefined;
      check.equal("shape", "operation and subject", [error?.operation, error?.subject], [
        "machines.get",
        machineSubject(ref),
      ]);
      check.equal("retryable", "retryable", error?.retryable, false);
    },
  },
  {
    id: "error.unsure",
    title: "Not being able to tell is never not-found and never success",
    why: "A service that is down made deleted machines of all of them",
    needs: ["faults"],
    checks: {
      "get-disconnect": "error.unsure",
      "get-unavailable": "error.unsure",
      "delete-unavailable": "error.unsure",
      "delete-garbled": "error.unsure",
      still: "error.unsure",
    },
    async run({ driver, faults, fresh, check }) {
      const machine = await fresh.machine();
      const always = { call: 1, times: Infinity } as const;
      const down = { kind: "error", situation: "unavailable", ...always } as const;
      const attempts = {
        "get-disconnect": [{ kind: "disconnect", ...always }, () => driver.machines.get(machine)],
        "get-unavailable": [down, () => driver.machines.get(machine)],
        "delete-unavailable": [down, () => driver.machines.delete(machine)],
        "delete-garbled": [
          { kind: "garbled-reply", ...always },
          () => driver.machines.get(machine),
        ],
      } as const;
      for (const [id, [fault, call]] of Object.entries(attempts)) {
        const { error } = await faults.during(fault, call);
        const code = ending({ error });
        const honest = isDriverError(error) && code !== "not-found";
        check.holds(id, "ending", honest, "an error other than not-found", code);
      }
      check.equal("still", "id", (await driver.machines.get(machine)).id, machine.id);
    },
  },
  {
    id: "error.no-memory",
    title: "Too little memory at start is resource-exhausted, and the machine is stopped",
    why: "The error is unknown, and the machine shows starting",
    needs: ["faults"],
    checks: { code: "error.no-memory", state: "error.no-memory", retry: "machine.start.failed" },
    async run({ faults, fresh, check }) {
      const machine = await fresh.machine();
      const fault = { kind: "error", situation: "no-memory", among: "changes", call: 1 } as const;
      const { error } = await faults.during(fault, () => machine.start());
      check.equal("code", "start", ending({ error }), "resource-exhausted");
      check.equal("state", "state", (await machine.status()).state, "stopped");
      check.equal("retry", "second start", (await machine.start()).changed, true);
    },
  },
  {
    id: "error.timeout",
    title: "A backend call without answer ends, and the driver goes on",
    why: "One lost reply and the driver waits for ever",
    needs: ["faults"],
    checks: { code: "error.timeout", retry: "error.timeout" },
    async run({ faults, fresh, check }) {
      const machine = await fresh.machine();
      const { error } = await faults.during({ kind: "timeout", call: 1 }, () => machine.status());
      const code = ending({ error });
      const right = code === "deadline-exceeded" || code === "unavailable";
      check.holds("code", "status", right, "deadline-exceeded or unavailable", code);
      check.equal("retry", "second status", (await machine.status()).state, "stopped");
    },
  },
  {
    id: "error.late",
    title: "A late reply is never taken for the answer of another call",
    why: "One reply too late, and every later answer belongs to the call before",
    needs: ["faults"],
    checks: { code: "error.timeout", first: "error.late", second: "error.late" },
    async run({ faults, fresh, check }) {
      const first = await fresh.machine();
      const second = await fresh.machine();
      await second.start();
      const { error } = await faults.during({ kind: "late-reply", call: 1 }, () => first.status());
      check.holds(
        "code",
        "status",
        isDriverError(error),
        "an error of the contract",
        ending({ error }),
      );
      check.equal("first", "state of the first", (await first.status()).state, "stopped");
      check.equal("second", "state of the second", (await second.status()).state, "running");
    },
  },
  {
    id: "error.isolated",
    title: "An error about one machine changes no answer about another",
    why: "One error field for the whole driver, and it is never cleared",
    needs: ["faults"],
    checks: { failed: "error.isolated", other: "error.isolated", driver: "error.isolated" },
    async run({ driver, faults, fresh, check }) {
      const [bad, good] = [await fresh.machine(), await fresh.machine()];
      const fault = { kind: "error", situation: "internal", among: "changes", call: 1 } as const;
      const { error } = await faults.during(fault, () => bad.start());
      check.holds(
        "failed",
        "start",
        isDriverError(error),
        "an error of the contract",
        ending({ error }),
      );
      const started = { changed: true, state: "running" };
      await check.answers("other", "start of the other", () => good.start(), started);
      check.equal("driver", "status", (await driver.status()).state, "ready");
    },
  },
  {
    id: "error.truthful",
    title: "After a failed call, the status says what is the case on the host",
    why: "The state is set when the call is made, and stays when it fails",
    needs: ["faults"],
    checks: {
      start: "error.truthful",
      stop: "error.truthful",
      "force-stop": "error.truthful",
      lost: "error.truthful",
    },
    async run({ another, faults, fresh, check }) {
      const machine = await fresh.machine();
      const same = await (await another()).machines.get(machine);
      const agree = async (id: string): Promise<void> => {
        const [here, there] = [(await machine.status()).state, (await same.status()).state];
        check.equal(id, "state here and in another instance", here, there);
      };
      const fault = { kind: "error", situation: "internal", among: "changes", call: 1 } as const;
      await faults.during(fault, () => machine.start());
      await agree("start");
      await machine.start();
      await faults.during(fault, () => machine.stop());
      await agree("stop");
      await faults.during(fault, () => machine.forceStop());
      await agree("force-stop");
      const lost = { kind: "lost-reply", among: "changes", call: 1 } as const;
      await faults.during(lost, () => machine.forceStop());
      await agree("lost");
    },
  },
  {
    id: "error.canceled",
    title: "An aborted call ends with canceled, and the driver goes on",
    why: "The signal is taken and never looked at",
    checks: {
      create: "error.canceled",
      start: "error.canceled",
      list: "error.canceled",
      nothing: "error.rollback",
      usable: "error.canceled",
    },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const machine = await fresh.machine();
      const signal = AbortSignal.abort();
      await check.refused("create", () => driver.machines.create(spec, { signal }), {
        code: "canceled",
        subject: machineSubject(spec),
      });
      await check.refused("start", () => machine.start({ signal }), {
        code: "canceled",
        subject: machineSubject(machine),
      });
      await check.refused("list", () => driver.machines.list({ signal }), {
        code: "canceled",
        subject: `driver:${driver.name}`,
      });
      const names = (await driver.machines.list(spec)).map(({ name }) => name);
      check.equal("nothing", "list", names, [machine.name]);
      check.equal("usable", "start", (await machine.start()).changed, true);
    },
  },
];
