/**
 * The handle of a machine. It keeps nothing but the machine's identity.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import { isImplemented, recipeOf } from "../backend/guest_commands.ts";
import {
  type CallOptions,
  type Change,
  type CommandResult,
  type Commands,
  decide,
  type Machine,
  type MachineFacet,
  type MachineId,
  type MachineStatus,
  machineSubject,
  OPERATION_NAMES,
  type PowerOperation,
  type PowerState,
  type PredefinedCommand,
  sshAddressAt,
  type Suspension,
  type WaitResult,
  type WaitTarget,
} from "../contract/mod.ts";
import type { MachineOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { attempt, isUnsure } from "./errors.ts";
import { guestClient } from "./guest.ts";
import { guestAddress } from "./machine_addresses.ts";
import { cutPower, switchTo } from "./machine_power.ts";
import {
  findMachine,
  type Identity,
  readMachine,
  settled,
  troubleData,
  troubleOf,
} from "./machine_seen.ts";
import { OFF, ON, seenState } from "./machine_state.ts";
import { isRefusal } from "./status.ts";
import { waitForTarget } from "./wait.ts";

/** The facets that every machine has. */
export const FACETS: readonly MachineFacet[] = ["suspension", "commands"];

/** How often a power operation is tried again when somebody else was faster. */
const MOST_TRIES = 4;

type PowerMethod = Extract<PowerOperation, "start" | "stop" | "forceStop" | "pause" | "resume">;

/** When an operation is done, besides its first step. `stop` is done with that. */
const SETTLED: Readonly<Record<PowerMethod, readonly PowerState[]>> = {
  start: ["running", "error", "stopped"],
  stop: [],
  forceStop: ["stopped"],
  pause: ["paused", "stopping", "stopped"],
  resume: ["running", "stopping", "stopped"],
};

/** What a first step came to, with the machine as the cluster answered it. */
type Begun = Change & { readonly answer?: MachineOutline };

/** See {@linkcode Machine}. */
export class KubevirtMachine implements Machine {
  readonly id: MachineId;
  readonly cluster: string;
  readonly name: string;
  readonly suspension: Suspension;
  readonly commands: Commands;
  readonly #session: DriverSession;
  readonly #identity: Identity;

  /** Makes a handle; asks nobody. */
  constructor(session: DriverSession, identity: Identity) {
    this.#session = session;
    this.#identity = identity;
    this.id = identity.uid as MachineId;
    this.cluster = identity.ref.cluster;
    this.name = identity.ref.name;
    this.suspension = {
      pause: (options) => this.#change("pause", options),
      resume: (options) => this.#change("resume", options),
    };
    this.commands = {
      implements: isImplemented,
      execute: (command, params, options) => this.#execute(command, params, options),
    };
  }

  async status({ signal }: CallOptions = {}): Promise<MachineStatus> {
    const about = this.#about("machine.status", signal);
    return await attempt(about, async () => {
      const vm = await this.#read("get", { signal });
      const { state, raw } = seenState(vm);
      return state === "error" ? { state, raw, error: troubleData(vm, about) } : { state, raw };
    });
  }

  start(options?: CallOptions): Promise<Change> {
    return this.#change("start", options);
  }

