/**
 * Cases about errors: each backend call that can fail does, in each way.
 *
 * @module
 */

import {
  type Driver,
  ERROR_CODES,
  type FaultPlan,
  isDriverError,
  type MachineSpec,
  machineSubject,
} from "../../../drivers/contract/mod.ts";
import type { Case, CaseContext } from "../../case.ts";
import { ending } from "./endings.ts";

/** No operation makes more backend calls than this. */
const MOST_CALLS = 60;

/** What is wrong with an error by the contract, or nothing. */
function flaw(error: unknown): string | undefined {
  if (!isDriverError(error)) return `not an error of the contract: ${error}`;
  if (!ERROR_CODES.includes(error.code)) return `no code of the contract: ${error.code}`;
  if (!error.operation || !error.subject?.includes(":")) return `no operation or subject: ${error}`;
}

/** One operation under a fault, and what comes before and after. */
interface Sweep {
  /** Brings about what the operation needs. */
  readonly before: (context: CaseContext, spec: MachineSpec) => Promise<unknown>;
  /** The operation. */
  readonly call: (driver: Driver, spec: MachineSpec) => Promise<unknown>;
  /** Removes what is left, so that the next round starts from nothing. */
  readonly after: (driver: Driver, spec: MachineSpec) => Promise<unknown>;
}

/** What a sweep saw. */
interface Seen {
  /** Errors that are not what the contract says. */
  readonly flaws: string[];
  /** Errors that say not-found, where the machine was there. */
  readonly unsure: string[];
  /** Retries that failed. */
  readonly stuck: string[];
  /** Resources that are left after the operation failed. */
  readonly left: string[];
  /** How many calls of the operation failed. */
  failures: number;
}

/** Fails call 1, then 2, and so on, until the operation makes no more. */
async function sweep(
  context: CaseContext,
  spec: MachineSpec,
  fault: Omit<FaultPlan, "call">,
  { before, call, after }: Sweep,
): Promise<Seen> {
  const { driver, faults, host, settled } = context;
  const seen: Seen = { flaws: [], unsure: [], stuck: [], left: [], failures: 0 };
  for (let nth = 1; nth <= MOST_CALLS; nth++) {
    await before(context, spec);
    const inventory = await host.inventory();
    const { error, met } = await faults.during({ ...fault, call: nth }, () => call(driver, spec));
    if (error !== undefined) {
      seen.failures++;
      const wrong = flaw(error);
      if (wrong !== undefined) seen.flaws.push(`call ${nth}: ${wrong}`);
      if (isDriverError(error) && error.code === "not-found") seen.unsure.push(`call ${nth}`);
      const told = isDriverError(error) ? error.leftovers ?? [] : [];
      const now = await host.inventory();
      const left = now.filter((entry) => !inventory.includes(entry) && !told.includes(entry));
      if (left.length > 0) seen.left.push(`call ${nth}: ${left.join(", ")}`);
      const [again] = await settled([call(driver, spec)]);
      if (again?.error !== undefined) seen.stuck.push(`call ${nth}: ${ending(again)}`);
    }
    if (seen.stuck.length > 0) break;
    await after(driver, spec);
    if (met === 0) break;
  }
  return seen;
}

const remove = (driver: Driver, spec: MachineSpec): Promise<void> =>
  driver.machines.delete(spec, { force: true });

const CREATE: Sweep = {
  before: () => Promise.resolve(),
  call: (driver, spec) => driver.machines.create(spec),
  after: remove,
};

const START: Sweep = {
  before: ({ driver }, spec) => driver.machines.create(spec),
  call: async (driver, spec) => await (await driver.machines.get(spec)).start(),
  after: remove,
};

