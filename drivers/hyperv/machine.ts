/**
 * The handle of a machine. It keeps nothing but the machine's identity.
 *
 * @module
 */

import {
  type CallOptions,
  type Change,
  type CommandResult,
  type Commands,
  decide,
  isDriverError,
  type Machine,
  type MachineFacet,
  type MachineId,
  type MachineStatus,
  machineSubject,
  OPERATION_NAMES,
  POWER_TABLE,
  type PowerOperation,
  type PowerState,
  type PredefinedCommand,
  type Saving,
  sshAddressAt,
  type Suspension,
  type WaitResult,
  type WaitTarget,
} from "../contract/mod.ts";
import { isImplemented, recipeOf } from "../backend/guest_commands.ts";
import { addressOf } from "./addresses.ts";
import type { Seen, VmRecord } from "./backend.ts";
import { type About, attempt, isGuestsNo, isRefused, isUnsure, refuse } from "./errors.ts";
import { guestClient } from "./guest.ts";
import type { HostSession, Options } from "./host_session.ts";
import { type Identity, powerOf, readAdapters, readVm, trouble } from "./seen.ts";
import { stateOf } from "./state.ts";
import { waitForTarget } from "./wait.ts";

/** The facets that every machine has. */
export const FACETS: readonly MachineFacet[] = ["suspension", "saving", "commands"];

/** A host that is short of memory takes long to start a machine; a guest takes long to shut down. */
const POWER_MS = 120_000;
/** All of the machine's memory goes to disk. */
const SAVE_MS = 10 * 60_000;
/** How often a power operation is tried again when somebody else was faster. */
const MOST_TRIES = 4;

type PowerMethod = Extract<
  PowerOperation,
  "start" | "stop" | "forceStop" | "pause" | "resume" | "save"
>;

/** See {@linkcode Machine}. */
export class HypervMachine implements Machine {
  readonly id: MachineId;
  readonly cluster: string;
  readonly name: string;
  readonly suspension: Suspension;
  readonly saving: Saving;
  readonly commands: Commands;
  readonly #session: HostSession;
  readonly #identity: Identity;

