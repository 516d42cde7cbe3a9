/**
 * What happens to this owner's machines.
 *
 * @module
 */

import { type About, driverError } from "../backend/driver_errors.ts";
import type { Events, MachineEvent, MachineId } from "../contract/mod.ts";
import type { KubeObject, MachineOutline } from "./backend.ts";
import type { DriverSession } from "./driver_session.ts";
import { attempt, meaningOf } from "./errors.ts";
import { OWNER_LABEL, refOf } from "./machine_objects.ts";
import { type SeenState, seenState } from "./machine_state.ts";
import { follow, type Sighting } from "./watch.ts";

/** The events facet of one instance. */
export function machineEvents(session: DriverSession): Events {
  return {
    async subscribe({ signal }) {
      const about = { operation: "events.subscribe", subject: "driver:kubevirt", signal } as const;
      if (signal.aborted) return (async function* () {})();
      return await attempt(about, async () => {
        const { backend, clock, owner } = session;
        const objects = await session.objects({ signal });
        const labelSelector = `${OWNER_LABEL}=${owner}`;
        const of = { ...objects.at("virtualmachines"), labelSelector };
        const sightings = follow({ backend, clock, of, signal });
        const subscription = new Subscription(session);
        // From the first look on nothing is missed.
        const { value: first } = await sightings.next();
        if (first) subscription.learn(first);
        return told(subscription.run(sightings), about);
      });
    },
  };
}

/** The events; what ends them early is the contract's error, such as credentials that are revoked. */
async function* told<E>(events: AsyncIterable<E>, about: About): AsyncGenerator<E> {
  try {
    yield* events;
  } catch (error) {
    throw driverError(error, about, meaningOf);
  }
}

/** A machine that a subscription knows. */
interface Known {
  readonly vm: MachineOutline;
  /** What was told, or seen first. */
  readonly state: SeenState["state"];
}

class Subscription {
  readonly #session: DriverSession;
  readonly #known = new Map<string, Known>();

  constructor(session: DriverSession) {
    this.#session = session;
  }

  /** Takes note of what there is, and tells nothing. */
  learn(sighting: Sighting): void {
    if (sighting.type !== "all") return;
    for (const vm of sighting.objects.filter(isMachine)) {
      this.#known.set(uidOf(vm), { vm, state: seenState(vm).state });
    }
  }

  async *run(sightings: AsyncIterable<Sighting>): AsyncGenerator<MachineEvent> {
    for await (const sighting of sightings) {
      if (sighting.type === "all") yield* this.#catchUp(sighting.objects);
      else if (!isMachine(sighting.object)) continue;
      else if (sighting.type === "changed") yield* this.#tell(sighting.object);
      else if (await this.#isGone(sighting.object)) yield* this.#tellGone(sighting.object);
    }
  }

  /** What was missed. */
  *#catchUp(objects: readonly KubeObject[]): Generator<MachineEvent> {
    const machines = objects.filter(isMachine);
    const present = new Set(machines.map(uidOf));
    for (const [uid, { vm }] of [...this.#known]) if (!present.has(uid)) yield* this.#tellGone(vm);
    for (const vm of machines) yield* this.#tell(vm);
  }

  *#tell(vm: MachineOutline): Generator<MachineEvent> {
    const ref = refOf(vm, this.#session.owner);
    const { state, raw } = seenState(vm);
    const before = this.#known.get(uidOf(vm))?.state;
    this.#known.set(uidOf(vm), { vm, state });
    if (!ref || before === state) return;
    yield { machine: ref, id: uidOf(vm) as MachineId, state, raw };
  }

  *#tellGone(vm: MachineOutline): Generator<MachineEvent> {
    const ref = refOf(vm, this.#session.owner);
    if (!this.#known.delete(uidOf(vm)) || !ref) return;
    yield { machine: ref, id: uidOf(vm) as MachineId, state: "absent", raw: "gone" };
  }

  /** Whether it is removed, and not only without our label. */
  async #isGone(vm: MachineOutline): Promise<boolean> {
    try {
      const now = await this.#session.find(vm.metadata.name ?? "", {});
      return now?.metadata.uid !== vm.metadata.uid;
    } catch {
      // Nobody can tell; the cluster's own word is all there is.
      return true;
    }
  }
}

function isMachine(object: KubeObject): object is MachineOutline {
  return typeof object.spec === "object" && object.spec !== null && !Array.isArray(object.spec);
}

function uidOf({ metadata: { uid = "" } }: KubeObject): string {
  return uid;
}
