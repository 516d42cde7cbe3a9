/**
 * Guests of the simulated hypervisor: what a machine does after power-on, told from its disk and
 * the time since.
 *
 * @module
 */

import { WORDS } from "../state.ts";
import type { SimulatedMachine, Store } from "./store.ts";

/** The first bytes of a disk with a guest; nothing boots from any other. */
export const GUEST_MARK = "VMTCK GUEST";
/** The host name of a guest that was given none. */
export const DEFAULT_HOSTNAME = "vmtck";

/** When the guest prints its first line, after power-on. */
const KERNEL_MS = 500;
/** When it has addresses that lead nowhere. */
const LINK_MS = 1_000;
/** When it has an address. */
const ADDRESS_MS = 2_000;
/** When its SSH server answers. */
const SSH_MS = 2_100;

/** Whether something boots from the machine's disk. */
export function isGuest(store: Store, machine: SimulatedMachine): boolean {
  const sector = store.diskOf(machine)?.bootSector ?? "";
  return atob(sector).startsWith(GUEST_MARK);
}

/** Milliseconds since power-on, if a guest runs. */
function uptime(store: Store, machine: SimulatedMachine): number {
  const runs = machine.state === WORDS.running || machine.state === WORDS.stopping;
  if (!machine.boot || !runs || !isGuest(store, machine)) return -1;
  return store.clock.now() - machine.boot.at;
}

/** Whether the guest is up: its SSH server answers, and it heeds the power button. */
export function hasBooted(store: Store, machine: SimulatedMachine): boolean {
  return uptime(store, machine) >= SSH_MS;
}

/** The addresses that the guest told, in the order of its interfaces. */
export function addressesOf(store: Store, machine: SimulatedMachine): string[] {
  const up = uptime(store, machine);
  if (up < LINK_MS) return [];
  const linkLocal = `fe80::${machine.mac.split(":").slice(3).join(":")}`;
  const address = up < ADDRESS_MS ? undefined : machine.boot?.address;
  if (address === undefined) return [linkLocal];
  return [linkLocal, `fd00::${machine.mac.split(":").slice(3).join(":")}`, address];
}

/** What the machine printed since power-on. */
export function consoleOf(store: Store, machine: SimulatedMachine): string {
  const { boot } = machine;
  if (!boot) return machine.console;
  if (!isGuest(store, machine)) return "No bootable device.\n";
  const up = store.clock.now() - boot.at;
  const line = (from: number, text: string): string => up < from ? "" : `${text}\n`;
  return "Booting from hard disk...\n" +
    line(KERNEL_MS, `VMTCK-BOOT uptime=0.50 host=${boot.hostname}`) +
    line(SSH_MS, `VMTCK-READY uptime=2.10 host=${boot.hostname} ip=${boot.address}`);
}
