/**
 * The handle of a machine.
 *
 * @module
 */

import { isImplemented, recipeOf } from "../backend/guest_commands.ts";
import {
  type CallOptions,
  type Change,
  type CommandResult,
  type Commands,
  type Console,
  decide,
  DriverError,
  type Machine,
  type MachineId,
  type MachineRef,
  type MachineStatus,
  machineSubject,
  OPERATION_NAMES,
  type PowerOperation,
  type PredefinedCommand,
  type Saving,
  sshAddressAt,
  type Suspension,
  type WaitResult,
  type WaitTarget,
} from "../contract/mod.ts";
import { addressOf, ALL_SOURCES } from "./addresses.ts";
import type { DomainRef } from "./backend.ts";
import { look } from "./domains.ts";
import { type About, attempt, isRefused } from "./errors.ts";
import { guestClient } from "./guest.ts";
import { Flags } from "./rpc/constants.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import type { Seen } from "./state.ts";
import { waitForTarget } from "./wait.ts";

const { INTERNAL_ERROR, OPERATION_INVALID } = ErrorNumber;

/** A host that is short of memory or disk takes long to start a machine. */
const START_MS = 120_000;
/** libvirt asks QEMU to leave, waits, kills it and waits again: ten seconds if QEMU hangs. */
const DESTROY_MS = 30_000;
/** All of the machine's memory goes to disk. */
const SAVE_MS = 10 * 60_000;

/** What changes a machine's power, given what it is doing. */
type Action = (before: Seen, options: CallOptions) => Promise<unknown>;

/** A machine by its domain's UUID: one that is made again under the same name is another one. */
export class LibvirtMachine implements Machine {
  readonly id: MachineId;
  readonly cluster: string;
  readonly name: string;
  readonly suspension: Suspension;
  readonly saving: Saving;
  readonly commands: Commands;
  readonly console: Console;
  readonly #session: Session;
  readonly #domain: DomainRef;

