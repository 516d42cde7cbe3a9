/**
 * What the suite may do behind a task driver's back.
 *
 * @module
 */

import type { HostBase } from "../world.ts";

/**
 * The host of a task driver. Machines are named by the hypervisor's names, which tasks tell in their
 * attribute `machine`. Each optional member is a facet of the subject.
 */
export interface TaskHost extends HostBase {
  /** Everything on the host that a driver can leave behind: machines, disks, networks, rules; sorted. */
  inventory(): Promise<string[]>;
  /** Ends the process that runs a machine, as the host's `kill -9` does. */
  killProcess?(machine: string): Promise<void>;
  /** Ends it as the host does when it has no memory left. */
  killForMemory?(machine: string): Promise<void>;
  /** Switches a machine off from inside its guest. */
  turnOff?(machine: string): Promise<void>;
  /** Restarts a guest from inside. */
  restartGuest?(machine: string): Promise<void>;
  /** Removes a machine's registration; its disks may stay. */
  vanish?(machine: string): Promise<void>;
  /** Pauses a machine. */
  pause?(machine: string): Promise<void>;
  /** Lets it go on. */
  resume?(machine: string): Promise<void>;
  /** How much memory a machine has, in MiB, and how many processors. */
  size?(machine: string): Promise<{ readonly memoryMiB: number; readonly cpus: number }>;
  /** The virtual size of a machine's first disk in bytes. */
  diskBytes?(machine: string): Promise<number>;
  /**
   * Runs a program in a guest, as its administrator, by a way of the host's own: waits until the guest is
   * up, and answers what the program printed.
   *
   * @throws {Error} if the guest does not come up, or the program fails
   */
  run?(machine: string, argv: readonly string[]): Promise<string>;
  /**
   * Whether a guest's SSH server, on which the suite's guest lets the suite in, answers on a TCP port of the
   * host's loopback address. Does not wait for a guest to come up.
   */
  answers?(port: number): Promise<boolean>;
  /** Restarts the hypervisor's daemon; machines live on. */
  restartDaemon?(): Promise<void>;
  /** Why a control that is absent makes no sense for this hypervisor. */
  readonly inapplicable?: Readonly<Partial<Record<TaskHostControl, string>>>;
}

/** The names of the optional controls. */
export type TaskHostControl = Exclude<keyof TaskHost & string, "inventory" | "inapplicable">;
