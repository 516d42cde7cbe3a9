/**
 * The handle of a utility VM.
 *
 * @module
 */

import type {
  CallOptions,
  Changed,
  GuestSystem,
  ModifyRequest,
  NetworkNamespaces,
  Plan9Shares,
  ScsiDisks,
  UtilityVm,
  UvmStatus,
  UvmWaitResult,
  VpmemDevices,
  VsmbShares,
} from "../contract/mod.ts";
import type { JsonObject, SystemRef } from "./backend.ts";
import { type Made, orTooLate, SYSTEM_MS, terminate } from "./create.ts";
import { FACETS } from "./documents.ts";
import {
  type About,
  attempt,
  attemptNow,
  CODES,
  invalid,
  isRefused,
  isUnsure,
  trouble,
} from "./errors.ts";
import { asJson } from "./json.ts";
import { closedTrouble, type End, type Life } from "./life.ts";
import { Link } from "./link.ts";
import { HcsNetworkNamespaces } from "./network.ts";
import { HcsPlan9Shares } from "./plan9.ts";
import { HcsScsiDisks } from "./scsi.ts";
import type { Session } from "./session.ts";
import { stateOf } from "./state.ts";
import { HcsVpmemDevices } from "./vpmem.ts";
import { HcsVsmbShares } from "./vsmb.ts";

/** How often somebody who waits looks for an end that no event told. */
const LOOK_MS = 30_000;

/** How long a start that has failed already waits for its VM to be ended. */
const CLEAN_UP_MS = 30_000;

/** What a handle is made from. */
export interface HandleParts {
  /** The guest. */
  readonly os: GuestSystem;
  /** What was made. */
  readonly made: Made;
  /** Its life, which hears of its events already. */
  readonly life: Life;
  /** Is told once when the handle has been released. */
  readonly onReleased: () => void;
}

/** See {@linkcode UtilityVm}. */
export class HcsUtilityVm implements UtilityVm {
  readonly id: string;
  readonly owner: string;
  readonly os: GuestSystem;
  readonly scsi: ScsiDisks;
  readonly vpmem?: VpmemDevices;
  readonly vsmb?: VsmbShares;
  readonly plan9?: Plan9Shares;
  readonly networks?: NetworkNamespaces;
  readonly #session: Session;
  readonly #ref: SystemRef;
  readonly #life: Life;
  readonly #link: Link;
  readonly #parts: HandleParts;
  readonly #released = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;
  #containers = 0;

  /** Makes the handle; asks nobody. */
  constructor(session: Session, parts: HandleParts) {
    const { os, life, made: { ref, inventory, granted } } = parts;
    this.#session = session;
    this.#parts = parts;
    this.#ref = ref;
    this.#life = life;
    this.id = ref.id;
    this.owner = session.owner;
    this.os = os;
    const link = this.#link = new Link(session, ref, { os, life, granted });
    const facets = new Set(FACETS[os]);
    this.scsi = new HcsScsiDisks(link, inventory);
    if (facets.has("vpmem")) this.vpmem = new HcsVpmemDevices(link, inventory);
    if (facets.has("vsmb")) this.vsmb = new HcsVsmbShares(link, inventory);
    if (facets.has("plan9")) this.plan9 = new HcsPlan9Shares(link, inventory);
    if (facets.has("networks")) this.networks = new HcsNetworkNamespaces(link);
  }

  async status({ signal }: CallOptions = {}): Promise<UvmStatus> {
    return await attempt(this.#about("status", signal), async () => {
      this.#life.assertOpen();
      const seen = this.#life.end ? undefined : await this.#life.look({ signal });
      if (seen) return { state: stateOf(seen.State), raw: seen.State ?? "" };
      const { exit } = exitIn(this.#life.end);
      return { state: "stopped", raw: "Stopped", exit };
    });
  }

