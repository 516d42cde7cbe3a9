/**
 * Mutants of events.
 *
 * @module
 */

import type { EventBreak, MachineEvent } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { type Mutant, type Mutate, onDriver } from "../mutant.ts";

/** Changes the stream of events. */
const onEvents = (
  change: (
    events: AsyncIterable<MachineEvent>,
    signal: AbortSignal,
    inventory: () => Promise<readonly string[]>,
  ) => AsyncIterable<MachineEvent>,
): Mutate =>
  onDriver(({ events }, _, world) =>
    events === undefined ? {} : {
      events: {
        subscribe: async ({ signal }) =>
          change(
            await events.subscribe({ signal }),
            signal,
            async () => await world.host?.inventory() ?? [],
          ),
      },
    }
  );

/** Streams end once what they come by breaks off in that way. */
function endsAfter(how: EventBreak): Mutate {
  return (world) => {
    let isOver = false;
    const { host } = world;
    const ending = onEvents(async function* (events) {
      for await (const event of events) {
        if (isOver) return;
        yield event;
      }
    });
    const breakEvents = async (seen: EventBreak): Promise<void> => {
      isOver ||= seen === how;
      await host?.breakEvents?.(seen);
    };
    return ending(
      host === undefined ? world : withMembers(world, { host: withMembers(host, { breakEvents }) }),
    );
  };
}

/** Mutants of drivers whose events come by a way of their own, which can break off. */
export const EVENT_GAP_MUTANTS: readonly Mutant[] = [
  {
    id: "events-end-with-their-connection",
    breaks: "event.gap",
    why: "A watch is cut, and nobody begins another one",
    mutate: endsAfter("cut"),
  },
  {
    id: "events-end-with-their-history",
    breaks: "event.gap",
    why: "A watch ends with 410, and nobody lists again what there is",
    mutate: endsAfter("forgotten"),
  },
];

/** The mutants. */
export const EVENT_MUTANTS: readonly Mutant[] = [
  {
    id: "short-states-are-missed",
    breaks: "event.power",
    why: "A driver that polls sees the last state only",
    mutate: onEvents(async function* (events) {
      for await (const event of events) if (event.state !== "running") yield event;
    }),
  },
  {
    id: "events-of-everybody",
    breaks: "event.own",
    why: "The hypervisor's stream passed on as it is",
    mutate: onEvents(async function* (events, _, inventory) {
      for await (const event of events) {
        for (const entry of await inventory()) {
          const [kind, , cluster, name] = entry.split(/[:.]/);
          const ours = event.machine.name === name;
          if (kind !== "machine" || ours || cluster === undefined || name === undefined) continue;
          yield { ...event, machine: { cluster, name } };
        }
        yield event;
      }
    }),
  },
  {
    id: "abort-throws-from-the-stream",
    breaks: "event.abort",
    why: "The abort reason escapes into the loop of the reader",
    mutate: onEvents(async function* (events, signal) {
      yield* events;
      signal.throwIfAborted();
    }),
  },
  {
    id: "events-of-own-calls-only",
    breaks: "event.outside",
    why: "Events that the driver makes itself when it is called",
    mutate: onDriver((driver) => {
      let asked = false;
      const { events, machines } = driver;
      return {
        machines: withMembers(machines, {
          create: async (...args) => {
            const machine = await machines.create(...args);
            return withMembers(machine, {
              forceStop: async (options) => {
                asked = true;
                return await machine.forceStop(options);
              },
            });
          },
        }),
        events: events && {
          subscribe: async (options) => {
            const stream = await events.subscribe(options);
            return (async function* () {
              for await (const event of stream) {
                if (event.state !== "stopped" || asked) yield event;
              }
            })();
          },
        },
      };
    }),
  },
];
