/**
 * Definitions of the domains of tasks.
 *
 * @module
 */

import { all, first, type JsonML } from "../jsonml.ts";
import { taskElement, type TaskTag } from "./metadata.ts";

/** An interface of a task's machine. */
export type TaskInterface = {
  /** The bridge of the host. */
  readonly bridge: string;
  /** The name of libvirt's network on that bridge; empty if it is none of libvirt's. */
  readonly network: string;
  /** The hardware address, chosen here. */
  readonly mac: string;
};

/** What a task's domain is defined from. */
export interface TaskDomainPlan {
  /** The hypervisor's name for it. */
  readonly name: string;
  /** Its identity, chosen here. */
  readonly uuid: string;
  /** Its tag. */
  readonly tag: TaskTag;
  /** Whether it runs on KVM. */
  readonly kvm: boolean;
  /** Memory. */
  readonly memoryMiB: number;
  /** Virtual processors. */
  readonly cpus: number;
  /** The host's cores that they may run on. */
  readonly cpuset: string;
  /** The guest's architecture; as the host by default. */
  readonly arch?: string;
  /** The guest's machine type. */
  readonly machine?: string;
  /** The storage pool. */
  readonly pool: string;
  /** The volume that it boots from. */
  readonly disk: { readonly volume: string; readonly format: "qcow2" | "raw" };
  /** The volume that it is configured from. */
  readonly seed: string;
  /** Its interfaces. */
  readonly interfaces: readonly TaskInterface[];
}

/** The definition. */
export function taskDomainXml(plan: TaskDomainPlan): JsonML {
  const { kvm, arch = "x86_64", machine = "q35" } = plan;
  return [
    "domain",
    { type: kvm ? "kvm" : "qemu" },
    ["name", {}, plan.name],
    ["uuid", {}, plan.uuid],
    ["metadata", {}, taskElement(plan.tag)],
    ["memory", { unit: "MiB" }, String(plan.memoryMiB)],
    ["vcpu", { placement: "static", cpuset: plan.cpuset }, String(plan.cpus)],
    ["os", {}, ["type", { arch, machine }, "hvm"], ["boot", { dev: "hd" }]],
    // Without ACPI no guest hears the power button.
    ["features", {}, ["acpi", {}], ["apic", {}]],
    ...(kvm ? [["cpu", { mode: "host-passthrough" }] as JsonML] : []),
    CLOCK,
    ["on_poweroff", {}, "destroy"],
    // A guest that restarts keeps its machine, its disk and its address.
    ["on_reboot", {}, "restart"],
    ["on_crash", {}, "destroy"],
    devices(plan),
  ];
}

const CLOCK: JsonML = [
  "clock",
  { offset: "utc" },
  ["timer", { name: "rtc", tickpolicy: "catchup" }],
  ["timer", { name: "pit", tickpolicy: "delay" }],
  ["timer", { name: "hpet", present: "no" }],
];

function devices({ pool, disk, seed, interfaces }: TaskDomainPlan): JsonML {
  return [
    "devices",
    {},
    volume({ pool, volume: disk.volume, format: disk.format, device: "vda" }),
    [...volume({ pool, volume: seed, format: "raw", device: "vdb" }), ["readonly", {}]],
    ...interfaces.map(({ bridge, network, mac }): JsonML => [
      "interface",
      { type: network ? "network" : "bridge" },
      ["mac", { address: mac }],
      ["source", network ? { network } : { bridge }],
      ["model", { type: "virtio" }],
    ]),
    ["serial", { type: "pty" }, ["target", { port: "0" }]],
    ["console", { type: "pty" }, ["target", { type: "serial", port: "0" }]],
    [
      "channel",
      { type: "unix" },
      ["target", { type: "virtio", name: "org.qemu.guest_agent.0" }],
    ],
    ["controller", { type: "usb", model: "none" }],
    // It tells how much memory the guest has.
    ["memballoon", { model: "virtio" }],
    ["rng", { model: "virtio" }, ["backend", { model: "random" }, "/dev/urandom"]],
    // Without it a guest that panicked looks as if it ran.
    ["panic", { model: "isa" }],
  ];
}

function volume(
  it: { pool: string; volume: string; format: string; device: string },
): JsonML {
  return [
    "disk",
    { type: "volume", device: "disk" },
    ["driver", { name: "qemu", type: it.format }],
    ["source", { pool: it.pool, volume: it.volume }],
    ["target", { dev: it.device, bus: "virtio" }],
  ];
}

/** The interfaces in a domain's definition. */
export function interfacesOf(domain: JsonML): TaskInterface[] {
  return all(domain, "devices", "interface").flatMap((it) => {
    const { bridge = "", network = "" } = first(it, "source")?.[1] ?? {};
    const mac = first(it, "mac")?.[1].address;
    return mac ? [{ bridge, network, mac }] : [];
  });
}
