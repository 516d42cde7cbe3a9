/**
 * Writes down what an attempt at a case makes, before it makes it.
 *
 * @module
 */

import { type ContractName, type HostBase, isDriverError } from "../../drivers/contract/mod.ts";
import type { HostResource, Ledger } from "./ledger.ts";
import { HarnessError } from "./subject.ts";

/** One resource of a case. */
interface Entry {
  readonly number: number;
  readonly resource: HostResource;
  /** Whether making it failed with something that is no word of the contract. */
  botched?: boolean;
}

/** Codes that say that nothing was made, as it was refused before. */
const REFUSALS = ["invalid-argument", "already-exists", "permission-denied", "unimplemented"];

/** The resources of one attempt at a case. */
export class Tracker {
  readonly #ledger: Ledger;
  readonly #open: Entry[] = [];
  readonly #struck: number[] = [];
  readonly #made: HostResource[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  /** Tracks into a ledger. */
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is or may be there, the newest first. */
  open(): HostResource[] {
    return this.#open.map((entry) => entry.resource).reverse();
  }

  /** What was made, or perhaps was, and was not removed, the newest first. */
  standing(): HostResource[] {
    return this.#open.filter((entry) => !entry.botched).map((entry) => entry.resource).reverse();
  }

  /** All that was ever written down. */
  made(): readonly HostResource[] {
    return this.#made;
  }

  /** Writes a resource down, makes it, and strikes it out again if the making was refused. */
  async make<T>(resource: HostResource, make: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new HarnessError("Cannot make anything more: the case has ended");
    const entry: Entry = { number: await this.#intend(resource), resource };
    this.#open.push(entry);
    this.#made.push(resource);
    const making = (async () => await make())();
    this.#underWay.add(making);
    try {
      return await making;
    } catch (error) {
      entry.botched = !isDriverError(error);
      if (isDriverError(error) && REFUSALS.includes(error.code)) this.#strike(entry);
      throw error;
    } finally {
      this.#underWay.delete(making);
    }
  }

  /** Forgets a resource that was removed; the ledger hears of it when the case ends. */
  gone(resource: HostResource): void {
    const key = JSON.stringify(resource);
    for (const entry of this.#open.filter((it) => JSON.stringify(it.resource) === key)) {
      this.#strike(entry);
    }
  }

  /** Lets nothing be made any more, and waits for what is being made. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  /** Tells the ledger that all is gone. Only when the host was looked at. */
  async settle(): Promise<void> {
    for (const entry of [...this.#open]) this.#strike(entry);
    if (this.#struck.length > 0) await this.#ledger.strike(this.#struck.splice(0));
  }

  async #intend(resource: HostResource): Promise<number> {
    try {
      return await this.#ledger.intend(resource);
    } catch (cause) {
      throw new HarnessError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  #strike(entry: Entry): void {
    const at = this.#open.indexOf(entry);
    if (at < 0) return;
    this.#open.splice(at, 1);
    this.#struck.push(entry.number);
  }
}

/**
 * The same object with some members in place of its own; what is absent stays absent. Private fields
 * and frozen objects need the detour by the prototype and the binding.
 */
export function withMembers<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy<T>(Object.create(target), {
    get(_, key): unknown {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The same controls, with the machines that they plant written down before. */
export function trackedHost<H extends HostBase>(
  host: H,
  contract: ContractName,
  tracker: Tracker,
): H {
  const planted = (name: string): HostResource => ({ kind: "planted-machine", contract, name });
  const { plantMachine, uprootMachine } = host;
  const members: Partial<HostBase> = {
    ...(plantMachine && {
      plantMachine: (name: string) =>
        tracker.make(planted(name), () => plantMachine.call(host, name)),
    }),
    ...(uprootMachine && {
      async uprootMachine(name: string): Promise<void> {
        await uprootMachine.call(host, name);
        tracker.gone(planted(name));
      },
    }),
  };
  return withMembers(host, members as Partial<H>);
}