  /** Makes a handle; asks nobody. */
  constructor(session: HostSession, identity: Identity) {
    this.#session = session;
    this.#identity = identity;
    this.id = identity.id as MachineId;
    this.cluster = identity.ref.cluster;
    this.name = identity.ref.name;
    this.suspension = {
      pause: (options) => this.#change("pause", options),
      resume: (options) => this.#change("resume", options),
    };
    this.saving = { save: (options) => this.#change("save", options) };
    this.commands = {
      implements: isImplemented,
      execute: (command, params, options) => this.#execute(command, params, options),
    };
  }

  async status({ signal }: CallOptions = {}): Promise<MachineStatus> {
    const about = this.#about("machine.status", signal);
    return await attempt(about, async () => {
      const vm = await this.#read("get", { signal });
      const state = powerOf(vm);
      const status = { state, raw: vm.state };
      return state === "error" ? { ...status, error: trouble(vm, about) } : status;
    });
  }

  start(options?: CallOptions): Promise<Change> {
    return this.#change("start", options);
  }

  /** Not behind the lock: it takes as long as the guest does, and nobody should have to wait for that. */
  async stop({ signal }: CallOptions = {}): Promise<Change> {
    const about = this.#about("machine.stop", signal);
    return await attempt(about, () => this.#changeNow("stop", { signal }));
  }

  forceStop(options?: CallOptions): Promise<Change> {
    return this.#change("forceStop", options);
  }

  async wait(
    target: WaitTarget,
    options: CallOptions & { timeoutMs: number },
  ): Promise<WaitResult> {
    const about = this.#about("machine.wait", options.signal);
    return await waitForTarget(this.#session, this.#identity, target, { ...options, about });
  }

  async address({ signal }: CallOptions = {}): Promise<string | undefined> {
    return await attempt(
      this.#about("machine.address", signal),
      () => this.#address("get", { signal }),
    );
  }

  async sshAddress({ signal }: CallOptions = {}): Promise<string | undefined> {
    const about = this.#about("machine.sshAddress", signal);
    const address = await attempt(about, () => this.#address("get", { signal }));
    return address === undefined ? undefined : sshAddressAt(address);
  }

  #read(operation: PowerOperation, options: Options): Promise<VmRecord> {
    return readVm(this.#session, this.#identity, operation, options);
  }

  /** The address of a machine that runs; refused in states in which the operation is not allowed. */
  async #address(operation: "get" | "execute", options: Options): Promise<string | undefined> {
    const { vm, adapters } = await readAdapters(this.#session, this.#identity, operation, options);
    const state = powerOf(vm);
    decide(state, operation, this);
    return state === "running" ? addressOf(adapters) : undefined;
  }

  async #change(operation: PowerMethod, { signal }: CallOptions = {}): Promise<Change> {
    const about = this.#about(OPERATION_NAMES[operation], signal);
    const key = `machine:${this.#session.nameOf(this)}`;
    const { locks } = this.#session;
    return await attempt(
      about,
      () => locks.run(key, () => this.#changeNow(operation, { signal }), { signal }),
    );
  }

  /** Asks the power table, acts, and tells what came of it. */
  async #changeNow(operation: PowerMethod, options: Options): Promise<Change> {
    for (let tries = 1;; tries++) {
      const before = await this.#read(operation, options);
      const from = powerOf(before);
      if (decide(from, operation, this) === "no-op") return { changed: false, state: from };
      try {
        const { vm } = await this.#act(operation, before, options);
        return { changed: true, state: powerOf(vm) };
      } catch (error) {
        if (options.signal?.aborted) throw error;
        const now = await this.#stateAfter(error, operation, options);
        if (isUnsure(error) && now !== from && isOnTheWay(from, operation, now)) {
          return { changed: true, state: now };
        }
        // A guest that does not hear the question, or says no, goes on: the power is never cut.
        const isDeaf = operation === "stop" && now === "running" && isGuestsNo(error);
        if (isDeaf) return { changed: false, state: now };
        // Somebody else was faster: what is to be done depends on what they did.
        if (!isRefused(error) || now === from || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** The state after an error; that error itself if nobody can tell. */
  async #stateAfter(
    error: unknown,
    operation: PowerMethod,
    options: Options,
  ): Promise<PowerState> {
    try {
      return powerOf(await this.#read(operation, options));
    } catch (later) {
      throw isDriverError(later) && later.code === "not-found" ? later : error;
    }
  }

  #act(operation: PowerMethod, { state }: VmRecord, options: Options): Promise<Seen> {
    const params = { Id: this.id };
    const limits = { ...options, timeoutMs: POWER_MS };
    const { signal } = options;
    switch (operation) {
      case "start":
        return this.#session
          .call(state.startsWith("Paus") ? "Resume-VM" : "Start-VM", params, limits);
      case "stop":
        return this.#session.call("Stop-VM", params, limits);
      case "forceStop":
        return stateOf(state) === "saved"
          ? this.#session.call("Remove-VMSavedState", params, limits)
          : this.#session.call("Stop-VM", { ...params, TurnOff: true }, limits);
      case "pause":
        return this.#session.call("Suspend-VM", params, limits);
      case "resume":
        return this.#session.call("Resume-VM", params, limits);
      case "save":
        return this.#session.call("Save-VM", params, { signal, timeoutMs: SAVE_MS });
    }
  }

  async #execute(
    command: PredefinedCommand,
    params: readonly string[],
    { signal }: CallOptions = {},
  ): Promise<CommandResult> {
    const about = this.#about(OPERATION_NAMES.execute, signal);
    return await attempt(about, async () => {
      const argv = recipeOf(command, params);
      const address = await this.#address("execute", { signal });
      if (address === undefined) {
        throw refuse(about, "unavailable", "the guest has no address yet", "guest-silent");
      }
      const result = await guestClient(this.#session).run(sshAddressAt(address), argv, { signal });
      if (result.exitCode === 0) return result;
      const why = `"${command}" ended with ${result.exitCode}: ${result.stderr.trim()}`;
      throw refuse(about, "internal", why, "command-failed");
    });
  }

  #about(operation: string, signal?: AbortSignal): About {
    return { operation, subject: machineSubject(this), signal };
  }
}

/** Whether a state is what the operation leads to, or on the way there. */
function isOnTheWay(from: PowerState, operation: PowerMethod, state: PowerState): boolean {
  const outcome = POWER_TABLE[from][operation];
  return outcome.kind === "allowed" && outcome.to === state ||
    operation === "stop" && state === "stopping";
}
