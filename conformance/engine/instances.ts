/**
 * The instances of what is under test that one attempt opens.
 *
 * @module
 */

import type { ContractName, SubjectOf } from "../../drivers/contract/mod.ts";
import type { Rig } from "../rigs/rig.ts";
import type { Stage } from "./subject.ts";
import { type Tracker, withMembers } from "./tracker.ts";

/** Any instance, of whatever contract. */
type Instance = SubjectOf<ContractName>;

interface Entry {
  readonly owner: string;
  readonly instance: Instance;
  disposed: boolean;
}

/** The instances of one attempt, each tracked. */
export class Instances {
  readonly #init: { readonly stage: Stage; readonly rig: Rig; readonly tracker: Tracker };
  readonly #open: Entry[] = [];

  /** Opens nothing yet. */
  constructor(init: { stage: Stage; rig: Rig; tracker: Tracker }) {
    this.#init = init;
  }

  /** Opens a tracked instance. */
  async open(owner: string): Promise<Instance> {
    const { stage: { world, server }, rig, tracker } = this.#init;
    const raw = await world.open({ owner, imagesUrl: server.listUrl });
    const entry: Entry = {
      owner,
      disposed: false,
      instance: withMembers(rig.tracked(raw, owner, tracker), {
        async [Symbol.asyncDispose](): Promise<void> {
          entry.disposed = true;
          await raw[Symbol.asyncDispose]();
        },
      }),
    };
    this.#open.push(entry);
    return entry.instance;
  }

  /** An instance of that owner that is still open, or a new one. */
  async of(owner: string): Promise<Instance> {
    const found = this.#open.find((entry) => !entry.disposed && entry.owner === owner);
    return found?.instance ?? await this.open(owner);
  }

  /** Closes all. */
  async close(): Promise<void> {
    for (const { instance, disposed } of this.#open.toReversed()) {
      if (!disposed) await instance[Symbol.asyncDispose]();
    }
  }
}
