/**
 * The utility VMs of one owner.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { undoing } from "../backend/undo.ts";
import {
  assertName,
  type CallOptions,
  type UtilityVm,
  type UtilityVmOptions,
  type UtilityVms,
  type UtilityVmSummary,
} from "../contract/mod.ts";
import { createSystem, endLost } from "./create.ts";
import { FACETS } from "./documents.ts";
import { type About, attempt, driverError, trouble } from "./errors.ts";
import type { HcsEvent } from "./backend.ts";
import { Life } from "./life.ts";
import { assertId, checkOptions, planOf } from "./options.ts";
import { type HcsContext, Session } from "./session.ts";
import { readSettings } from "./settings.ts";
import { stateOf } from "./state.ts";
import { HcsUtilityVm } from "./utility_vm.ts";

/** The driver's name. */
export const NAME = "hcs";
/** What it is, in one line. */
export const DESCRIPTION =
  "Utility VMs of the Windows Host Compute Service, without Go or PowerShell";

/** What it needs of its context. */
export type UtilityVmsContext = Pick<HcsContext, "owner" | "clock" | "backend" | "settings">;

/** How the owner is written. */
const OWNER_RULE = {
  maxLength: 63,
  description: "lower-case letters, digits and hyphens; first and last a letter or digit",
} as const;

/**
 * Makes the instance. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` for an owner that is no label, or a setting that is unknown
 */
export function createUtilityVms(context: UtilityVmsContext): UtilityVms {
  const { owner } = context;
  assertName(owner, { operation: "utilityVms.open", subject: `driver:${NAME}`, rule: OWNER_RULE });
  readSettings(context.settings);
  return new HcsUtilityVms(new Session(context));
}

/** See {@linkcode UtilityVms}. */
class HcsUtilityVms implements UtilityVms {
  readonly name = NAME;
  readonly description = DESCRIPTION;
  readonly owner: string;
  readonly guests = FACETS;
  readonly #session: Session;
  readonly #open = new Set<HcsUtilityVm>();

  constructor(session: Session) {
    this.#session = session;
    this.owner = session.owner;
  }

  async create(options: UtilityVmOptions, { signal }: CallOptions = {}): Promise<UtilityVm> {
    const about = aboutVm("create", options?.id ?? "", signal);
    return await attempt(about, async () => {
      checkOptions(options);
      // Read once: the caller may change them as soon as this waits.
      const own = options.os === "windows"
        ? { ...options, layerFolders: [...options.layerFolders] }
        : { ...options };
      const host = await this.#session.host({ signal });
      const plan = planOf(own, host);
      const id = plan.id ?? crypto.randomUUID();
      return await this.#session.locks.run(`create ${id}`, async () => {
        return await this.#create({ plan, host, id }, about);
      }, { signal });
    });
  }

  async #create(
    wanted: Parameters<typeof createSystem>[1],
    about: About,
  ): Promise<UtilityVm> {
    const { plan: { os }, id } = wanted;
    const { signal } = about;
    // What happens to it before its handle is known is kept for it.
    const early: (HcsEvent | undefined)[] = [];
    let life: Life | undefined;
    const unlisten = this.#session.listen((event) => {
      if (life) life.on(event);
      else if (event === undefined || event.system === id) early.push(event);
    });
    try {
      const made = await undoing(
        (undo) => createSystem(this.#session, wanted, undo, { signal }),
        (error) => driverError(error, about),
      );
      life = new Life(this.#session, made.ref);
      for (const event of early) life.on(event);
      const onReleased = (): void => {
        unlisten();
        this.#open.delete(vm);
      };
      const vm = new HcsUtilityVm(this.#session, { os, made, life, onReleased });
      this.#open.add(vm);
      return vm;
    } catch (error) {
      unlisten();
      throw error;
    }
  }

  async list({ signal }: CallOptions = {}): Promise<readonly UtilityVmSummary[]> {
    const about = { operation: "utilityVms.list", subject: `driver:${NAME}`, signal } as const;
    return await attempt(about, async () => {
      const query = { Owners: [this.owner] };
      const found = await this.#session.call("systems.enumerate", { query }, { signal });
      return found
        .filter(({ Owner }) => Owner === this.owner)
        .map(({ Id: id, State }) => ({ id, state: stateOf(State) }))
        .sort((a, b) => a.id < b.id ? -1 : 1);
    });
  }

  async terminate(id: string, { signal }: CallOptions = {}): Promise<void> {
    await attempt(aboutVm("terminate", id, signal), async () => {
      if (id === "") throw trouble("no-utility-vm", "The call names no utility VM");
      assertId(id);
      if (await endLost(this.#session, id, { withStrays: false })) return;
      throw new Trouble("not-found", `The owner "${this.owner}" has no such utility VM`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closes = [...this.#open].map((vm) => vm.close());
    this.#open.clear();
    const results = await Promise.allSettled(closes);
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}

function aboutVm(operation: string, id: string, signal: AbortSignal | undefined): About {
  return { operation: `utilityVms.${operation}`, subject: `uvm:${id}`, signal };
}
