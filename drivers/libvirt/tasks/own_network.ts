/**
 * The network that the driver makes for tasks on its own bridge: there while tasks are on it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Trouble } from "../../backend/driver_errors.ts";
import type { CallOptions, Cidr } from "../../contract/mod.ts";
import { formatIpv4, parseCidr, sizeOf } from "../../contract/mod.ts";
import type { NetworkRef } from "../backend.ts";
import { pickFree } from "../cidr.ts";
import { usesOfOthers } from "../domains.ts";
import { isRefused, unlessRefused } from "../errors.ts";
import { cidrsOf } from "../network_xml.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import type { JsonML } from "../jsonml.ts";

const { INTERNAL_ERROR, NO_NETWORK, OPERATION_FAILED, OPERATION_INVALID } = ErrorNumber;

/** How often another range is tried when somebody else took the picked one. */
const PICKS = 5;
/** Linux takes no longer names of devices than 15 letters. */
const DIGEST_DIGITS = 10;

/** The network of one owner's tasks. */
export class OwnNetwork {
  /** The network's name: of three labels, as no network of the `driver` contract has. */
  readonly name: string;
  /** The bridge: jobs name it. */
  readonly bridge: string;
  readonly #session: Session;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    const digest = createHash("sha256").update(session.owner).digest("hex");
    this.#session = session;
    this.name = session.nameOf("tasks", "own");
    this.bridge = `vmtck${digest.slice(0, DIGEST_DIGITS)}`;
  }

  /** The network, if it is there. */
  async find(options: CallOptions): Promise<NetworkRef | undefined> {
    return await this.#session.call("networkLookupByName", { name: this.name }, options)
      .catch(unlessRefused(undefined, NO_NETWORK));
  }

  /** Makes it, unless it is there. */
  async ensure(options: CallOptions): Promise<void> {
    await this.#locked(options, async () => {
      if (!await this.find(options)) await this.#create(options);
    });
  }

  /** Ends it, unless a machine is on it. */
  async release(options: CallOptions): Promise<void> {
    await this.#locked(options, async () => {
      const network = await this.find(options);
      if (!network) return;
      const uses = await usesOfOthers(this.#session, undefined, options);
      if (uses.some(({ networks }) => networks.includes(this.name))) return;
      await this.#session.call("networkDestroy", { network }, options)
        .catch(unlessRefused(null, NO_NETWORK, OPERATION_INVALID));
    });
  }

  #locked(options: CallOptions, work: () => Promise<void>): Promise<void> {
    return this.#session.locks.run(`network:${this.name}`, work, options);
  }

  async #create(options: CallOptions): Promise<void> {
    for (let pick = 1;; pick++) {
      const xml = ownNetworkXml(this, await this.#choose(options));
      try {
        return void await this.#session.call("networkCreateXml", { xml }, options);
      } catch (error) {
        // Another process made it, or the range was taken in between: no own code says so.
        if (!isRefused(error, OPERATION_FAILED, INTERNAL_ERROR)) throw error;
        if (await this.find(options)) return;
        if (pick === PICKS) throw error;
      }
    }
  }

  async #choose(options: CallOptions): Promise<Cidr> {
    const networks = await this.#session.call("connectListAllNetworks", { flags: 0 }, options);
    const definitions = await Promise.all(
      networks.map((network) =>
        this.#session.call("networkGetXmlDesc", { network, flags: 0 }, options)
          .catch(unlessRefused(undefined, NO_NETWORK))
      ),
    );
    const taken = definitions.flatMap((it) => it ? cidrsOf(it) : []);
    const range = this.#session.settings.networks;
    const cidr = pickFree(parseCidr(range) as Cidr, taken, this.name);
    if (cidr) return cidr;
    throw new Trouble("resource-exhausted", `There is no room for a network: "${range}" is taken`);
  }
}

/** The definition: as private as those of clusters are. */
export function ownNetworkXml(
  { name, bridge }: { readonly name: string; readonly bridge: string },
  cidr: Cidr,
): JsonML {
  const address = (offset: number): string => formatIpv4(cidr.base + offset);
  const last = sizeOf(cidr.prefix) - 2;
  return [
    "network",
    { "xmlns:dnsmasq": "http://libvirt.org/schemas/network/dnsmasq/1.0" },
    ["name", {}, name],
    ["forward", { mode: "nat" }],
    // A bridge of one host has no loops to look for, and looking costs a guest seconds at its start.
    ["bridge", { name: bridge, stp: "off", delay: "0" }],
    [
      "ip",
      { address: address(1), prefix: String(cidr.prefix) },
      ["dhcp", {}, ["range", { start: address(2), end: address(last) }]],
    ],
    // Nobody else gives out addresses here: asking for each whether it is taken costs three seconds.
    ["dnsmasq:options", {}, ["dnsmasq:option", { value: "no-ping" }]],
  ];
}
