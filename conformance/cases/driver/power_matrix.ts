/**
 * One case for each cell of the power table, derived from it.
 *
 * @module
 */

import {
  type Change,
  type Driver,
  type ErrorCode,
  type Machine,
  type MachineSpec,
  machineSubject,
  type Outcome,
  POWER_OPERATIONS,
  POWER_STATES,
  POWER_TABLE,
  type PowerOperation,
  type PowerState,
} from "../../../drivers/contract/mod.ts";
import type { Case, Need } from "../../case.ts";
import type { CaseContext } from "../../rigs/driver/context.ts";

/** Brings a new machine into a state; undefined for `absent`. */
type Reach = (context: CaseContext, spec: MachineSpec) => Promise<Machine | undefined>;

const stopped: Reach = ({ driver }, spec) => driver.machines.create(spec);

/** A machine that runs, on the way to another state. */
const running = async (context: CaseContext, spec: MachineSpec): Promise<Machine> => {
  const machine = await context.driver.machines.create(spec);
  await machine.start();
  return machine;
};

/** A state that no operation leads to at will. */
const forced = (state: PowerState): { needs: Need[]; reach: Reach } => ({
  needs: ["host.force"],
  reach: async (context, spec) => {
    const machine = await running(context, spec);
    await context.host.force(context.driver.qualifiedMachineName(spec), state);
    return machine;
  },
});

/** How each state is reached, and what that needs. */
const WAYS: Readonly<Record<PowerState, { needs: readonly Need[]; reach: Reach }>> = {
  absent: {
    needs: [],
    // The handle of a machine that was deleted: operations on it meet none.
    reach: async ({ driver }, spec) => {
      const machine = await driver.machines.create(spec);
      await driver.machines.delete(machine);
      return machine;
    },
  },
  stopped: { needs: [], reach: stopped },
  running: { needs: [], reach: running },
  paused: {
    needs: ["machine.suspension"],
    reach: async (context, spec) => {
      const machine = await running(context, spec);
      await machine.suspension?.pause();
      return machine;
    },
  },
  saved: {
    needs: ["machine.saving"],
    reach: async (context, spec) => {
      const machine = await running(context, spec);
      await machine.saving?.save();
      return machine;
    },
  },
  creating: forced("creating"),
  starting: forced("starting"),
  stopping: forced("stopping"),
  error: forced("error"),
  unknown: forced("unknown"),
};

/** How each operation is called. */
const CALLS: Readonly<
  Record<PowerOperation, (driver: Driver, spec: MachineSpec, machine?: Machine) => Promise<unknown>>
> = {
  create: (driver, spec) => driver.machines.create(spec),
  get: (driver, spec) => driver.machines.get(spec),
  start: (_, __, machine) => machine?.start() ?? Promise.resolve(),
  stop: (_, __, machine) => machine?.stop() ?? Promise.resolve(),
  forceStop: (_, __, machine) => machine?.forceStop() ?? Promise.resolve(),
  pause: (_, __, machine) => machine?.suspension?.pause() ?? Promise.resolve(),
  resume: (_, __, machine) => machine?.suspension?.resume() ?? Promise.resolve(),
  save: (_, __, machine) => machine?.saving?.save() ?? Promise.resolve(),
  delete: (driver, spec) => driver.machines.delete(spec),
  forceDelete: (driver, spec) => driver.machines.delete(spec, { force: true }),
  execute: (_, __, machine) =>
    machine?.commands?.execute("rename-machine", ["renamed"]) ?? Promise.resolve(),
};

const OPERATION_NEEDS: Readonly<Partial<Record<PowerOperation, Need>>> = {
  pause: "machine.suspension",
  resume: "machine.suspension",
  save: "machine.saving",
  execute: "machine.commands",
};

/** The state that a machine is seen in, `absent` included. */
async function seenState(driver: Driver, spec: MachineSpec): Promise<PowerState> {
  const listed = await driver.machines.list({ cluster: spec.cluster });
  const machine = listed.find(({ name }) => name === spec.name);
  return machine === undefined ? "absent" : (await machine.status()).state;
}

/** Calls an operation and checks that it does what the table says. */
async function proveOutcome(
  context: CaseContext,
  spec: MachineSpec,
  outcome: Outcome,
  call: () => Promise<unknown>,
): Promise<void> {
  const { check } = context;
  if (outcome.kind === "refused") {
    const code: ErrorCode = outcome.code;
    await check.refused("outcome", call, { code, subject: machineSubject(spec) });
    return;
  }
  const value = await check.succeeds("outcome", "call", call);
  if (outcome.kind !== "no-op") return;
  check.equal("unchanged", "changed", (value as Change).changed, false);
}

/** Whether the blank machine shows the state that the table says an operation leads to. */
function leadsTo(operation: PowerOperation, state: PowerState, outcome: Outcome): PowerState[] {
  if (outcome.kind !== "allowed") return [state];
  // The blank machine does not obey: stop is accepted, and it runs on.
  if (operation === "stop") return ["running", "stopping"];
  return [outcome.to];
}

function cell(state: PowerState, operation: PowerOperation): Case | undefined {
  const outcome = POWER_TABLE[state][operation];
  // A command needs a guest that answers: proved by the cases about commands.
  if (operation === "execute" && outcome.kind === "allowed") return undefined;
  const need = OPERATION_NEEDS[operation];
  const words = outcome.kind === "refused" ? outcome.code : outcome.kind;
  const after = outcome.kind === "refused" ? "machine.power.refusal" : "machine.power.table";
  return {
    id: `matrix.${state}.${operation}`,
    title: `${operation} of a machine that is ${state}: ${words}`,
    why: "A cell of the table that nobody tried is where drivers differ",
    needs: [...new Set([...WAYS[state].needs, ...(need === undefined ? [] : [need])])],
    checks: {
      outcome: "machine.power.table",
      ...(outcome.kind === "no-op" ? { unchanged: "machine.power.table" } : {}),
      after,
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const spec = await fresh.spec();
      const machine = await WAYS[state].reach(context, spec);
      await proveOutcome(context, spec, outcome, () => CALLS[operation](driver, spec, machine));
      const states = leadsTo(operation, state, outcome);
      const seen = await seenState(driver, spec);
      check.holds("after", "state", states.includes(seen), states.join(" or "), seen);
    },
  };
}

/** A case for each cell. */
export const POWER_MATRIX_CASES: readonly Case[] = POWER_STATES.flatMap((state) =>
  POWER_OPERATIONS.flatMap((operation) => cell(state, operation) ?? [])
);
