/**
 * Cases about events.
 *
 * @module
 */

import type { Driver, MachineEvent } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** Collects events until one of the machine with that name shows the state. */
async function until(
  events: AsyncIterable<MachineEvent>,
  name: string,
  state: MachineEvent["state"],
): Promise<MachineEvent[]> {
  const seen: MachineEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (event.machine.name === name && event.state === state) break;
  }
  return seen;
}

const subscribe = async (
  driver: Driver,
  signal: AbortSignal,
): Promise<AsyncIterable<MachineEvent>> =>
  await driver.events?.subscribe({ signal }) ?? (async function* () {})();

/** The states of one machine's events, without repetitions. */
const states = (events: readonly MachineEvent[], name: string): string[] =>
  events.filter((event) => event.machine.name === name).map((event) => event.state)
    .filter((state, index, all) => state !== all[index - 1]);

/** The same without the states between two others. */
const settled = (events: readonly MachineEvent[], name: string): string[] =>
  states(events, name).filter((state) => ["running", "stopped", "absent"].includes(state));

/** Cases about events. */
export const EVENT_CASES: readonly Case[] = [
  {
    id: "event.power",
    title: "Each power change of a machine is told, in its order",
    why: "A driver that polls misses short states",
    needs: ["events"],
    checks: { order: "event.power", id: "event.power" },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const abort = new AbortController();
      const waiting = until(await subscribe(driver, abort.signal), machine.name, "stopped");
      await machine.start();
      await machine.forceStop();
      const events = await waiting;
      abort.abort();
      const seen = states(events, machine.name);
      const settled = seen.filter((state) => state === "running" || state === "stopped");
      check.equal("order", "settled states", settled, ["running", "stopped"]);
      const ids = new Set(events.filter((e) => e.machine.name === machine.name).map((e) => e.id));
      check.equal("id", "ids", [...ids], [machine.id]);
    },
  },
  {
    id: "event.own",
    title: "Only the owner's machines are told of",
    why: "Every machine of the host is in the stream",
    needs: ["events"],
    checks: { own: "event.own" },
    async run({ driver, another, fresh, image, check }) {
      const spec = await fresh.spec();
      const machine = await driver.machines.create(spec);
      const other = await another({ owner: fresh.name() });
      await image(spec.image);
      await other.networks?.create({ cluster: spec.cluster });
      const name = fresh.name();
      const theirs = await other.machines.create({ ...spec, name });
      const abort = new AbortController();
      const waiting = until(await subscribe(driver, abort.signal), machine.name, "running");
      await theirs.start();
      await machine.start();
      const events = await waiting;
      abort.abort();
      check.equal("own", "events of the other's machine", states(events, name), []);
      await other.machines.delete(theirs, { force: true });
      await other.networks?.delete(spec.cluster);
    },
  },
  {
    id: "event.abort",
    title: "A subscription ends when its signal aborts",
    why: "A stream that nobody can end keeps the process alive",
    needs: ["events"],
    checks: { ends: "event.abort", usable: "event.abort" },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const abort = new AbortController();
      const waiting = until(await subscribe(driver, abort.signal), machine.name, "running");
      abort.abort();
      const seen = await check.succeeds("ends", "the stream", () => waiting);
      check.equal(
        "usable",
        `status after ${seen.length} events`,
        (await machine.status()).state,
        "stopped",
      );
    },
  },
  {
    id: "event.outside",
    title: "A change that the driver did not make is told too",
    why: "Events that come from the driver's own calls only",
    needs: ["events", "host.turnOff"],
    checks: { told: "event.outside" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      await machine.start();
      const abort = new AbortController();
      const waiting = until(await subscribe(driver, abort.signal), machine.name, "absent");
      await host.turnOff(driver.qualifiedMachineName(machine));
      await driver.machines.delete(machine);
      const events = await waiting;
      abort.abort();
      const settled = states(events, machine.name).filter((state) => state !== "stopping");
      check.equal("told", "settled states", settled, ["stopped", "absent"]);
    },
  },
  {
    id: "event.gap",
    title: "A subscription outlives what tells of events",
    why: "A watch ends with 410 when its history is gone, and nobody is told of anything any more",
    needs: ["events", "host.breakEvents"],
    checks: { cut: "event.gap", forgotten: "event.gap", own: "event.own" },
    async run({ driver, fresh, host, check }) {
      const machine = await fresh.machine();
      const abort = new AbortController();
      const events = (await subscribe(driver, abort.signal))[Symbol.asyncIterator]();
      const rest = { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) };
      await machine.start();
      const seen = await until(rest, machine.name, "running");
      await host.breakEvents("cut");
      await machine.forceStop();
      seen.push(...await until(rest, machine.name, "stopped"));
      check.equal("cut", "settled states", settled(seen, machine.name), ["running", "stopped"]);
      await host.breakEvents("forgotten");
      await driver.machines.delete(machine);
      seen.push(...await until(rest, machine.name, "absent"));
      abort.abort();
      const all = ["running", "stopped", "absent"];
      check.equal("forgotten", "settled states", settled(seen, machine.name), all);
      const others = seen.filter((event) => event.machine.name !== machine.name);
      check.equal("own", "events of others", others, []);
    },
  },
];
