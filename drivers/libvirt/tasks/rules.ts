/**
 * The host's firewall rules of tasks: what leads from a port of the host to a guest. Each rule carries
 * its machine's name in a comment, by which it is found again.
 *
 * @module
 */

import { parseIpv4, type TaskPort } from "../../contract/mod.ts";

/** One rule, in the words of `iptables`. */
export interface Rule {
  /** The table. */
  readonly table: "filter" | "nat";
  /** The chain. */
  readonly chain: string;
  /** What it matches and does. */
  readonly spec: readonly string[];
}

/** Where a port leads to. */
export interface Target {
  /** The machine's name. */
  readonly machine: string;
  /** The guest's address. */
  readonly address: string;
  /** The bridge that the guest is on. */
  readonly bridge: string;
}

/** The tables that rules are in. */
export const TABLES: readonly Rule["table"][] = ["nat", "filter"];

/** What the comment of a rule begins with; the machine's name follows. */
export const TAG = "vmtck:";
const LOOPBACK = 127;
const ANY = "0.0.0.0";

/** Whether an address of the host is its loopback's. */
export function isLoopback(hostIp: string): boolean {
  return (parseIpv4(hostIp) ?? 0) >>> 24 === LOOPBACK;
}

/** The guest's port for a port of the task. */
export function guestPort({ value, to }: TaskPort): number {
  return to || value;
}

/** The rules for one port. All values were checked before: addresses, numbers and names. */
export function rulesFor(port: TaskPort, { machine, address, bridge }: Target): Rule[] {
  const { hostIp, value, protocol = "tcp" } = port;
  const guest = String(guestPort(port));
  const comment = ["-m", "comment", "--comment", `${TAG}${machine}`];
  const host = hostIp === "" || hostIp === ANY
    ? ["-m", "addrtype", "--dst-type", "LOCAL", "!", "-d", "127.0.0.0/8"]
    : ["-d", `${hostIp}/32`];
  const redirect = [
    ...host,
    ...["-p", protocol, "-m", protocol, "--dport", String(value), ...comment],
    ...["-j", "DNAT", "--to-destination", `${address}:${guest}`],
  ];
  const toGuest = ["-d", `${address}/32`, "-p", protocol, "-m", protocol, "--dport", guest];
  const always: Rule[] = [
    { table: "nat", chain: "OUTPUT", spec: redirect },
    // Before libvirt's own, which let nothing into its networks.
    { table: "filter", chain: "FORWARD", spec: [...toGuest, ...comment, "-j", "ACCEPT"] },
  ];
  if (!isLoopback(hostIp)) {
    return [...always, { table: "nat", chain: "PREROUTING", spec: redirect }];
  }
  const fromLoopback = ["-s", "127.0.0.0/8", ...toGuest, ...comment, "-j", "MASQUERADE"];
  // A bridge that takes the loopback's packets must not bring others to services that trust it.
  const intruders = ["-i", bridge, "-d", "127.0.0.0/8"];
  const fresh = ["-m", "conntrack", "!", "--ctstate", "RELATED,ESTABLISHED"];
  return [
    ...always,
    { table: "nat", chain: "POSTROUTING", spec: fromLoopback },
    { table: "filter", chain: "INPUT", spec: [...intruders, ...fresh, ...comment, "-j", "DROP"] },
  ];
}

/** The arguments that put a rule before all others. */
export function toInsert({ table, chain, spec }: Rule): string[] {
  return ["-t", table, "-I", chain, ...spec];
}

/** The arguments that remove a rule. */
export function toDelete({ table, chain, spec }: Rule): string[] {
  return ["-t", table, "-D", chain, ...spec];
}

/** The machine whose rule it is, of a line as `iptables` lists them; undefined for anybody else's. */
export function machineOf(line: string): string | undefined {
  const words = wordsOf(line);
  const comment = words[words.indexOf("--comment") + 1];
  return comment?.startsWith(TAG) ? comment.slice(TAG.length) : undefined;
}

/** The rule of a listed line. */
export function ruleOf(table: Rule["table"], line: string): Rule {
  const [, chain, ...spec] = wordsOf(line);
  return { table, chain, spec };
}

/** The words of a listed line: those with blanks are in quotes, in which a backslash quotes, too. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)]
    .map(([, quoted, plain]) => plain ?? quoted.replaceAll(/\\(.)/g, "$1"));
}