  /** Makes a handle; asks nobody. */
  constructor(session: Session, domain: DomainRef, ref: MachineRef) {
    this.#session = session;
    this.#domain = domain;
    this.id = domain.uuid as MachineId;
    this.cluster = ref.cluster;
    this.name = ref.name;
    this.suspension = {
      pause: (options) =>
        this.#change("pause", options, (_, it) => session.call("domainSuspend", { domain }, it)),
      resume: (options) =>
        this.#change("resume", options, (_, it) => session.call("domainResume", { domain }, it)),
    };
    this.saving = { save: (options) => this.#change("save", options, (_, it) => this.#save(it)) };
    this.commands = {
      implements: isImplemented,
      execute: (command, params, options) => this.#execute(command, params, options),
    };
    this.console = { text: (options) => this.#consoleText(options) };
  }

  async status({ signal }: CallOptions = {}): Promise<MachineStatus> {
    const about = this.#about("machine.status", signal);
    const seen = await attempt(about, () => look(this.#session, this.#domain, { signal }));
    if (seen.state !== "error") return { ...seen };
    const error = new DriverError({
      ...about,
      code: "internal",
      message: `Machine "${this.cluster}/${this.name}" is in trouble: libvirt says "${seen.raw}"`,
    });
    return { ...seen, error: error.toJSON() };
  }

  start(options?: CallOptions): Promise<Change> {
    return this.#change("start", options, (before, it) => this.#start(before, it));
  }

  stop(options?: CallOptions): Promise<Change> {
    // The agent would be asked first otherwise, and one that hangs blocks the call for five seconds.
    const flags = Flags.domainShutdown.ACPI;
    const domain = this.#domain;
    return this.#change(
      "stop",
      options,
      (_, it) => this.#session.call("domainShutdownFlags", { domain, flags }, it),
    );
  }

  forceStop(options?: CallOptions): Promise<Change> {
    return this.#change("forceStop", options, (before, it) => {
      const params = { domain: this.#domain, flags: 0 };
      return before.state === "saved"
        ? this.#session.call("domainManagedSaveRemove", params, it)
        : this.#session.call("domainDestroyFlags", params, { ...it, timeoutMs: DESTROY_MS });
    });
  }

  async wait(
    target: WaitTarget,
    options: CallOptions & { timeoutMs: number },
  ): Promise<WaitResult> {
    const about = this.#about("machine.wait", options.signal);
    return await waitForTarget(this.#session, this.#domain, target, { ...options, about });
  }

  async address({ signal }: CallOptions = {}): Promise<string | undefined> {
    return await attempt(this.#about("machine.address", signal), () => this.#address({ signal }));
  }

  async sshAddress({ signal }: CallOptions = {}): Promise<string | undefined> {
    const about = this.#about("machine.sshAddress", signal);
    const address = await attempt(about, () => this.#address({ signal }));
    return address === undefined ? undefined : sshAddressAt(address);
  }

  async #address(options: CallOptions): Promise<string | undefined> {
    const { state } = await look(this.#session, this.#domain, options);
    if (state !== "running") return undefined;
    return await addressOf(this.#session, this.#domain, { ...options, sources: ALL_SOURCES });
  }

  async #start(before: Seen, options: CallOptions): Promise<void> {
    const domain = this.#domain;
    if (before.state === "paused" || before.state === "error") {
      await this.#session.call("domainResume", { domain }, options);
      return;
    }
    try {
      const limits = { ...options, timeoutMs: START_MS };
      await this.#session.call("domainCreateWithFlags", { domain, flags: 0 }, limits);
    } catch (error) {
      if (isRefused(error, INTERNAL_ERROR)) await this.#refuseTooLarge(options, error);
      throw error;
    }
    // What the guest prints is worth having, but the machine runs without it as well.
    await this.#session.consoles.open(domain, options);
  }

  /** QEMU's complaint about memory has no code of its own, so the sizes have to tell. */
  async #refuseTooLarge(options: CallOptions, cause: unknown): Promise<void> {
    const { memory } = await this.#session.call("nodeGetInfo", {}, options);
    const { maxMemory } = await this.#session
      .call("domainGetInfo", { domain: this.#domain }, options);
    if (maxMemory <= memory) return;
    throw new DriverError({
      ...this.#about("machine.start"),
      code: "resource-exhausted",
      message: `Cannot start machine "${this.cluster}/${this.name}": it has ${maxMemory} KiB of ` +
        `memory, and the host ${memory} KiB`,
      cause,
    });
  }

  async #save(options: CallOptions): Promise<void> {
    const params = { domain: this.#domain, flags: 0 };
    await this.#session.call("domainManagedSave", params, { ...options, timeoutMs: SAVE_MS });
  }

  /** Asks the power table, acts, and tells what came of it. */
  async #change(
    operation: PowerOperation,
    { signal }: CallOptions = {},
    action: Action,
  ): Promise<Change> {
    const about = this.#about(OPERATION_NAMES[operation], signal);
    const key = `machine:${this.#domain.name}`;
    const look = (): Promise<Seen> => this.#look({ signal });
    return await attempt(about, () =>
      this.#session.locks.run(key, async () => {
        const before = await look();
        if (decide(before.state, operation, this) === "no-op") {
          return { changed: false, state: before.state };
        }
        try {
          await action(before, { signal });
        } catch (error) {
          // libvirt says "invalid" in many ways: somebody else was faster if the state has changed.
          if (!isRefused(error, OPERATION_INVALID, INTERNAL_ERROR)) throw error;
          const { state } = await look();
          if (state === before.state || decide(state, operation, this) === "do") throw error;
          return { changed: false, state };
        }
        return { changed: true, state: (await look()).state };
      }, { signal }));
  }

  #look(options: CallOptions): Promise<Seen> {
    return look(this.#session, this.#domain, options);
  }

  async #execute(
    command: PredefinedCommand,
    params: readonly string[],
    { signal }: CallOptions = {},
  ): Promise<CommandResult> {
    const about = this.#about("machine.execute", signal);
    const argv = await attempt(about, () => Promise.try(recipeOf, command, params));
    const { state } = await attempt(about, () => this.#look({ signal }));
    decide(state, "execute", this);
    const address = await attempt(about, () => this.#address({ signal }));
    const shown = `"${command}" in machine "${this.cluster}/${this.name}"`;
    if (address === undefined) {
      throw new DriverError({
        ...about,
        code: "unavailable",
        message: `Cannot run ${shown}: it has no address yet`,
      });
    }
    const result = await guestClient(this.#session).run(sshAddressAt(address), argv, { signal });
    if (result.exitCode === 0) return result;
    throw new DriverError({
      ...about,
      code: "internal",
      reason: "command-failed",
      message: `Cannot run ${shown}: it ended with ${result.exitCode}: ${result.stderr.trim()}`,
    });
  }

  async #consoleText({ signal }: CallOptions = {}): Promise<string> {
    return await attempt(this.#about("machine.console", signal), async () => {
      const { state } = await this.#look({ signal });
      const { consoles } = this.#session;
      const text = consoles.text(this.#domain);
      // A lost connection has ended the console; what is printed from now on is worth having.
      if (text !== undefined && state === "running") {
        await consoles.reopen(this.#domain, { signal });
      }
      return text ?? "";
    });
  }

  #about(operation: string, signal?: AbortSignal): About {
    return { operation, subject: machineSubject(this), signal };
  }
}
