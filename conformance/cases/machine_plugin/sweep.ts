/**
 * Letting each backend call of a method fail, one after the other, and looking at what that left.
 *
 * @module
 */

import {
  CONTROLLER_REACTIONS,
  ERROR_CODES,
  type ErrorCode,
  type FaultPlan,
  isDriverError,
  type MachinePlugin,
  type MachineRequest,
  responseOf,
  RETRY_MS,
} from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import { byName, ending, halfMaker } from "./seen.ts";

/** No method makes more backend calls than this. */
export const MOST_CALLS = 60;
/** What comes after are looks at what is on its way out, and like these. */
export const MOST_WAITING_CALLS = 12;

/** How a call goes wrong. */
interface Fault extends Omit<FaultPlan, "call"> {
  /** Whether it is over by itself soon, so that the controller has to ask again soon. */
  readonly passes?: true;
}

/** How a read can go wrong: an answer that is lost is a connection that is. */
const OF_READS: readonly [Fault, ...Fault[]] = [
  { kind: "error", situation: "unavailable", passes: true },
  { kind: "disconnect", passes: true },
  { kind: "garbled-reply" },
  { kind: "timeout", passes: true },
];
/** How a change can. */
const OF_CHANGES: readonly Fault[] = [
  { kind: "error", situation: "unavailable", among: "changes", passes: true },
  { kind: "error", situation: "busy", among: "changes", passes: true },
  { kind: "error", situation: "internal", among: "changes" },
  { kind: "disconnect", among: "changes", passes: true },
  { kind: "lost-reply", among: "changes", passes: true },
  { kind: "garbled-reply", among: "changes" },
  { kind: "timeout", among: "changes", passes: true },
  { kind: "late-reply", among: "changes", passes: true },
];

/** The codes on which the controller soon asks again; see `CONTROLLER_REACTIONS`. */
const PASSING: readonly ErrorCode[] = ERROR_CODES.filter((code) =>
  CONTROLLER_REACTIONS.delete[code].retryMs === RETRY_MS.short
);

/** What is wrong with an error by the contract, or nothing. */
function flaw(error: unknown): string | undefined {
  if (!isDriverError(error)) return `not an error of the contract: ${error}`;
  if (!ERROR_CODES.includes(error.code)) return `no code of the contract: ${error.code}`;
  if (!error.operation || !error.subject?.includes(":")) return `no operation or subject: ${error}`;
}

/** What a sweep saw. */
interface Seen {
  /** Errors that are not what the contract says. */
  readonly flaws: string[];
  /** Errors that say not-found, where the machine was there. */
  readonly unsure: string[];
  /** Calls that succeeded, and had not done it. */
  readonly untrue: string[];
  /** Errors that keep the controller from asking again soon, although what went wrong is over. */
  readonly late: string[];
  /** Errors that say uninitialized without the ids. */
  readonly blank: string[];
  /** Statuses and lists that do not agree after a failure. */
  readonly torn: string[];
  /** Retries that failed, or did not do it either; machines that are there more than once. */
  readonly stuck: string[];
  /** What was asked for, by its name. */
  readonly requests: Map<string, MachineRequest>;
  /** How many calls failed. */
  failures: number;
}

/** The machines that are listed by the name of a request's. */
export async function idsOf(plugin: MachinePlugin, request: MachineRequest): Promise<string[]> {
  const { machineList } = await plugin.listMachines(request);
  return Object.entries(machineList)
    .filter(([, name]) => name === request.machine.name).map(([id]) => id);
}

/** A method under a fault. */
export interface Sweep {
  /**
   * What there is before: nothing, a machine, one for all rounds as the method changes nothing, or one
   * whose creation was cut off if there are such.
   */
  readonly from: "nothing" | "machine" | "one machine" | "half";
  /** The method. */
  readonly call: (context: PluginContext, request: MachineRequest) => Promise<unknown>;
  /** Whether what the method says to be done is, by what it answered and by what is there. */
  readonly isDone: (
    context: PluginContext,
    request: MachineRequest,
    answer: unknown,
  ) => Promise<boolean>;
  /** Whether it leaves nothing to be removed at the end. */
  readonly removes?: true;
  /** How many of its backend calls are tried at most. */
  readonly mostCalls: number;
}

/** Makes requests of a class of their own, which keeps the lists short, about what is there before. */
async function beginner(
  context: PluginContext,
  { from }: Sweep,
): Promise<() => Promise<MachineRequest>> {
  const { plugin, fresh, host } = context;
  if (from === "nothing") return () => fresh.request(fresh.machineClass());
  const half = from === "half" ? await halfMaker(context) : undefined;
  const whole = async (): Promise<MachineRequest> =>
    (await fresh.machine(fresh.machineClass())).request;
  if (from === "one machine") {
    const request = await whole();
    // Of one that runs there is more to be looked at.
    await host.running(plugin.qualifiedMachineName(request.machine.name));
    return () => Promise.resolve(request);
  }
  return half ? () => half(fresh.machineClass()) : whole;
}

