/**
 * The book-keeping of attachments, the same for all kinds: one entry for each thing, with a count of
 * references, and nothing in it that the host has not done.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";
import { type About, attempt, attemptNow, driverError, trouble } from "./errors.ts";
import type { Link } from "./link.ts";
import { type Options, type Step, Steps } from "./steps.ts";

/** What an add makes, once there is a place for it. */
export interface Making<T> {
  /** What the caller is told. */
  readonly info: T;
  /** How it is attached. */
  readonly steps: readonly Step[];
  /** Gives its place back. */
  release(): void;
}

/** One add. */
export interface Adding<T> {
  /** What is the same thing. */
  readonly key: string;
  /** Finds a place for it, at once. @throws {Trouble} if there is none */
  make(): Making<T> | Promise<Making<T>>;
  /**
   * It is there already: answers what the caller is told, and what has to be done for that.
   *
   * @throws {Trouble} if that is not what was asked for
   */
  again(info: T): { readonly info: T; readonly steps?: readonly Step[] };
}

interface Entry<T> {
  info: T;
  references: number;
  readonly steps: Steps;
  release(): void;
}

/** An attachment, and how many adds of it were not removed. */
export interface Attached<T> {
  /** What it is. */
  readonly info: T;
  /** The count. */
  readonly references: number;
}

/** The attachments of one kind. */
export class Attachments<T> {
  readonly #link: Link;
  readonly #entries = new Map<string, Entry<T>>();

  /** None yet. */
  constructor(link: Link) {
    this.#link = link;
  }

  /** What is attached, sorted. @throws {DriverError} if the handle was closed */
  list(operation: string): Attached<T>[] {
    attemptNow({ operation, subject: `uvm:${this.#link.id}` }, () => this.#link.life.assertOpen());
    return [...this.#entries]
      .filter(([, { references }]) => references > 0)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, { info, references }]) => ({ info, references }));
  }

  /** One of them. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.references > 0 ? entry.info : undefined;
  }

  /** Attaches something, or counts one more reference to it. @throws {DriverError} */
  async add(
    about: About,
    check: () => void,
    adding: () => Adding<T>,
  ): Promise<Attached<T>> {
    const { signal } = about;
    return await attempt(about, async () => {
      check();
      this.#link.life.assertRunning();
      const { key, make, again } = adding();
      return await this.#link.inTurn(async () => {
        this.#link.life.assertRunning();
        const entry = this.#entries.get(key);
        const known = entry && entry.references > 0 ? again(entry.info) : undefined;
        if (entry?.steps.isWhole && known) {
          await entry.steps.extend(known.steps ?? [], { signal });
          entry.info = known.info;
          entry.references++;
          return { info: entry.info, references: entry.references };
        }
        // What a failure has left is in the way.
        if (entry) await this.#detach(key, entry, { signal });
        return await this.#attach(key, await make(), (entry?.references ?? 0) + 1, about);
      }, { signal });
    });
  }

  async #attach(
    key: string,
    { info, steps, release }: Making<T>,
    references: number,
    about: About,
  ): Promise<Attached<T>> {
    const entry: Entry<T> = { info, references: 0, steps: new Steps(), release };
    try {
      await entry.steps.forth(steps, about);
    } catch (error) {
      const described = driverError(error, about);
      try {
        await entry.steps.back();
      } catch {
        // Its place stays taken, until somebody removes it or adds it again.
        this.#entries.set(key, entry);
        const leftovers = entry.steps.left;
        throw new DriverError({ ...described.toJSON(), leftovers, cause: error });
      }
      release();
      throw described;
    }
    entry.references = references;
    this.#entries.set(key, entry);
    return { info, references };
  }

  /** Gives one reference back; with the last one it is detached. @throws {DriverError} */
  async remove(about: About, check: () => void, key: () => string): Promise<void> {
    const { signal } = about;
    await attempt(about, async () => {
      check();
      this.#link.life.assertRunning();
      const name = key();
      await this.#link.inTurn(async () => {
        this.#link.life.assertRunning();
        const entry = this.#entries.get(name);
        if (!entry) throw trouble("not-attached", "It is not attached");
        if (entry.references > 1) entry.references--;
        else await this.#detach(name, entry, { signal });
      }, { signal });
    });
  }

  async #detach(key: string, entry: Entry<T>, options: Options): Promise<void> {
    await entry.steps.back(options);
    this.#entries.delete(key);
    entry.release();
  }
}

/** Places with numbers; the lowest free one is given away first. */
export class Places {
  readonly #taken = new Set<number>();
  readonly #count: number;

  /** Some may be taken from the start. */
  constructor(count: number, taken: readonly number[] = []) {
    this.#count = count;
    for (const place of taken) this.#taken.add(place);
  }

  /** Takes the lowest free one. @throws {Trouble} `no-available-location` */
  take(what: string): number {
    for (let place = 0; place < this.#count; place++) {
      if (this.#taken.has(place)) continue;
      this.#taken.add(place);
      return place;
    }
    throw trouble("no-available-location", `All ${this.#count} places for ${what} are taken`);
  }

  /** Gives one back. */
  free(place: number): void {
    this.#taken.delete(place);
  }
}

/** Takes a path in the guest for a mount; answers how to give it back. @throws {Trouble} `conflict` */
export function takeMount(link: Link, guestPath: string | undefined): () => void {
  if (guestPath === undefined) return () => {};
  const key = link.os === "windows" ? guestPath.toLowerCase() : guestPath;
  if (link.mounts.has(key)) {
    throw trouble("conflict", `Something is mounted at "${guestPath}" already`);
  }
  link.mounts.add(key);
  return () => void link.mounts.delete(key);
}
