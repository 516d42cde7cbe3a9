/**
 * What a class of machines says, and what is wrong with it.
 *
 * The fields are those of Gardener's KubeVirt plugin. All of them are checked before anything is sent:
 * what only the server would refuse comes when half of a machine is there.
 *
 * @module
 */

import { isIP } from "node:net";
import type { Json } from "../backend/backend.ts";
import type { DataVolumeSpec } from "./backend.ts";
import { dataVolume, disk, volume } from "./provider_spec_disks.ts";
import {
  empty,
  fieldsOf,
  flag,
  labelKey,
  labelValue,
  list,
  map,
  object,
  objectName,
  oneOf,
  plain,
  quantity,
  type Rule,
  text,
  whole,
  wrong,
} from "./provider_spec_rules.ts";

/** An object that goes to the server as it is. */
type Passed = { readonly [key: string]: Json | undefined };

/** A disk's settings, by the volume that it is made from. */
export type DiskSpec = Passed & { readonly name: string };

/** A further volume: made for the machine, or there already. */
export type VolumeSpec = {
  readonly name: string;
  readonly dataVolume?: DataVolumeSpec;
  readonly volumeSource?: Passed;
};

/** A network of Multus. */
export type NetworkSpec = {
  /** `name`, or `namespace/name`. */
  readonly name: string;
  /** Whether it takes the place of the pod's network. */
  readonly default?: boolean;
};

/** What a class of machines says. */
export type ProviderSpec = {
  /** `default` stands for nodes without a region. */
  readonly region: string;
  /** `default` stands for nodes without a zone. */
  readonly zone: string;
  readonly resources: Passed;
  readonly devices?: Passed & { readonly disks?: readonly DiskSpec[] };
  readonly rootVolume: DataVolumeSpec;
  readonly additionalVolumes?: readonly VolumeSpec[];
  readonly sshKeys?: readonly string[];
  readonly networks?: readonly NetworkSpec[];
  readonly cpu?: Passed;
  readonly memory?: Passed;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: Passed;
  /** What its machines are found by; at least one. */
  readonly tags: Readonly<Record<string, string>>;
};

/** The disk of the operating system. */
export const ROOT_DISK = "root-disk";
/** The disk with the user data. */
export const CLOUD_INIT_DISK = "cloudinitdisk";

const resourceList = object({ cpu: quantity, memory: quantity }, { required: ["cpu", "memory"] });
const limitList = object({ cpu: quantity, memory: quantity });

/** As many as a guest's resolver asks. */
const MOST_NAMESERVERS = 3;

const address: Rule = (value, path) => {
  if (typeof value !== "string" || isIP(value) === 0) throw wrong(path, "must be an IP address");
};

const nameservers: Rule = (value, path) => {
  list(address)(value, path);
  if (Array.isArray(value) && value.length > MOST_NAMESERVERS) {
    throw wrong(path, `must have at most ${MOST_NAMESERVERS} addresses`);
  }
};

const FIELDS = object({
  region: labelValue,
  zone: labelValue,
  resources: object({
    requests: resourceList,
    limits: limitList,
    overcommitGuestOverhead: flag,
  }, { required: ["requests"] }),
  devices: object({
    disks: list(disk),
    rng: empty,
    blockMultiQueue: flag,
    networkInterfaceMultiqueue: flag,
  }),
  rootVolume: dataVolume,
  additionalVolumes: list(volume),
  sshKeys: list(text(
    /^[a-z][a-z0-9@.-]{2,63} [A-Za-z0-9+/]{16,}={0,3}( [^\p{Cc}]*)?$/u,
    "a public key in one line, such as ssh-ed25519 AAAA… me",
  )),
  networks: list(object({
    name: text(
      /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
      "the name of a network, or namespace/name",
    ),
    default: flag,
  }, { required: ["name"] })),
  cpu: object({
    cores: whole(1),
    sockets: whole(1),
    threads: whole(1),
    maxSockets: whole(1),
    model: plain,
    features: list(object({
      name: plain,
      policy: oneOf("force", "require", "optional", "disable", "forbid"),
    }, { required: ["name"] })),
    dedicatedCpuPlacement: flag,
    isolateEmulatorThread: flag,
    numa: object({ guestMappingPassthrough: empty }),
    realtime: object({ mask: plain }),
  }),
  memory: object({
    guest: quantity,
    maxGuest: quantity,
    hugepages: object({ pageSize: quantity }, { required: ["pageSize"] }),
  }),
  dnsPolicy: oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
  dnsConfig: object({
    nameservers,
    searches: list(objectName),
    options: list(object({ name: plain, value: plain }, { required: ["name"] })),
  }),
  tags: map(labelKey, labelValue),
}, { required: ["region", "zone", "resources", "rootVolume", "tags"] });

/**
 * The spec that a user wrote, checked.
 *
 * @throws {Trouble} `invalid-argument`, naming the field
 */
export function readProviderSpec(value: unknown): ProviderSpec {
  FIELDS(value, "");
  readTags(value);
  const spec = value as ProviderSpec;
  checkVolumes(spec);
  checkNetworks(spec);
  if (spec.dnsPolicy === "None" && !hasNameserver(spec)) {
    throw wrong("dnsConfig.nameservers", "is missing, as dnsPolicy is None");
  }
  return spec;
}

/**
 * What the machines of a spec are found by; the rest of it is not looked at.
 *
 * @throws {Trouble} `invalid-argument` if it is nothing: all machines of a namespace would be found
 */
export function readTags(value: unknown): Readonly<Record<string, string>> {
  const { tags } = fieldsOf(value, "");
  map(reservedKey, labelValue)(tags ?? {}, "tags");
  const found = Object.entries(fieldsOf(tags ?? {}, "tags"));
  if (found.length === 0) throw wrong("tags", "must have at least one tag to find machines by");
  return Object.fromEntries(found.map(([key, tag]) => [key, String(tag)]));
}

/** Whose labels a user cannot set. */
const RESERVED = /^([a-z0-9.-]+\.)?(kubevirt\.io|vmtck\.dev)\//;

const reservedKey: Rule = (key, path) => {
  labelKey(key, path);
  if (typeof key === "string" && RESERVED.test(key)) throw wrong(path, "is set by the plugin");
};

function checkVolumes({ additionalVolumes = [], devices }: ProviderSpec): void {
  const taken = new Set([ROOT_DISK, CLOUD_INIT_DISK]);
  additionalVolumes.forEach(({ name }, index) => {
    if (taken.has(name)) throw wrong(`additionalVolumes[${index}].name`, "is taken already");
    taken.add(name);
  });
  const seen = new Set<string>();
  devices?.disks?.forEach(({ name }, index) => {
    const path = `devices.disks[${index}].name`;
    if (seen.has(name)) throw wrong(path, "is taken already");
    if (!taken.has(name) || name === CLOUD_INIT_DISK) {
      throw wrong(path, `must be ${ROOT_DISK} or the name of an additional volume`);
    }
    seen.add(name);
  });
}

function checkNetworks({ networks = [] }: ProviderSpec): void {
  const names = new Set<string>();
  networks.forEach(({ name, default: isDefault }, index) => {
    const path = `networks[${index}]`;
    if (names.has(name)) throw wrong(`${path}.name`, "is taken already");
    names.add(name);
    const earlier = networks.slice(0, index).some((it) => it.default);
    if (isDefault && earlier) throw wrong(`${path}.default`, "can be true for one network only");
  });
}

function hasNameserver({ dnsConfig }: ProviderSpec): boolean {
  return Array.isArray(dnsConfig?.nameservers) && dnsConfig.nameservers.length > 0;
}
