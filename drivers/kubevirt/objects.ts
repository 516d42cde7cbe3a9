/**
 * The shapes of the Kubernetes objects that the adapter deals with: narrow, by what is used here.
 *
 * Phases and statuses are plain text: upstream reserves the right to add more.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";

/** What refers to the owner of an object. */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** What every object says of itself. Without the fields of the server in a new one. */
export type ObjectMeta = {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque: compare for equality only. */
  readonly resourceVersion?: string;
  /** Counts changes of the spec, and the beginning of a deletion. */
  readonly generation?: number;
  /** ISO 8601, in whole seconds. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
};

/** Any object. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [key: string]: Json | undefined;
};

/** A list, or one page of it. */
export type KubeList<T extends Json = KubeObject> = {
  readonly metadata: {
    /** What a watch goes on from. */
    readonly resourceVersion?: string;
    /** There is more: what the next page is asked for with. */
    readonly continue?: string;
  };
  readonly items: readonly T[];
};

/** A condition of an object. */
export type Condition = {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
};

/** How a virtual machine runs; upstream may add more. */
export type RunStrategy = "Always" | "Halted" | "Manual" | "RerunOnFailure" | "Once";

/** What a virtual machine's instances are made from. */
export type VmiTemplate = {
  readonly metadata?: ObjectMeta;
  readonly spec: { readonly [key: string]: Json | undefined };
};

/** A data volume that is made with a virtual machine. */
export type DataVolumeTemplate = {
  readonly metadata: ObjectMeta;
  readonly spec: DataVolumeSpec;
};

/** `virtualmachines.kubevirt.io`. */
export type VirtualMachine = KubeObject & {
  readonly spec: {
    readonly runStrategy?: string;
    /** Deprecated upstream, and never written here. */
    readonly running?: boolean;
    readonly template: VmiTemplate;
    readonly dataVolumeTemplates?: readonly DataVolumeTemplate[];
  };
  readonly status?: {
    /** Reads `Stopped` by default until the controller has seen the machine. */
    readonly printableStatus?: string;
    /** Whether there is an instance. */
    readonly created?: boolean;
    readonly ready?: boolean;
    /** The generation that the instance was made from: nothing changes it while there is none. */
    readonly observedGeneration?: number;
    readonly desiredGeneration?: number;
    /** The strategy that the controller has seen; absent before the machine's first instance. */
    readonly runStrategy?: string;
    readonly conditions?: readonly Condition[];
    readonly stateChangeRequests?: readonly {
      readonly action: string;
      readonly uid?: string;
    }[];
    readonly startFailure?: {
      readonly consecutiveFailCount?: number;
      readonly retryAfterTimestamp?: string;
    };
  };
};

/** A virtual machine in outline. */
export type MachineOutline = KubeObject & {
  readonly spec: Pick<VirtualMachine["spec"], "runStrategy" | "running">;
  readonly status?: VirtualMachine["status"];
};

/** A network interface, as an instance tells it. */
export type VmiInterface = {
  readonly name?: string;
  readonly mac?: string;
  readonly ipAddress?: string;
  readonly ipAddresses?: readonly string[];
  readonly interfaceName?: string;
  /** A comma list of `domain`, `guest-agent`, `multus-status`. */
  readonly infoSource?: string;
};

/** `virtualmachineinstances.kubevirt.io`. */
export type VirtualMachineInstance = KubeObject & {
  readonly status?: {
    readonly phase?: string;
    readonly nodeName?: string;
    readonly interfaces?: readonly VmiInterface[];
    readonly conditions?: readonly Condition[];
    readonly phaseTransitionTimestamps?: readonly {
      readonly phase: string;
      readonly phaseTransitionTimestamp: string;
    }[];
  };
};

/** What a data volume is filled from, and how large it is. */
export type DataVolumeSpec = {
  readonly source?: { readonly [key: string]: Json | undefined };
  readonly sourceRef?: {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
  readonly pvc?: { readonly [key: string]: Json | undefined };
  readonly storage?: { readonly [key: string]: Json | undefined };
};

/** `datavolumes.cdi.kubevirt.io`. */
export type DataVolume = KubeObject & {
  readonly spec: DataVolumeSpec;
  readonly status?: {
    readonly phase?: string;
    /** Such as `45.3%`, or `N/A`. */
    readonly progress?: string;
    readonly conditions?: readonly Condition[];
  };
};

/** A data volume in outline. */
export type VolumeOutline = KubeObject & { readonly status?: DataVolume["status"] };

/** A secret. Its values never leave the process but to the server. */
export type Secret = KubeObject & {
  readonly type?: string;
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
};
