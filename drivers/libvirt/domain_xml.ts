/**
 * Definitions of domains.
 *
 * @module
 */

import type { DomainUses } from "./backend.ts";
import { machineElement, type MachineTag, NAMESPACE, PREFIX } from "./metadata.ts";
import { all, first, type JsonML } from "./jsonml.ts";

/** What a machine's domain is defined from. */
export interface DomainPlan {
  /** The hypervisor's name for it. */
  readonly name: string;
  /** Its identity, chosen here: so a definition whose reply was lost can be found again. */
  readonly uuid: string;
  /** Its tag. */
  readonly tag: MachineTag;
  /** Whether it runs on KVM. */
  readonly kvm: boolean;
  /** Memory. */
  readonly memoryMiB: number;
  /** Virtual processors. */
  readonly cpus: number;
  /** Its disk. */
  readonly disk: {
    readonly pool: string;
    readonly volume: string;
    readonly format: "qcow2" | "raw";
  };
  /** The network that it is attached to. */
  readonly network: string;
}

/** The definition of a machine's domain. */
export function domainXml(plan: DomainPlan): JsonML {
  const { name, uuid, tag, kvm, memoryMiB, cpus } = plan;
  const [element, attributes] = machineElement(tag);
  const namespace = { [`xmlns:${PREFIX}`]: NAMESPACE };
  return [
    "domain",
    { type: kvm ? "kvm" : "qemu" },
    ["name", {}, name],
    ["uuid", {}, uuid],
    ["metadata", {}, [`${PREFIX}:${element}`, { ...namespace, ...attributes }]],
    ["memory", { unit: "MiB" }, String(memoryMiB)],
    ["vcpu", {}, String(cpus)],
    ["os", {}, ["type", { arch: "x86_64", machine: "q35" }, "hvm"], ["boot", { dev: "hd" }]],
    // Without ACPI no guest hears the power button.
    ["features", {}, ["acpi", {}], ["apic", {}]],
    ...(kvm ? [["cpu", { mode: "host-passthrough" }] as JsonML] : []),
    CLOCK,
    ["on_poweroff", {}, "destroy"],
    ["on_reboot", {}, "restart"],
    ["on_crash", {}, "destroy"],
    devices(plan),
  ];
}

/**
 * As installers of guests choose it: a guest that was not run for a while must not spend all its time
 * on the ticks that it missed.
 */
const CLOCK: JsonML = [
  "clock",
  { offset: "utc" },
  ["timer", { name: "rtc", tickpolicy: "catchup" }],
  ["timer", { name: "pit", tickpolicy: "delay" }],
  ["timer", { name: "hpet", present: "no" }],
];

function devices({ disk, network }: DomainPlan): JsonML {
  return [
    "devices",
    {},
    [
      "disk",
      { type: "volume", device: "disk" },
      ["driver", { name: "qemu", type: disk.format }],
      ["source", { pool: disk.pool, volume: disk.volume }],
      ["target", { dev: "vda", bus: "virtio" }],
    ],
    [
      "interface",
      { type: "network" },
      ["source", { network }],
      ["model", { type: "virtio" }],
    ],
    ["serial", { type: "pty" }, ["target", { port: "0" }]],
    ["console", { type: "pty" }, ["target", { type: "serial", port: "0" }]],
    [
      "channel",
      { type: "unix" },
      ["target", { type: "virtio", name: "org.qemu.guest_agent.0" }],
    ],
    ["controller", { type: "usb", model: "none" }],
    ["memballoon", { model: "none" }],
    ["rng", { model: "virtio" }, ["backend", { model: "random" }, "/dev/urandom"]],
    // Without it a guest that panicked looks as if it ran.
    ["panic", { model: "isa" }],
  ];
}

/** What a domain has of others, by its definition. */
export function usesOf(domain: JsonML): DomainUses {
  const disks = all(domain, "devices", "disk").flatMap((disk) => [
    ...all(disk, "source"),
    ...backing(disk),
  ]);
  const interfaces = all(domain, "devices", "interface", "source");
  return {
    disks: disks.map(([, { pool, volume, file, dev }]) =>
      pool && volume ? { pool, volume } : { path: file ?? dev ?? "" }
    ),
    networks: interfaces.flatMap(([, { network }]) => network ? [network] : []),
  };
}

/** The sources of the files that a disk refers to, as libvirt lists them for a running domain. */
function backing(disk: JsonML): JsonML[] {
  const next = first(disk, "backingStore");
  return next ? [...all(next, "source"), ...backing(next)] : [];
}
