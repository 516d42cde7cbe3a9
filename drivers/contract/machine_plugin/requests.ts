/**
 * What a machine plugin is asked with, and what it answers: the shapes of Gardener's machine
 * controller manager as plain JSON.
 *
 * @module
 */

/** The machine that a request is about: as much of it as the controller sends. */
export interface PluginMachine {
  /** The machine's name; the plugin's name for the virtual machine follows from it. */
  readonly name: string;
  /** The namespace of the controller's own object, which says nothing about where the machine runs. */
  readonly namespace?: string;
  /** Labels of the controller's object. An orphan is deleted without them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What is wanted of it. */
  readonly spec?: {
    /** The id that the plugin answered earlier. */
    readonly providerID?: string;
  };
  /** What is known of it. An orphan is deleted without it. */
  readonly status?: {
    /** What the plugin answered last; anybody may have changed it. */
    readonly lastKnownState?: string;
  };
}

/** The class of a machine: what all machines of a pool have in common. */
export interface MachineClass {
  /** Its name. */
  readonly name: string;
  /** Which plugin it is for, such as `KubeVirt`. */
  readonly provider?: string;
  /** What the plugin makes machines from, as a user wrote it: anything at all. */
  readonly providerSpec: unknown;
}

/** The secrets of a class, put together by the controller. It may have found none. */
export interface PluginSecret {
  /** Key to value in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** What a request about one machine carries. */
export interface MachineRequest {
  /** The machine. */
  readonly machine: PluginMachine;
  /** Its class. */
  readonly machineClass: MachineClass;
  /** Credentials and user data. */
  readonly secret?: PluginSecret;
}

/** What a request about all machines of a class carries. */
export interface ListMachinesRequest {
  /** The class. */
  readonly machineClass: MachineClass;
  /** Credentials and user data. */
  readonly secret?: PluginSecret;
}

/** A persistent volume's spec, of which a plugin reads what it knows. */
export type PersistentVolumeSpec = Readonly<Record<string, unknown>>;

/** What a request for volume ids carries. */
export interface GetVolumeIDsRequest {
  /** Specs of volumes of all makes. */
  readonly pvSpecs: readonly PersistentVolumeSpec[];
}

/** An address of a node, as Kubernetes tells it. */
export interface NodeAddress {
  /** What kind of address. */
  readonly type: "Hostname" | "InternalIP" | "ExternalIP" | "InternalDNS" | "ExternalDNS";
  /** The address. */
  readonly address: string;
}

/** A machine as the plugin knows it. */
export interface MachineAnswer {
  /** Opaque, unique, the same in every answer, byte by byte; never empty. */
  readonly providerID: string;
  /** The name of the node that the machine becomes; never empty. */
  readonly nodeName: string;
  /** Where it is reached; in any order, and empty as long as nothing is known. */
  readonly addresses?: readonly NodeAddress[];
}

/** Answer to {@linkcode MachinePlugin.createMachine}. */
export interface CreateMachineResponse extends MachineAnswer {
  /** What a later call may want to know; the controller keeps it and gives it back. */
  readonly lastKnownState?: string;
}

/** Answer to {@linkcode MachinePlugin.deleteMachine}. */
export interface DeleteMachineResponse {
  /** What a later call may want to know. */
  readonly lastKnownState?: string;
}

/** Answer to {@linkcode MachinePlugin.listMachines}. */
export interface ListMachinesResponse {
  /** Provider id to machine name. */
  readonly machineList: Readonly<Record<string, string>>;
}

/** Answer to {@linkcode MachinePlugin.getVolumeIDs}. */
export interface GetVolumeIDsResponse {
  /** The ids of the volumes that are this provider's, in the order of the request. */
  readonly volumeIDs: readonly string[];
}

/**
 * What may come together with an error: the controller keeps a state across its retries, and reads
 * the ids that come with `uninitialized` without looking whether there are any.
 */
export interface PartialResponse {
  /** What a later call may want to know. */
  readonly lastKnownState?: string;
  /** The id, as far as it is known. */
  readonly providerID?: string;
  /** The node's name, as far as it is known. */
  readonly nodeName?: string;
}
