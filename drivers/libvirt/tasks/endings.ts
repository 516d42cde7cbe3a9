/**
 * How machines of tasks are, and why they ended. libvirt's state has one reason for a guest that
 * panicked and for a QEMU that was killed, and one for a guest that switched itself off and for a QEMU
 * that was asked to end by a signal; only its events tell them apart.
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

/** Reasons that mean two things. */
const DOUBTFUL: readonly number[] = [ShutoffReason.CRASHED, ShutoffReason.SHUTDOWN];

/** What events say besides, by event and detail. A later one says more. */
const TELLING: Readonly<Record<number, Readonly<Record<number, EndReason>>>> = {
  [LifecycleType.SHUTDOWN]: { [LifecycleDetail.SHUTDOWN.HOST]: "killed" },
  [LifecycleType.STOPPED]: {
    [LifecycleDetail.STOPPED.FAILED]: "killed",
    [LifecycleDetail.STOPPED.CRASHED]: "crashed",
  },
};

const UNKNOWN = ["crashed", "libvirt does not remember how it ended"] as const;

/** Looks at machines, and remembers what events told of their ends. */
export class Endings {
  readonly #session: Session;
  /** What events told of ends, by UUID. */
  readonly #told = new Map<string, EndReason>();

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
      this.#remember(event);
      yield event;
    }
  }

  /** Forgets a machine. */
  forget({ uuid }: Pick<DomainRef, "uuid">): void {
    this.#told.delete(uuid);
  }

  #remember({ domain, event, detail }: LibvirtEvent & { type: "lifecycle" }): void {
    const { STARTED, UNDEFINED } = LifecycleType;
    if (event === STARTED || event === UNDEFINED) this.forget(domain);
    const reason = TELLING[event]?.[detail];
    if (reason !== undefined) this.#told.set(domain.uuid, reason);
  }

  #ended({ uuid }: DomainRef, code: number): Sight {
    const told = this.#told.get(uuid);
    if (told && DOUBTFUL.includes(code)) return { state: "ended", reason: told };
    const [reason, detail] = REASONS[code] ?? UNKNOWN;
    return { state: "ended", reason, ...(detail === undefined ? {} : { detail }) };
  }
}
