/**
 * The network side of a task driver: what happens between the start of a virtual machine and the
 * removal of its last trace. The only link from the driver into the network.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import type { NetworkInterfaceConfig, TaskPort } from "./config.ts";
import type { TaskAttribute } from "./plugin.ts";

/** What a mapped port carries. */
export type PortProtocol = "tcp" | "udp";

/** How a task is reached. */
export interface TaskNetwork {
  /** The guest's port for each label that is mapped. */
  readonly portMap: Readonly<Record<string, number>>;
  /** The guest's IP address. */
  readonly ip: string;
  /** Whether services should be announced with that address by themselves. */
  readonly autoAdvertise: boolean;
}

/** A machine that runs, and waits for its network. */
export interface VmStartedBuildRequest {
  /** The hypervisor's name of the machine. */
  readonly machine: string;
  /** The guest's host name. */
  readonly hostname: string;
  /** The hardware addresses of its interfaces, lower-case with colons, in the order of the configuration. */
  readonly macs: readonly string[];
  /** Its interfaces. */
  readonly interfaces: readonly NetworkInterfaceConfig[];
  /** The ports that the agent gave to the task. */
  readonly ports: readonly TaskPort[];
}

/** One thing to take back, in the words of the {@linkcode TaskNet} that made it. */
export interface TeardownStep {
  /** What it is, such as `reservation` or `forward`. */
  readonly kind: string;
  /** All that is needed to remove it, and nothing that is a secret. */
  readonly data: Readonly<Record<string, string | number>>;
}

/**
 * Everything that was made for a machine's network, in the order in which it was made. Plain JSON: it
 * lies in the task's handle, and has to work after it was read back by another process.
 */
export interface TeardownSpec {
  /** The version of this shape. */
  readonly version: 1;
  /** The hypervisor's name of the machine. */
  readonly machine: string;
  /** What to take back; the last one first. */
  readonly steps: readonly TeardownStep[];
}

/** What was made. */
export interface VmStartedBuildResponse {
  /** How the task is reached; absent where nothing is to be told. */
  readonly network?: TaskNetwork;
  /** How to take it back. */
  readonly teardown: TeardownSpec;
}

/** A machine that is gone, or is to go. */
export interface VmTerminatedTeardownRequest {
  /** What to take back. */
  readonly teardown: TeardownSpec;
}

/** The network of a task driver. */
export interface TaskNet {
  /**
   * Does once what the host needs; called several times in a host's life, and every time but the first
   * changes nothing.
   *
   * @throws {DriverError} if the plugin cannot work
   */
  init(options?: CallOptions): Promise<void>;
  /** What there is to know about the host's networks; what fails is left out. Never throws. */
  fingerprint(options?: CallOptions): Promise<Readonly<Record<string, TaskAttribute>>>;
  /**
   * Builds what a machine's network needs, once it runs. What it had begun when it fails is taken back.
   *
   * @throws {DriverError} the start of the task fails; `invalid-argument` for a label that is no port of
   * the task; `deadline-exceeded` if the guest gets no address
   */
  vmStartedBuild(
    request: VmStartedBuildRequest,
    options?: CallOptions,
  ): Promise<VmStartedBuildResponse>;
  /**
   * Takes back what there is of it, whether or not the machine is still there. Called again after an
   * error, and after success: what is gone already is no error.
   *
   * @throws {DriverError} with what is left in `leftovers`, after all steps were tried
   */
  vmTerminatedTeardown(
    request: VmTerminatedTeardownRequest,
    options?: CallOptions,
  ): Promise<void>;
}
