/**
 * Definitions of networks.
 *
 * @module
 */

import { type Cidr, formatIpv4, parseIpv4, sizeOf } from "../contract/mod.ts";
import { networkOf, prefixOf } from "./cidr.ts";
import { networkElement, type NetworkTag } from "./metadata.ts";
import { all, type JsonML } from "./jsonml.ts";

/** What a network is defined from. */
export interface NetworkPlan {
  /** The hypervisor's name for it. */
  readonly name: string;
  /** Its identity, chosen here. */
  readonly uuid: string;
  /** Its tag. */
  readonly tag: NetworkTag;
  /** Its addresses. */
  readonly cidr: Cidr;
}

/** The definition of a private network with NAT and DHCP. */
export function networkXml({ name, uuid, tag, cidr }: NetworkPlan): JsonML {
  const address = (offset: number): string => formatIpv4(cidr.base + offset);
  const last = sizeOf(cidr.prefix) - 2;
  return [
    "network",
    { "xmlns:dnsmasq": "http://libvirt.org/schemas/network/dnsmasq/1.0" },
    ["name", {}, name],
    ["uuid", {}, uuid],
    ["metadata", {}, networkElement(tag)],
    ["forward", { mode: "nat" }],
    // A bridge of one host has no loops to look for, and looking costs a guest seconds at its start.
    ["bridge", { stp: "off", delay: "0" }],
    ["domain", { name: tag.cluster, localOnly: "yes" }],
    [
      "ip",
      { address: address(1), prefix: String(cidr.prefix) },
      ["dhcp", {}, ["range", { start: address(2), end: address(last) }]],
    ],
    // Nobody else gives out addresses here: asking for each whether it is taken costs three seconds.
    ["dnsmasq:options", {}, ["dnsmasq:option", { value: "no-ping" }]],
  ];
}

/** The IPv4 networks in a network's definition. */
export function cidrsOf(network: JsonML): Cidr[] {
  return all(network, "ip").flatMap(([, { family = "ipv4", address, prefix, netmask }]) => {
    const number = parseIpv4(address ?? "");
    if (family !== "ipv4" || number === undefined) return [];
    return [networkOf(number, prefix ? Number(prefix) : prefixOf(netmask ?? "255.255.255.0"))];
  });
}
