/**
 * Machines.
 *
 * @module
 */

import type { CallOptions, Changed } from "../call.ts";
import type { DriverErrorData } from "../errors.ts";
import type { MachineRef } from "../names.ts";
import type { PowerState } from "./power.ts";
import type { CommandResult } from "./ssh.ts";

/** The hypervisor's own identity of a machine; opaque, and the same for as long as it exists. */
export type MachineId = string & { readonly __brand: "MachineId" };

/** What a machine is made from. */
export interface MachineSpec extends MachineRef {
  /** The version of the image. */
  readonly image: string;
  /** Memory in MiB; the driver's default if absent. */
  readonly memoryMiB?: number;
  /** Virtual processors; the driver's default if absent. */
  readonly cpus?: number;
}

/** What a machine is doing now. */
export interface MachineStatus {
  /** Never `absent`: a machine that is gone is a `not-found`. */
  readonly state: PowerState;
  /** The hypervisor's own words for it. */
  readonly raw: string;
  /** What went wrong, where the state is `error`. */
  readonly error?: DriverErrorData;
}

/** What a power operation did. */
export interface Change extends Changed {
  /** The state right after the call; `stop` may still be on its way. */
  readonly state: PowerState;
}

/** What can be waited for: two states, an address, or an SSH server that answers. */
export type WaitTarget = "running" | "stopped" | "address" | "ssh";

/** How a wait ended. */
export interface WaitResult {
  /** `failed` means that the target cannot be reached any more, or that nobody can tell. */
  readonly verdict: "reached" | "timeout" | "failed";
  /** The state when the wait ended. */
  readonly state: PowerState;
  /** Why, for `failed`. */
  readonly error?: DriverErrorData;
}

/** Facet: the machine can be paused in memory. */
export interface Suspension {
  /** Pauses it in memory. @throws {DriverError} as the power table says */
  pause(options?: CallOptions): Promise<Change>;
  /** Lets it go on. @throws {DriverError} as the power table says */
  resume(options?: CallOptions): Promise<Change>;
}

/** Facet: the machine's memory can be saved to disk; `start` restores it. */
export interface Saving {
  /** Saves its memory and switches it off. @throws {DriverError} as the power table says */
  save(options?: CallOptions): Promise<Change>;
}

/** One TCP port of the host that leads to a port of the machine. */
export interface Forward {
  /** The host's port, on the loopback address. */
  readonly hostPort: number;
  /** The machine's port. */
  readonly machinePort: number;
}

/** Facet: TCP ports of the host can lead to the machine's. Allowed in every settled state. */
export interface Forwards {
  /**
   * Adds a rule; it outlives stop and start, and goes with the machine. A rule for port 22 is what
   * `sshAddress` answers with.
   *
   * @throws {DriverError} `already-exists` if the machine's port has a rule or the host's port is
   * taken; `invalid-argument` unless both are whole numbers from 1 to 65535
   */
  add(forward: Forward, options?: CallOptions): Promise<void>;
  /**
   * Removes the rule of a machine's port.
   *
   * @throws {DriverError} `not-found`
   */
  remove(machinePort: number, options?: CallOptions): Promise<void>;
  /** The rules, sorted by machine port. */
  list(options?: CallOptions): Promise<Forward[]>;
}

/** The commands that a driver may know how to run in a guest. */
export const PREDEFINED_COMMANDS = [
  "rename-machine",
  "restart-machine",
  "check-connectivity",
  "set-proxy",
  "set-no-proxy",
  "init-cluster",
  "join-cluster",
  "install-overlay-network",
] as const;

/** One of {@linkcode PREDEFINED_COMMANDS}. */
export type PredefinedCommand = typeof PREDEFINED_COMMANDS[number];