/** One round: the fault at one call, what it left, and the same call again. Answers whether it was met. */
async function round(
  context: PluginContext,
  { from, call, isDone }: Sweep,
  request: MachineRequest,
  { passes, ...fault }: Fault & FaultPlan,
  seen: Seen,
): Promise<boolean> {
  const { faults, settled } = context;
  const at = `${fault.situation ?? fault.kind} at ${fault.among ?? "calls"} ${fault.call}`;
  seen.requests.set(request.machine.name, byName(request));
  let answer: unknown;
  const act = async (): Promise<unknown> => answer = await call(context, request);
  const { error, met } = await faults.during(fault, act);
  if (met === 0) return false;
  if (error === undefined) {
    if (!await isDone(context, request, answer)) seen.untrue.push(at);
    return true;
  }
  seen.failures++;
  const wrong = flaw(error);
  if (wrong !== undefined) seen.flaws.push(`${at}: ${wrong}`);
  if (ending({ error }) === "not-found") seen.unsure.push(at);
  else if (passes && isDriverError(error) && !PASSING.includes(error.code)) {
    seen.late.push(`${at}: ${error.code}`);
  }
  if (from === "nothing" || from === "half") await compare(context, request, at, seen);
  const [again = {}] = await settled([call(context, request)]);
  if (again.error !== undefined || !await isDone(context, request, again.value)) {
    seen.stuck.push(`${at}: ${ending(again)}`);
  }
  return true;
}

/** Status and list have to agree, and an uninitialized machine has its ids. */
async function compare(
  { plugin, settled }: PluginContext,
  request: MachineRequest,
  at: string,
  { torn, blank }: Seen,
): Promise<void> {
  const [status = {}] = await settled([plugin.getMachineStatus(byName(request))]);
  const isListed = (await idsOf(plugin, request)).length > 0;
  if (isListed === (ending(status) === "not-found")) {
    torn.push(`${at}: ${ending(status)}, ${isListed ? "listed" : "not listed"}`);
  }
  const { providerID, nodeName } = responseOf(status.error);
  if (ending(status) === "uninitialized" && !(providerID && nodeName)) blank.push(at);
}

/** Fails call 1, then 2, and so on, until the method makes no more; with each fault. */
async function sweep(context: PluginContext, what: Sweep): Promise<Seen> {
  const seen: Seen = {
    ...{ flaws: [], unsure: [], untrue: [], late: [], blank: [], torn: [], stuck: [] },
    ...{ requests: new Map(), failures: 0 },
  };
  const begin = await beginner(context, what);
  const tryAt = async (fault: Fault, call: number): Promise<boolean> =>
    await round(context, what, await begin(), { ...fault, call }, seen);
  const isCheap = what.from === "one machine";
  for (const [turn, fault] of OF_READS.entries()) {
    // Where each round needs a machine of its own, each call fails once, in one way after the other.
    if (turn > 0 && !isCheap) break;
    for (let call = 1; call <= what.mostCalls; call++) {
      const inTurn = OF_READS[(call - 1) % OF_READS.length] ?? fault;
      if (!await tryAt(isCheap ? fault : inTurn, call)) break;
    }
  }
  // How many changes the method makes is seen once: what fails is the same for each kind of fault.
  let changes = what.mostCalls;
  for (const fault of OF_CHANGES) {
    for (let call = 1; call <= changes; call++) {
      if (!await tryAt(fault, call)) changes = call - 1;
    }
  }
  return seen;
}

/** Whose machines are on the host more than once or, although they have to be there, not at all. */
async function miscounted(
  { plugin, host }: PluginContext,
  requests: Iterable<MachineRequest>,
): Promise<string[]> {
  const inventory = await host.inventory();
  return [...requests].flatMap(({ machine: { name } }) => {
    const entry = `machine:${plugin.qualifiedMachineName(name)}`;
    const count = inventory.filter((it) => it === entry).length;
    return count === 1 ? [] : [`${count} of ${name}`];
  });
}

/** A case: each backend call of a method fails in every way. */
export function sweepCase(
  { needs = [], ...part }: Pick<Case<"machine-plugin">, "id" | "title" | "why" | "needs">,
  what: Sweep,
): Case<"machine-plugin"> {
  const isNew = what.from === "nothing";
  // Only a creation that was cut off leaves what is uninitialized.
  const isCut = isNew || what.from === "half";
  return {
    ...part,
    needs: ["host", "faults", ...needs],
    checks: {
      failures: "plugin.error.unsure",
      shape: "plugin.error.shape",
      unsure: "plugin.error.unsure",
      done: "plugin.error.unsure",
      soon: "plugin.error.passing",
      ...(isNew ? { agree: "plugin.create.truthful" } : {}),
      ...(isCut ? { ids: "plugin.initialize.response" } : {}),
      retry: isNew ? "plugin.create.rollback" : "plugin.error.retry",
    },
    async run(context) {
      const { plugin, check, settled } = context;
      const { failures, requests, ...seen } = await sweep(context, what);
      if (isNew) seen.stuck.push(...await miscounted(context, requests.values()));
      const left = what.removes ? [] : [...requests.values()];
      // All at once: each may have a guest that takes its time.
      await settled(left.map((request) => plugin.deleteMachine(request)));
      check.holds("failures", "calls that failed", failures > 0, "at least one", failures);
      check.equal("shape", "errors that are none of the contract", seen.flaws, []);
      check.equal("unsure", "errors that say not-found", seen.unsure, []);
      check.equal("done", "successes that were none", seen.untrue, []);
      check.equal("soon", "errors that the controller waits long after", seen.late, []);
      if (isNew) check.equal("agree", "statuses that do not fit the list", seen.torn, []);
      if (isCut) check.equal("ids", "uninitialized without ids", seen.blank, []);
      check.equal("retry", "retries that failed", seen.stuck, []);
    },
  };
}
