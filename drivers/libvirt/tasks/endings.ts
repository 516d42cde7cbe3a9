/**
 * How machines of tasks are, and why they ended. libvirt's state has one reason for a guest that
 * panicked and for a QEMU that was killed; only its events tell them apart.
 *
 * @module
 */

import type { EndReason, Sight } from "../../tasks/mod.ts";
import type { DomainRef, LibvirtEvent } from "../backend.ts";
import { unlessRefused } from "../errors.ts";
import { DomainState, LifecycleDetail, LifecycleType, ShutoffReason } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";

const GONE: Sight = { state: "gone" };

/** Why a machine is off. What is not here has no good reason. */
const REASONS: Readonly<Record<number, readonly [EndReason, string?]>> = {
  [ShutoffReason.SHUTDOWN]: ["off"],
  [ShutoffReason.DESTROYED]: ["forced"],
  [ShutoffReason.CRASHED]: ["crashed", "it panicked, or its QEMU ended"],
  [ShutoffReason.MIGRATED]: ["forced", "it went to another host"],
  [ShutoffReason.SAVED]: ["forced", "its memory was saved"],
  [ShutoffReason.FAILED]: ["crashed", "QEMU did not start it"],
  [ShutoffReason.FROM_SNAPSHOT]: ["forced", "it went back to a snapshot"],
  [ShutoffReason.DAEMON]: ["killed", "libvirt ended it"],
};

const UNKNOWN = ["crashed", "libvirt does not remember how it ended"] as const;

/** Looks at machines, and remembers what events told of their ends. */
export class Endings {
  readonly #session: Session;
  /** The details of the events of ends, by UUID. */
  readonly #details = new Map<string, number>();

  /** Knows of none yet. */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Looks at a machine. */
  async look(domain: DomainRef, options: { readonly signal?: AbortSignal }): Promise<Sight> {
    const seen = await this.#session.call("domainGetState", { domain }, options)
      .catch(unlessRefused(undefined, ErrorNumber.NO_DOMAIN));
    if (!seen) return GONE;
    const { state, reason } = seen;
    if (state === DomainState.NOSTATE) return { state: "unknown" };
    if (state === DomainState.CRASHED) return { state: "ended", reason: "crashed" };
    // Paused, asleep, on the way up or down: none of that is an end.
    if (state !== DomainState.SHUTOFF) return { state: "running" };
    return this.#ended(domain, reason);
  }

  /** What happens to this owner's machines: each of it is a reason to look again. */
  async *changes(signal: AbortSignal): AsyncGenerator<LibvirtEvent> {
    const prefix = `${this.#session.owner}.`;
    for await (const event of this.#session.backend.events({ signal })) {
      if (event.type === "lost") yield event;
      if (event.type !== "lifecycle" || !event.domain.name.startsWith(prefix)) continue;
      if (event.event === LifecycleType.STOPPED) {
        this.#details.set(event.domain.uuid, event.detail);
      }
      if (event.event === LifecycleType.UNDEFINED) this.forget(event.domain);
      yield event;
    }
  }

  /** Forgets a machine. */
  forget({ uuid }: Pick<DomainRef, "uuid">): void {
    this.#details.delete(uuid);
  }

  #ended({ uuid }: DomainRef, code: number): Sight {
    if (code === ShutoffReason.CRASHED) {
      const detail = this.#details.get(uuid);
      if (detail === LifecycleDetail.STOPPED.FAILED) return { state: "ended", reason: "killed" };
      if (detail === LifecycleDetail.STOPPED.CRASHED) return { state: "ended", reason: "crashed" };
    }
    const [reason, detail] = REASONS[code] ?? UNKNOWN;
    return { state: "ended", reason, ...(detail === undefined ? {} : { detail }) };
  }
}
