/**
 * What the suite may do behind a driver's back.
 *
 * @module
 */

import type { HostBase, HostControlOf } from "../world.ts";
import type { PowerState } from "./power.ts";

/** What the suite may do behind a driver's back. */
export interface HostControls extends HostBase {
  /** Makes a network that is nobody's of ours. */
  plantNetwork?(name: string): Promise<void>;
  /** Removes a planted network. */
  uprootNetwork?(name: string): Promise<void>;
  /** Switches a machine off, as its guest would. */
  turnOff?(name: string): Promise<void>;
  /** Removes a machine's registration, and leaves its disk. */
  vanish?(name: string): Promise<void>;
  /** Removes a machine's disk, and leaves its registration. */
  removeDisk?(name: string): Promise<void>;
  /** Makes a second machine of the same name, where the hypervisor lets that happen. */
  duplicate?(name: string): Promise<void>;
  /** Puts a machine into a state that no operation of the contract leads to at will. */
  force?(name: string, state: PowerState): Promise<void>;
  /** Restarts the host: machines are saved or off, addresses are new. */
  reboot?(): Promise<void>;
  /** Why a control that is absent makes no sense for this hypervisor. */
  readonly inapplicable?: Readonly<Partial<Record<HostControl, string>>>;
}

/** The names of the optional controls. */
export type HostControl = HostControlOf<"driver">;
