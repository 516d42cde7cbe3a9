/**
 * The objects of a driver's machine: how they are named, told from others, and made.
 *
 * @module
 */

import { type MachineRef, type MachineSpec, qualifiedName } from "../contract/mod.ts";
import type { KubeObject, VirtualMachine } from "./backend.ts";
import { CREATION_ANNOTATION, OFF } from "./machine_state.ts";
import type { Settings } from "./settings.ts";

/** Whose. */
export const OWNER_LABEL = "driver.vmtck.dev/owner";
/** Which cluster of the owner's. */
export const CLUSTER_LABEL = "driver.vmtck.dev/cluster";
/** Which machine in it. */
export const NAME_LABEL = "driver.vmtck.dev/name";
/** The version of the image that it was made from. */
const IMAGE_ANNOTATION = "driver.vmtck.dev/image";
/** Some storage waits with a volume until a machine uses it; an upload cannot. */
const BIND_NOW = "cdi.kubevirt.io/storage.bind.immediate.requested";

const DEFAULT_MEMORY_MIB = 512;
const ROOT = "root";

/** The labels that all parts of a machine carry. */
export function labelsOf(owner: string, ref: MachineRef): Readonly<Record<string, string>> {
  return { [OWNER_LABEL]: owner, [CLUSTER_LABEL]: ref.cluster, [NAME_LABEL]: ref.name };
}

/** Whose machine an object belongs to; undefined if it is none of this owner's. */
export function refOf({ metadata }: KubeObject, owner: string): MachineRef | undefined {
  const labels = metadata.labels ?? {};
  const [cluster, name] = [labels[CLUSTER_LABEL], labels[NAME_LABEL]];
  if (labels[OWNER_LABEL] !== owner || cluster === undefined || name === undefined) return;
  return { cluster, name };
}

/** Whether an object is a part of that machine. */
export function isPartOf(object: KubeObject, owner: string, ref: MachineRef): boolean {
  const found = refOf(object, owner);
  return found?.cluster === ref.cluster && found.name === ref.name;
}

/** The name of a machine's disk. */
export function rootDiskOf(vm: string): string {
  return qualifiedName(vm, ROOT);
}

/** What a machine is made from. */
export interface Making {
  /** Whose. */
  readonly owner: string;
  /** The name in the namespace. */
  readonly vm: string;
  /** What was asked for. */
  readonly spec: MachineSpec;
  /** The user's settings. */
  readonly settings: Settings;
  /** This making's own identifier. */
  readonly creation: string;
}

/** A machine that is off, with a disk that waits for its content; both go together. */
export function newMachine({ owner, vm, spec, settings, creation }: Making): VirtualMachine {
  const labels = labelsOf(owner, spec);
  const { storageClass, diskGiB, graceSeconds } = settings;
  const disk = rootDiskOf(vm);
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    metadata: {
      name: vm,
      labels,
      annotations: { [CREATION_ANNOTATION]: creation, [IMAGE_ANNOTATION]: spec.image },
    },
    spec: {
      runStrategy: OFF,
      dataVolumeTemplates: [{
        metadata: { name: disk, labels, annotations: { [BIND_NOW]: "true" } },
        spec: {
          source: { upload: {} },
          storage: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: `${diskGiB}Gi` } },
            ...(storageClass !== "" && { storageClassName: storageClass }),
          },
        },
      }],
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: graceSeconds,
          domain: {
            cpu: { cores: spec.cpus ?? 1 },
            memory: { guest: `${spec.memoryMiB ?? DEFAULT_MEMORY_MIB}Mi` },
            devices: {
              disks: [{ name: ROOT, disk: { bus: "virtio" } }],
              interfaces: [{ name: "default", masquerade: {} }],
              rng: {},
            },
          },
          networks: [{ name: "default", pod: {} }],
          volumes: [{ name: ROOT, dataVolume: { name: disk } }],
        },
      },
    },
  };
}
