/**
 * Cases in which each backend call of an operation fails, one after the other.
 *
 * @module
 */

import {
  type Driver,
  ERROR_CODES,
  type FaultPlan,
  isDriverError,
  type MachineSpec,
} from "../../../drivers/contract/mod.ts";
import type { Case, Check } from "../../case.ts";
import type { CaseContext } from "../../rigs/driver/context.ts";
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

/** Checks that the operation failed at all, and always as the contract says. */
function proveFailures(check: Check, what: string, { failures, flaws }: Seen): void {
  check.holds("failures", `${what} that failed`, failures > 0, "at least one", failures);
  check.equal("shape", "errors that are none of the contract", flaws, []);
}

/** A case: each backend call of a start meets a fault. */
function startSweep(
  part: Pick<Case, "id" | "title" | "why" | "checks">,
  fault: Omit<FaultPlan, "call">,
): Case {
  return {
    ...part,
    needs: ["faults", "host"],
    async run(context) {
      const { fresh, check } = context;
      const seen = await sweep(context, await fresh.spec(), fault, START);
      proveFailures(check, "starts", seen);
      check.equal("unsure", "errors that say not-found", seen.unsure, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  };
}

/** The cases. */
export const ERROR_SWEEP_CASES: readonly Case[] = [
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
      const seen = await sweep(context, spec, { kind: "error", situation: "internal" }, CREATE);
      proveFailures(check, "creates", seen);
      check.equal("left", "leftovers that nobody told", seen.left, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  },
  startSweep(
    {
      id: "error.start-sweep",
      title: "Whichever backend call of a start fails, the status is true and a retry succeeds",
      why: "The machine shows starting for ever after a failed start",
      checks: {
        failures: "machine.start.failed",
        shape: "error.shape",
        unsure: "error.unsure",
        retry: "error.retry",
      },
    },
    { kind: "error", situation: "busy" },
  ),
  startSweep(
    {
      id: "error.garbled",
      title: "Whichever reply of a start makes no sense, the driver goes on",
      why: "A type assertion on the reply panics",
      checks: {
        failures: "error.garbled",
        shape: "error.garbled",
        unsure: "error.unsure",
        retry: "error.garbled",
      },
    },
    { kind: "garbled-reply" },
  ),
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
    id: "error.create-aborted",
    title: "A create that is aborted at any of its changes leaves nothing",
    why: "The half that was done stays",
    needs: ["faults", "host"],
    checks: {
      aborted: "error.canceled",
      code: "error.canceled",
      nothing: "error.rollback",
      again: "error.retry",
    },
    async run({ driver, faults, fresh, host, check }) {
      const spec = await fresh.spec();
      await driver.machines.delete(await driver.machines.create(spec));
      const before = await host.inventory();
      const codes: string[] = [];
      const left: string[] = [];
      for (let call = 1, met = 1; met > 0 && left.length === 0 && call <= MOST_CALLS; call++) {
        const abort = new AbortController();
        const fault: FaultPlan = {
          kind: "timeout",
          among: "changes",
          call,
          onMet: () => abort.abort(),
        };
        const outcome = await faults.during(
          fault,
          () => driver.machines.create(spec, { signal: abort.signal }),
        );
        met = outcome.met;
        if (met === 0) break;
        codes.push(ending(outcome));
        left.push(...(await host.inventory()).filter((entry) => !before.includes(entry)));
      }
      check.holds("aborted", "creates that were aborted", codes.length > 0, "at least one", codes);
      check.equal("code", "endings", [...new Set(codes)], ["canceled"]);
      check.equal("nothing", "leftovers", left, []);
      const made = (await driver.machines.list(spec)).length;
      check.equal("again", "machines after a create that nothing aborted", made, 1);
    },
  },
];