/** Facet: predefined commands run in the guest. */
export interface Commands {
  /** Whether this driver runs that command. */
  implements(command: PredefinedCommand): boolean;
  /**
   * Runs a command. `rename-machine` takes one parameter, the guest's new host name.
   *
   * @throws {DriverError} `unimplemented`; `invalid-argument` for wrong parameters;
   * `failed-precondition` unless the machine runs; `unavailable` if the guest does not answer;
   * `internal` with reason `command-failed` if the command fails in the guest
   */
  execute(
    command: PredefinedCommand,
    params: readonly string[],
    options?: CallOptions,
  ): Promise<CommandResult>;
}

/** Facet: the machine's serial console. */
export interface Console {
  /** What it printed since this driver started the machine, at most its last 64 KiB. */
  text(options?: CallOptions): Promise<string>;
}

/** The facets that a machine may have. */
export const MACHINE_FACETS = [
  "suspension",
  "saving",
  "forwards",
  "commands",
  "console",
] as const;

/** One of {@linkcode MACHINE_FACETS}. */
export type MachineFacet = typeof MACHINE_FACETS[number];

/** A machine. A handle: every answer is read from the hypervisor when it is asked for. */
export interface Machine {
  /** The hypervisor's identity of it. */
  readonly id: MachineId;
  /** The cluster it belongs to. */
  readonly cluster: string;
  /** Its name, exactly as it was given. */
  readonly name: string;
  /** What it is doing now. @throws {DriverError} `not-found` if it is gone, never because nobody can tell */
  status(options?: CallOptions): Promise<MachineStatus>;
  /** Starts, resumes or restores it. @throws {DriverError} as the power table says */
  start(options?: CallOptions): Promise<Change>;
  /** Asks the guest to shut down. @throws {DriverError} as the power table says */
  stop(options?: CallOptions): Promise<Change>;
  /** Cuts the power; it is stopped on return. @throws {DriverError} as the power table says */
  forceStop(options?: CallOptions): Promise<Change>;
  /**
   * Waits for a target.
   *
   * @throws {DriverError} `not-found` if there is no such machine, `canceled` on abort,
   * `invalid-argument` for a timeout that is no number of milliseconds from 0
   */
  wait(target: WaitTarget, options: CallOptions & { timeoutMs: number }): Promise<WaitResult>;
  /** The guest's IP address, IPv4 before IPv6; undefined unless it runs and has told one. */
  address(options?: CallOptions): Promise<string | undefined>;
  /** Where to SSH to, `host:port`; undefined when unknown. */
  sshAddress(options?: CallOptions): Promise<string | undefined>;
  /** Facet: pause and resume. */
  readonly suspension?: Suspension;
  /** Facet: save. */
  readonly saving?: Saving;
  /** Facet: port forwards. */
  readonly forwards?: Forwards;
  /** Facet: predefined commands. */
  readonly commands?: Commands;
  /** Facet: the serial console. */
  readonly console?: Console;
}

/** The machines of a driver. */
export interface Machines {
  /**
   * Makes a machine, stopped, from a downloaded image. On failure nothing of it is left, or the
   * error's `leftovers` says what.
   *
   * @throws {DriverError} `already-exists`, also for a foreign one of that qualified name;
   * `not-found` for an unknown version; `failed-precondition` with reason `image-not-downloaded` or
   * `image-deprecated`; `failed-precondition` with reason `network-missing` if the driver makes
   * networks and the cluster has none; `invalid-argument`
   */
  create(spec: MachineSpec, options?: CallOptions): Promise<Machine>;
  /**
   * A machine by its name.
   *
   * @throws {DriverError} `not-found`; `failed-precondition` with reason `foreign` or `ambiguous` if
   * the name belongs to a machine of somebody else, or to more than one
   */
  get(ref: MachineRef, options?: CallOptions): Promise<Machine>;
  /** The machines of this owner, in any order. */
  list(options?: CallOptions & { cluster?: string }): Promise<Machine[]>;
  /**
   * Removes a machine with all that belongs to it; finishes what a failed delete began.
   *
   * @throws {DriverError} as {@linkcode get}; `failed-precondition` unless it is off or `force` is set
   */
  delete(ref: MachineRef, options?: CallOptions & { force?: boolean }): Promise<void>;
}