  async start({ signal }: CallOptions = {}): Promise<void> {
    await attempt(this.#about("start", signal), async () => {
      this.#life.assertOpen();
      if (this.#life.phase !== "created" && !this.#life.end) {
        throw trouble("already-started", "It was started before");
      }
      if (this.#life.end) this.#life.assertRunning();
      this.#life.phase = "starting";
      try {
        const call = this.#session
          .call("system.start", this.#ref, { signal, timeoutMs: SYSTEM_MS });
        await this.#life.whileAlive(call);
        this.#life.phase = "running";
      } catch (error) {
        await this.#afterFailedStart(error);
      }
    });
  }

  /** A VM that may run or not is ended: what nobody can tell is of no use. */
  async #afterFailedStart(error: unknown): Promise<never> {
    const isDead = isRefused(error, CODES.terminatedDuringStart);
    if (!this.#life.end && !isDead && !isUnsure(error)) this.#life.phase = "created";
    else if (!this.#life.end) {
      const timeoutMs = CLEAN_UP_MS;
      await terminate(this.#session, this.#ref, { timeoutMs }).catch(() => {});
    }
    if (this.#life.end && "exit" in this.#life.end) {
      throw trouble("exited", `It ended before it ran: ${this.#life.end.exit.raw}`);
    }
    throw error;
  }

  async wait(options: CallOptions & { timeoutMs?: number } = {}): Promise<UvmWaitResult> {
    const { signal, timeoutMs } = options;
    return await attempt(this.#about("wait", signal), async () => {
      this.#life.assertOpen();
      if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
        throw invalid(`"timeoutMs" is a number of milliseconds from 0: ${timeoutMs}`);
      }
      const end = this.#life.end ?? await this.#ended(timeoutMs, signal);
      if (!end) return { verdict: "timeout" };
      return { verdict: "exited", ...exitIn(end) };
    });
  }

  /** The end, or undefined when the time is over. @throws the signal's reason, or that it was closed */
  async #ended(
    timeoutMs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<End | undefined> {
    const told = new AbortController();
    const until = AbortSignal.any(signal ? [signal, told.signal] : [told.signal]);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const late = timeoutMs === undefined
      ? []
      : [this.#session.clock.sleep(timeoutMs, { signal: until }).then(() => undefined)];
    for (const each of late) each.catch(() => {});
    const released = this.#released.promise.then(() => {
      if (this.#life.end) return this.#life.end;
      throw closedTrouble();
    });
    released.catch(() => {});
    try {
      const looking = this.#looking(until);
      looking.catch(() => {});
      const ends = [this.#life.over, released, aborted.promise, looking, ...late];
      return await Promise.race(ends);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      told.abort();
    }
  }

  /** Sees an end that nobody told, sooner or later. Settles only if nobody can tell anything at all. */
  async #looking(signal: AbortSignal): Promise<never> {
    while (true) {
      await this.#session.clock.sleep(LOOK_MS, { signal });
      try {
        await this.#life.look({ signal });
      } catch (error) {
        if (!isUnsure(error)) throw error;
      }
    }
  }

  async terminate({ signal }: CallOptions = {}): Promise<Changed> {
    return await attempt(this.#about("terminate", signal), async () => {
      this.#life.assertOpen();
      if (this.#life.end) return { changed: false };
      return { changed: await terminate(this.#session, this.#ref, { signal }) };
    });
  }

  /** One close for all who ask: releasing is not undone, and not done twice. */
  close(_: CallOptions = {}): Promise<void> {
    this.#closing ??= attempt(this.#about("close"), () => this.#close());
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#life.closed = true;
    const failures: unknown[] = [];
    const tried = (work: Promise<unknown>): Promise<unknown> =>
      work.catch((error) => failures.push(error));
    if (!this.#life.end) await tried(this.#finish());
    await tried(this.#release());
    await tried(this.#link.revokeAll());
    this.#parts.onReleased();
    this.#released.resolve();
    if (failures.length > 0) throw failures[0];
  }

  /** Nothing is held while this waits for callbacks that are under way. A failure is tried once more. */
  async #release(): Promise<void> {
    const close = () => this.#session.call("system.close", this.#ref, { timeoutMs: SYSTEM_MS });
    try {
      await close();
    } catch {
      try {
        await close();
      } catch (error) {
        // It was closed after all.
        if (!isRefused(error, CODES.invalidHandle)) throw error;
      }
    }
  }

  async #finish(): Promise<void> {
    const wasThere = await terminate(this.#session, this.#ref);
    if (wasThere) await orTooLate(this.#session, this.#life.over);
    else await this.#life.look();
  }

  async modify(request: ModifyRequest, { signal }: CallOptions = {}): Promise<void> {
    await attempt(this.#about("modify", signal), async () => {
      this.#life.assertOpen();
      const json = asJson(request, "request");
      if (typeof json !== "object" || json === null || Array.isArray(json)) {
        throw invalid('"request" is a JSON object');
      }
      this.#life.assertRunning();
      await this.#link.modify(json as JsonObject, { signal });
    });
  }

  containerCounter(): number {
    attemptNow(this.#about("containerCounter"), () => this.#life.assertOpen());
    return ++this.#containers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #about(operation: string, signal?: AbortSignal): About {
    return { operation: `utilityVm.${operation}`, subject: `uvm:${this.id}`, signal };
  }
}

/** How it ended. @throws {Trouble} if nobody can tell */
function exitIn(end: End | undefined): Extract<End, { readonly exit: unknown }> {
  if (end && "exit" in end) return end;
  throw end?.trouble ?? new Error("It has not ended");
}