  stop(options?: CallOptions): Promise<Change> {
    return this.#change("stop", options);
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
    return await attempt(this.#about("machine.address", signal), () => this.#address({ signal }));
  }

  async sshAddress({ signal }: CallOptions = {}): Promise<string | undefined> {
    const about = this.#about("machine.sshAddress", signal);
    const address = await attempt(about, () => this.#address({ signal }));
    return address === undefined ? undefined : sshAddressAt(address);
  }

  #read(operation: PowerOperation, options: Options): Promise<MachineOutline> {
    return readMachine(this.#session, this.#identity, operation, options);
  }

  async #address(options: Options): Promise<string | undefined> {
    const vm = await this.#read("get", options);
    if (seenState(vm).state !== "running") return undefined;
    return await guestAddress(this.#session, vm.metadata.name ?? "", options);
  }

  /** Takes the first step, which must not overlap with others, and waits for what comes of it. */
  async #change(operation: PowerMethod, { signal }: CallOptions = {}): Promise<Change> {
    const about = this.#about(OPERATION_NAMES[operation], signal);
    const { locks } = this.#session;
    const key = `machine:${this.#session.nameOf(this)}`;
    return await attempt(about, async () => {
      const begin = () => this.#begin(operation, { signal });
      const { answer, ...begun } = await locks.run(key, begin, { signal });
      if (!begun.changed || operation === "stop") return begun;
      const isSettled = (state: PowerState): boolean => SETTLED[operation].includes(state);
      // What is left of an instance without power takes a while to go.
      const isSlow = operation === "forceStop";
      const settling = { operation, isSettled, isSlow, ...(answer && { answer }) };
      const vm = await settled(this.#session, this.#identity, settling, { signal });
      const { state } = seenState(vm);
      if (state === "error") throw troubleOf(vm);
      return { changed: true, state };
    });
  }

  /** Asks the power table and acts; again if somebody else was faster. */
  async #begin(operation: PowerMethod, options: Options): Promise<Begun> {
    for (let tries = 1;; tries++) {
      const vm = await this.#read(operation, options);
      const { state: from } = seenState(vm);
      if (decide(from, operation, this) === "no-op") return { changed: false, state: from };
      try {
        const answer = await this.#act(operation, vm, from, options);
        return answer
          ? { changed: true, state: seenState(answer).state, answer }
          : { changed: true, state: from };
      } catch (error) {
        if (options.signal?.aborted) throw error;
        const now = await this.#stateAfter(error, options);
        if (now !== from && isUnsure(error)) return { changed: true, state: now };
        // What is to be done depends on what somebody else did meanwhile.
        const isLate = isRefusal(error, 409) || isRefusal(error, 422);
        if (!isLate || tries === MOST_TRIES || now === from && tries > 1) throw error;
      }
    }
  }

  /** The state after an error; that error itself if nobody can tell. */
  async #stateAfter(error: unknown, options: Options): Promise<PowerState> {
    try {
      const vm = await findMachine(this.#session, this.#identity, options);
      return vm ? seenState(vm).state : "absent";
    } catch {
      throw error;
    }
  }

  /** Answers the machine as it was changed, if the cluster does. */
  async #act(
    operation: PowerMethod,
    vm: MachineOutline,
    from: PowerState,
    options: Options,
  ): Promise<MachineOutline | void> {
    switch (operation) {
      case "start":
        return from === "paused"
          ? await this.#invoke("unpause", options)
          : await this.#switchOn(vm, from, options);
      case "stop":
        return await switchTo(this.#session, vm, OFF, options);
      case "forceStop":
        return await cutPower(this.#session, vm, options);
      case "pause":
        return await this.#invoke("pause", options);
      case "resume":
        return await this.#invoke("unpause", options);
    }
  }

  async #invoke(verb: string, options: Options): Promise<void> {
    const objects = await this.#session.objects(options);
    const name = this.#session.nameOf(this);
    await objects.invoke("virtualmachineinstances", name, verb, undefined, options);
  }

  /** An instance that has ended, or cannot run, goes first: there is but one for a machine. */
  async #switchOn(
    vm: MachineOutline,
    from: PowerState,
    options: Options,
  ): Promise<MachineOutline> {
    if (vm.spec.runStrategy === OFF) return await switchTo(this.#session, vm, ON, options);
    if (from === "error") await cutPower(this.#session, vm, options);
    else await switchTo(this.#session, vm, OFF, options);
    const isSettled = (state: PowerState): boolean => state === "stopped";
    const settling = { operation: "start", isSettled } as const;
    const now = await settled(this.#session, this.#identity, settling, options);
    return await switchTo(this.#session, now, ON, options);
  }

  async #execute(
    command: PredefinedCommand,
    params: readonly string[],
    { signal }: CallOptions = {},
  ): Promise<CommandResult> {
    const about = this.#about(OPERATION_NAMES.execute, signal);
    return await attempt(about, async () => {
      const argv = recipeOf(command, params);
      const vm = await this.#read("execute", { signal });
      decide(seenState(vm).state, "execute", this);
      const address = await guestAddress(this.#session, vm.metadata.name ?? "", { signal });
      if (address === undefined) {
        throw new Trouble("unavailable", "the guest has no address yet", "guest-silent");
      }
      const result = await guestClient(this.#session).run(sshAddressAt(address), argv, { signal });
      if (result.exitCode === 0) return result;
      const why = `"${command}" ended with ${result.exitCode}: ${result.stderr.trim()}`;
      throw new Trouble("internal", why, "command-failed");
    });
  }

  #about(operation: string, signal?: AbortSignal): About {
    return { operation, subject: machineSubject(this), signal };
  }
}