/** Cases about errors. */
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
    id: "error.create-sweep",
    title: "Whichever backend call of a create fails, nothing is left and a retry succeeds",
    why: "kutti leaves a registered machine without a disk, or a disk without a machine",
    needs: ["faults", "host"],
    checks: {
      failures: "error.rollback",
      shape: "error.shape",
      left: "error.rollback",
      retry: "error.retry",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const fault = { kind: "error", situation: "internal" } as const;
      const seen = await sweep(context, spec, fault, CREATE);
      check.holds(
        "failures",
        "creates that failed",
        seen.failures > 0,
        "at least one",
        seen.failures,
      );
      check.equal("shape", "errors that are none of the contract", seen.flaws, []);
      check.equal("left", "leftovers that nobody told", seen.left, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  },
  {
    id: "error.start-sweep",
    title: "Whichever backend call of a start fails, the status is true and a retry succeeds",
    why: "The machine shows starting for ever after a failed start",
    needs: ["faults", "host"],
    checks: {
      failures: "machine.start.failed",
      shape: "error.shape",
      unsure: "error.unsure",
      retry: "error.retry",
    },
    async run(context) {
      const { fresh, check } = context;
      const spec = await fresh.spec();
      const seen = await sweep(context, spec, { kind: "error", situation: "busy" }, START);
      check.holds(
        "failures",
        "starts that failed",
        seen.failures > 0,
        "at least one",
        seen.failures,
      );
      check.equal("shape", "errors that are none of the contract", seen.flaws, []);
      check.equal("unsure", "errors that say not-found", seen.unsure, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  },
  {
    id: "error.garbled",
    title: "Whichever reply of a start makes no sense, the driver goes on",
    why: "A type assertion on the reply panics",
    needs: ["faults", "host"],
    checks: {
      failures: "error.garbled",
      shape: "error.garbled",
      unsure: "error.unsure",
      retry: "error.garbled",
    },
    async run(context) {
      const { fresh, check } = context;
      const spec = await fresh.spec();
      const seen = await sweep(context, spec, { kind: "garbled-reply" }, START);
      check.holds(
        "failures",
        "starts that failed",
        seen.failures > 0,
        "at least one",
        seen.failures,
      );
      check.equal("shape", "errors that are none of the contract", seen.flaws, []);
      check.equal("unsure", "errors that say not-found", seen.unsure, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  },
  {
    id: "error.lost-reply",
    title: "When the connection is lost after a change was done, a retry succeeds",
    why: "The change was done, the driver does not know, and the next attempt finds it in its way",
    needs: ["faults", "host"],
    checks: {
      shape: "error.shape",
      unsure: "error.unsure",
      retry: "error.retry",
      create: "error.retry",
    },
    async run(context) {
      const { fresh, check } = context;
      const spec = await fresh.spec();
      const fault = { kind: "lost-reply", among: "changes" } as const;
      const started = await sweep(context, spec, fault, START);
      check.equal("shape", "errors that are none of the contract", started.flaws, []);
      check.equal("unsure", "errors that say not-found", started.unsure, []);
      check.equal("retry", "retries of start that failed", started.stuck, []);
      const created = await sweep(context, { ...spec, name: fresh.name() }, fault, CREATE);
      const inTheWay = created.stuck.filter((each) => !each.endsWith("already-exists"));
      check.equal("create", "retries of create that failed", inTheWay, []);
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
  {
    id: "error.create-aborted",
    title: "A create that is aborted on its way leaves nothing",
    why: "The half that was done stays",
    needs: ["host"],
    checks: { code: "error.canceled", nothing: "error.rollback", again: "error.retry" },
    async run({ driver, fresh, host, settled, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      const abort = new AbortController();
      const creating = driver.machines.create(spec, { signal: abort.signal });
      await driver.machines.list();
      abort.abort();
      const [created] = await settled([creating]);
      const code = ending(created ?? {});
      check.holds(
        "code",
        "create",
        code === "canceled" || code === "ok",
        "canceled, or done before",
        code,
      );
      if (code === "ok") await driver.machines.delete(spec);
      check.equal("nothing", "inventory", await host.inventory(), before);
      await check.succeeds("again", "create", () => driver.machines.create(spec));
    },
  },
];
