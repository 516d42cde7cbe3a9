/**
 * Addresses that libvirt's networks gave to guests.
 *
 * @module
 */

import { waitFor } from "../../backend/wait_for.ts";
import { Trouble } from "../../backend/driver_errors.ts";
import { isUsable } from "../../contract/mod.ts";
import type { LeaseRecord, NetworkRef } from "../backend.ts";
import { isRefused, unlessRefused } from "../errors.ts";
import { AddressType } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import { all } from "../jsonml.ts";

const { INTERNAL_ERROR, NO_NETWORK, OPERATION_INVALID } = ErrorNumber;
const ACTIVE = 2;
/** dnsmasq and its helper need a moment to forget a lease. */
const RELEASE_MS = 5_000;
const RELEASE_POLL_MS = 50;

type Options = { readonly signal?: AbortSignal };

/** The active network of a bridge; undefined if the bridge is none of libvirt's. */
export async function networkOfBridge(
  session: Session,
  bridge: string,
  options: Options,
): Promise<NetworkRef | undefined> {
  const networks = await session.call("connectListAllNetworks", { flags: ACTIVE }, options);
  for (const network of networks) {
    const name = await session.call("networkGetBridgeName", { network }, options)
      // Some networks have no bridge, and one may end at this moment.
      .catch(unlessRefused(undefined, INTERNAL_ERROR, NO_NETWORK));
    if (name === bridge) return network;
  }
}

/** The IPv4 leases of a hardware address, the newest first: of an older guest there may be one, too. */
export async function leasesOf(
  session: Session,
  network: NetworkRef,
  mac: string,
  options: Options,
): Promise<LeaseRecord[]> {
  const leases = await session.call("networkGetDhcpLeases", { network }, options)
    .catch(unlessRefused<readonly LeaseRecord[]>([], NO_NETWORK, OPERATION_INVALID));
  return leases.filter((it) => it.type === AddressType.IPV4 && isUsable(it.address))
    .filter((it) => it.mac?.toLowerCase() === mac)
    .sort((a, b) => b.expires - a.expires);
}

/** The network's own IPv4 address, where its DHCP server listens. */
async function serverOf(
  session: Session,
  network: NetworkRef,
  options: Options,
): Promise<string | undefined> {
  const xml = await session.call("networkGetXmlDesc", { network, flags: 0 }, options)
    .catch(unlessRefused(undefined, NO_NETWORK));
  const addresses = xml ? all(xml, "ip") : [];
  return addresses.find(([, { family = "ipv4" }]) => family === "ipv4")?.[1].address;
}

/**
 * Gives back what a guest that is off got in a network. On another host that cannot be done: a lease ends
 * by itself there.
 *
 * @throws {Trouble} `unavailable` if it is still there a while later
 */
export async function releaseLeases(
  session: Session,
  { network: name, mac }: { readonly network: string; readonly mac: string },
  options: Options,
): Promise<void> {
  if (name === "") return;
  const network = await session.call("networkLookupByName", { name }, options)
    .catch(unlessRefused(undefined, NO_NETWORK));
  if (!network) return;
  const find = (): Promise<LeaseRecord[]> => leasesOf(session, network, mac, options);
  const leases = await find();
  const server = leases.length > 0 ? await serverOf(session, network, options) : undefined;
  if (server === undefined) return;
  for (const { address: client } of leases) {
    try {
      await session.call("dhcp.release", { server, client, mac }, options);
    } catch (error) {
      if (isRefused(error) && error.code === "not-local") return;
      throw error;
    }
  }
  const isGone = await waitFor({
    clock: session.clock,
    signal: options.signal,
    timeoutMs: RELEASE_MS,
    pollMs: RELEASE_POLL_MS,
    look: async () => (await find()).length === 0 || undefined,
  });
  if (!isGone) throw new Trouble("unavailable", `The network keeps the address of "${mac}"`);
}
