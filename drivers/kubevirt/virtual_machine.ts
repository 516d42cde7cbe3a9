/**
 * From a class of machines to the objects of one machine.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { DataVolumeTemplate, KubeObject, Secret, VirtualMachine } from "./backend.ts";
import { NETWORK_DATA, userDataWith } from "./cloud_init.ts";
import { CLOUD_INIT_DISK, type ProviderSpec, ROOT_DISK } from "./provider_spec.ts";
import { requestHash } from "./request_hash.ts";
import {
  diskOf,
  type MachineNames,
  ownLabels,
  REQUEST_ANNOTATION,
} from "./virtual_machine_names.ts";

/** How long a guest has to shut down, in seconds. */
const GRACE_SECONDS = 30;

type Passed = { readonly [key: string]: Json | undefined };

/** The digest of all that makes two machines different; user data is not among it, as it is renewed. */
export function specHash(spec: ProviderSpec): string {
  return requestHash(spec);
}

/** The virtual machine, switched on by itself, with the disks that are made and removed with it. */
export function virtualMachineOf(names: MachineNames, spec: ProviderSpec): VirtualMachine {
  const labels = ownLabels(names);
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    metadata: {
      name: names.vm,
      labels: { ...spec.tags, ...labels },
      annotations: { [REQUEST_ANNOTATION]: specHash(spec) },
    },
    spec: {
      runStrategy: "Always",
      dataVolumeTemplates: dataVolumeTemplates(names, spec),
      template: { metadata: { labels }, spec: instanceSpec(names, spec) },
    },
  };
}

function instanceSpec(names: MachineNames, spec: ProviderSpec): Passed {
  const { resources, cpu, memory, dnsPolicy, dnsConfig, networks = [] } = spec;
  const { disks: _, ...devices } = spec.devices ?? {};
  const { interfaces, attached } = networksOf(spec);
  return {
    // The name of the node that the guest registers as.
    hostname: names.machine,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    domain: {
      resources,
      ...(cpu && { cpu }),
      ...(memory && { memory }),
      devices: { ...devices, disks: disksOf(spec), ...(networks.length > 0 && { interfaces }) },
    },
    volumes: volumesOf(names, spec),
    ...(networks.length > 0 && { networks: attached }),
    ...(dnsPolicy !== undefined && { dnsPolicy }),
    ...(dnsConfig && { dnsConfig }),
    affinity: affinityOf(spec),
  };
}

function dataVolumeTemplates(names: MachineNames, spec: ProviderSpec): DataVolumeTemplate[] {
  const { rootVolume, additionalVolumes = [] } = spec;
  const volumes = [{ name: ROOT_DISK, dataVolume: rootVolume }, ...additionalVolumes];
  return volumes.flatMap(({ name, dataVolume }) =>
    dataVolume === undefined ? [] : [{
      metadata: { name: diskOf(names.vm, name), labels: ownLabels(names) },
      spec: dataVolume,
    }]
  );
}

/** The names of the data volumes that are made for a machine. */
export function dataVolumeNames(names: MachineNames, spec: ProviderSpec): string[] {
  return dataVolumeTemplates(names, spec).flatMap(({ metadata }) => metadata.name ?? []);
}

function volumesOf(names: MachineNames, spec: ProviderSpec): Passed[] {
  const { additionalVolumes = [], networks = [] } = spec;
  const cloudInit = {
    secretRef: { name: names.userData },
    ...(networks.length > 0 && { networkData: NETWORK_DATA }),
  };
  return [
    { name: ROOT_DISK, dataVolume: { name: diskOf(names.vm, ROOT_DISK) } },
    { name: CLOUD_INIT_DISK, cloudInitNoCloud: cloudInit },
    ...additionalVolumes.map(({ name, volumeSource }) => ({
      name,
      ...(volumeSource ?? { dataVolume: { name: diskOf(names.vm, name) } }),
    })),
  ];
}

function disksOf({ devices, additionalVolumes = [] }: ProviderSpec): Passed[] {
  const names = [ROOT_DISK, CLOUD_INIT_DISK, ...additionalVolumes.map(({ name }) => name)];
  return names.map((name) => {
    const wanted = devices?.disks?.find((it) => it.name === name) ?? { name };
    const hasTarget = "disk" in wanted || "lun" in wanted || "cdrom" in wanted;
    return hasTarget ? wanted : { ...wanted, disk: { bus: "virtio" } };
  });
}

/** The pod's network comes first, unless one of the networks takes its place. */
function networksOf({ networks = [] }: ProviderSpec): { interfaces: Passed[]; attached: Passed[] } {
  const pod = networks.some((it) => it.default) ? [] : [{ name: "default", pod: {} }];
  const others = networks.map(({ name, default: isDefault }, index) => ({
    name: `net${index}`,
    multus: { networkName: name, ...(isDefault && { default: true }) },
  }));
  const attached: Passed[] = [...pod, ...others];
  return { attached, interfaces: attached.map(({ name }) => ({ name, bridge: {} })) };
}

/** Nodes of the region and zone; for `default`, nodes that have none. */
function affinityOf({ region, zone }: ProviderSpec): Passed {
  const place = (key: string, value: string): Passed =>
    value === "default"
      ? { key, operator: "DoesNotExist" }
      : { key, operator: "In", values: [value] };
  const matchExpressions = [
    place("topology.kubernetes.io/region", region),
    place("topology.kubernetes.io/zone", zone),
  ];
  const nodeSelectorTerms = [{ matchExpressions }];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
}

/**
 * The Secret that a guest reads its user data from.
 *
 * @throws {Trouble} `invalid-argument` if the keys cannot be added to the user data
 */
export function userDataSecretOf(
  names: MachineNames,
  spec: ProviderSpec,
  userData: string,
): Secret {
  const text = userDataWith(spec.sshKeys ?? [], userData);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: names.userData, labels: ownLabels(names) },
    type: "Opaque",
    data: { userdata: new TextEncoder().encode(text).toBase64() },
  };
}

/** Whether a machine was made from the same request. */
export function isMadeFrom({ metadata }: KubeObject, spec: ProviderSpec): boolean {
  return metadata.annotations?.[REQUEST_ANNOTATION] === specHash(spec);
}
