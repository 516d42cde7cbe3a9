/**
 * What the suite needs around a machine plugin: samples to ask it with, and ways behind its back.
 *
 * @module
 */

import type { HostBase } from "../world.ts";
import type { MachineClass, PersistentVolumeSpec, PluginSecret } from "./requests.ts";

/** One way to get a request wrong. */
export interface SampleMistake {
  /** What is wrong, in a few words. */
  readonly what: string;
  /** The field that the error has to name. */
  readonly field: string;
  /** The class with the mistake. */
  readonly machineClass: MachineClass;
}

/** Credentials that nobody may use. */
export interface SampleCredentials {
  /** What the error has to name. */
  readonly field: string;
  /** The secret. */
  readonly secret: PluginSecret;
}

/** Requests that make sense to this provider. */
export interface PluginSamples {
  /** A class of small machines; those of another mark are told apart from them. */
  machineClass(mark: string): MachineClass;
  /** The same class with other sizes: a machine of it is not compatible. */
  altered(machineClass: MachineClass): MachineClass;
  /** The same class without any mark. */
  unmarked(machineClass: MachineClass): MachineClass;
  /** The same class, with each of the mistakes that a user makes. */
  mistakes(machineClass: MachineClass): readonly SampleMistake[];
  /** The same class, with a field that there is not. */
  misspelt(machineClass: MachineClass): SampleMistake;
  /** The same class, with a mark that the plugin itself finds its machines by. */
  spoofed(machineClass: MachineClass): SampleMistake;
  /** Good credentials, with this text as user data. */
  secret(userData: string): Promise<PluginSecret>;
  /** The same, with credentials that the provider does not know. */
  revoked(secret: PluginSecret): PluginSecret;
  /**
   * The same, with credentials that name a program to run, a file to read or no authority to check: each
   * with what the error has to name.
   */
  untrusted(secret: PluginSecret): readonly SampleCredentials[];
  /** The keys of the secret that no machine can be made without. */
  readonly secretKeys: readonly string[];
  /** A volume of this provider with its id, and one of another. */
  readonly volumes?: {
    /** A spec of this provider's own for each id. */
    readonly own: (id: string) => PersistentVolumeSpec;
    /** Specs of others. */
    readonly foreign: readonly PersistentVolumeSpec[];
  };
}

/** What is wrong with the provider, in words that every one can say in its own way. */
export type PluginTrouble =
  /** The credentials give no right to machines. */
  | "permission-denied"
  /** There is no room for one more machine. */
  | "quota"
  /** Too many calls; a later one is welcome. */
  | "throttled"
  /** What checks requests cannot be reached. */
  | "unavailable"
  /** The provider knows no machines at all: not that a machine is missing. */
  | "not-installed";

/**
 * What the suite may do behind a plugin's back. Each optional member is a facet of the subject. Names
 * are the provider's own, as {@linkcode MachinePlugin.qualifiedMachineName} tells.
 */
export interface PluginHost extends HostBase {
  /** Requests that make sense. */
  readonly samples: PluginSamples;
  /** The name of the first disk that a machine of that name has. */
  diskName?(name: string): string;
  /** Makes a disk that is nobody's of ours. */
  plantDisk?(name: string): Promise<void>;
  /** Removes a planted disk. */
  uprootDisk?(name: string): Promise<void>;
  /** From now on the disk of that name stays when it is deleted, until this ends with `false`. */
  holdDisk?(name: string, held: boolean): Promise<void>;
  /** Waits until a machine has been made as far as the provider makes it by itself, and runs. */
  running?(name: string): Promise<void>;
  /** Removes a machine, as another client would, and leaves as much of the rest as that leaves. */
  vanish?(name: string): Promise<void>;
  /** Takes from a machine all that makes it this owner's, as who wants to keep it would. */
  disown?(name: string): Promise<void>;
  /** Begins to remove a machine, as another client would, and does not wait. */
  condemn?(name: string): Promise<void>;
  /** Whether the machine is on, or will be by itself. */
  powered?(name: string): Promise<boolean>;
  /** From now on the machine stays when it is deleted, until this ends with `false`. */
  holdDeletion?(name: string, held: boolean): Promise<void>;
  /** Writes to a machine as another client would, and leaves a mark; answers whether it is there. */
  touch?(name: string): Promise<void>;
  /** Whether the mark of {@linkcode touch} is still there. */
  touched?(name: string): Promise<boolean>;
  /** From now on that is wrong; ends with `undefined`. */
  trouble?(what: PluginTrouble | undefined): Promise<void>;
  /** From now on lists come in pages of that many; ends with `undefined`. */
  page?(size: number | undefined): Promise<void>;
  /** Makes a second machine that the plugin takes for the same, where the provider lets that happen. */
  duplicate?(name: string): Promise<void>;
  /** Why a control that is absent makes no sense for this provider. */
  readonly inapplicable?: Readonly<Partial<Record<PluginHostControl, string>>>;
}

/** The names of the optional controls. */
export type PluginHostControl = Exclude<
  keyof PluginHost,
  "inventory" | "inapplicable"
>;
