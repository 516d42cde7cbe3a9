/**
 * What happens to this owner's machines.
 *
 * @module
 */

import type { Events, MachineEvent, MachineId, MachineRef, PowerState } from "../contract/mod.ts";
import type { DomainRef, LibvirtEvent } from "./backend.ts";
import { isTagOf, look, ownDomains, tagOf } from "./domains.ts";
import { attempt } from "./errors.ts";
import { LifecycleType } from "./rpc/constants.ts";
import type { Session } from "./session.ts";
import { withSettled } from "./settling.ts";
import { type Seen, stateOfEvent } from "./state.ts";

/** The pause between two attempts to find libvirt again. */
const RETRY_MS = 500;

/** A machine that a subscription knows. */
interface Known {
  readonly ref: MachineRef;
  /** Its state as far as known, for finding out what was missed. */
  state: PowerState;
  /** What the subscriber was told last. */
  told?: PowerState;
}

/** The events facet of one instance. */
export function machineEvents(session: Session): Events {
  return {
    async subscribe({ signal }) {
      const subscription = new Subscription(session, signal);
      // Listening begins before looking, so that nothing falls between the two.
      const events = session.backend.events({ signal });
      await subscription.begin();
      return subscription.run(events);
    },
  };
}

class Subscription {
  readonly #session: Session;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Known>();
  readonly #foreign = new Set<string>();

  constructor(session: Session, signal: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  /** Learns which machines there are. @throws {DriverError} */
  async begin(): Promise<void> {
    const signal = this.#signal;
    if (signal.aborted) return;
    const about = { operation: "events.subscribe", subject: "driver:libvirt", signal } as const;
    await attempt(about, () => this.#list());
  }

  async *run(events: AsyncIterable<LibvirtEvent>): AsyncGenerator<MachineEvent> {
    try {
      const { clock } = this.#session;
      for await (const event of withSettled(events, { clock, signal: this.#signal })) {
        if (event.type === "lost" || event.type === "settled") yield* this.#catchUp();
        const told = event.type === "lifecycle" && await this.#tell(event);
        if (told) yield told;
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
  }

  async #tell(
    { domain, event, detail }: LibvirtEvent & { type: "lifecycle" },
  ): Promise<MachineEvent | undefined> {
    const { uuid } = domain;
    const known = this.#known.get(uuid) ?? await this.#recognize(domain);
    const seen = stateOfEvent(event, detail);
    if (event === LifecycleType.UNDEFINED) this.#foreign.delete(uuid);
    return known && seen && this.#report(uuid, known, seen);
  }

  /** One change; libvirt tells some of them in two events. */
  #report(uuid: string, known: Known, { state, raw }: Seen): MachineEvent | undefined {
    known.state = state;
    if (state === "absent") this.#known.delete(uuid);
    if (known.told === state) return undefined;
    known.told = state;
    return { machine: known.ref, id: uuid as MachineId, state, raw };
  }

  async #recognize(domain: DomainRef): Promise<Known | undefined> {
    const { uuid } = domain;
    if (this.#foreign.has(uuid)) return undefined;
    const tag = await tagOf(this.#session, domain, { signal: this.#signal });
    if (!tag || !isTagOf(tag, this.#session.owner, tag)) {
      this.#foreign.add(uuid);
      return undefined;
    }
    const known: Known = { ref: { cluster: tag.cluster, name: tag.name }, state: "unknown" };
    this.#known.set(uuid, known);
    return known;
  }

  /** What was missed while there was no connection: libvirt never tells that again. */
  async *#catchUp(): AsyncGenerator<MachineEvent> {
    const before = new Map([...this.#known].map(([uuid, { state }]) => [uuid, state]));
    const now = await this.#listAgain();
    for (const [uuid, seen] of now) {
      const known = this.#known.get(uuid);
      const told = known && before.get(uuid) !== seen.state && this.#report(uuid, known, seen);
      if (told) yield told;
    }
    for (const uuid of before.keys()) {
      const known = this.#known.get(uuid);
      const gone: Seen = { state: "absent", raw: "gone" };
      const told = known && !now.has(uuid) && this.#report(uuid, known, gone);
      if (told) yield told;
    }
  }

  async #listAgain(): Promise<Map<string, Seen>> {
    while (true) {
      try {
        return await this.#list();
      } catch {
        await this.#session.clock.sleep(RETRY_MS, { signal: this.#signal });
      }
    }
  }

  async #list(): Promise<Map<string, Seen>> {
    const options = { signal: this.#signal };
    const own = await ownDomains(this.#session, options);
    const seen = await Promise.all(own.map(({ domain }) => look(this.#session, domain, options)));
    own.forEach(({ domain, tag: { cluster, name } }, i) => {
      const known = this.#known.get(domain.uuid);
      if (known) return;
      this.#known.set(domain.uuid, { ref: { cluster, name }, state: seen[i].state });
    });
    return new Map(own.map(({ domain }, i) => [domain.uuid, seen[i]]));
  }
}
