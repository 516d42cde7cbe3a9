/**
 * Where a guest is reached.
 *
 * @module
 */

import type { VirtualMachineInstance, VmiInterface } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import type { Settings } from "./settings.ts";

/** Link-local, loopback and unspecified ones lead nowhere. */
const USELESS = /^(?:fe[89ab][0-9a-f]:|169\.254\.|127\.|0\.|::1?$)/i;

function told({ ipAddress, ipAddresses = [] }: VmiInterface): readonly string[] {
  return ipAddresses.length > 0 || ipAddress === undefined ? ipAddresses : [ipAddress];
}

/** Whether the guest itself has told anything: its pod has an address whatever becomes of it. */
function hasTold({ status }: VirtualMachineInstance): boolean {
  return status?.conditions?.some((it) => it.type === "AgentConnected" && it.status === "True") ??
    false;
}

/** The address that leads to a guest, IPv4 before IPv6; the order of interfaces says nothing. */
export function addressOf(
  instance: VirtualMachineInstance | undefined,
  { addresses }: Pick<Settings, "addresses">,
): string | undefined {
  if (!instance || addresses === "guest" && !hasTold(instance)) return undefined;
  const usable = (instance.status?.interfaces ?? [])
    .toSorted((a, b) => Number(b.name === "default") - Number(a.name === "default"))
    .flatMap(told)
    .filter((address) => address !== "" && !USELESS.test(address));
  return usable.find((address) => !address.includes(":")) ?? usable[0];
}

/** The address of the guest in the running machine of that name. */
export async function guestAddress(
  session: DriverSession,
  vm: string,
  options: Options,
): Promise<string | undefined> {
  const objects = await session.objects(options);
  const instance = await objects.find("virtualmachineinstances", vm, options);
  return addressOf(instance, session.settings);
}
