/**
 * The events of an owner's machines.
 *
 * @module
 */

import type { Events, MachineEvent, MachineId } from "../contract/mod.ts";
import type { MemoryEvent } from "./backend.ts";
import type { MemoryContext } from "./session.ts";
import { stateOf } from "./state.ts";

/** Tells what happens to the machines of the context's owner. */
export function memoryEvents({ backend, owner }: MemoryContext): Events {
  return {
    subscribe: ({ signal }) => Promise.resolve(own(backend.events({ signal }), owner)),
  };
}

async function* own(
  events: AsyncIterable<MemoryEvent>,
  mine: string,
): AsyncGenerator<MachineEvent> {
  for await (const { uuid, owner, state: raw } of events) {
    if (owner?.owner !== mine || owner.name === undefined) continue;
    const machine = { cluster: owner.cluster, name: owner.name };
    const state = raw === "gone" ? "absent" : stateOf(raw);
    yield { machine, id: uuid as MachineId, state, raw };
  }
}
