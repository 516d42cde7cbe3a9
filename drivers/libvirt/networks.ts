/**
 * The networks of one owner: a private one with NAT and DHCP for each cluster.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type Cidr,
  DriverError,
  type DriverErrorInit,
  formatCidr,
  isUsableCidr,
  type Lease,
  type Network,
  type NetworkFacet,
  type Networks,
  type NetworkSpec,
  overlap,
  parseCidr,
  type Subject,
} from "../contract/mod.ts";
import type { NetworkRef } from "./backend.ts";
import { pickFree } from "./cidr.ts";
import { usesOfOthers } from "./domains.ts";
import { type About, attempt, driverError, isRefused, unlessRefused } from "./errors.ts";
import { cidrsOf, networkXml } from "./network_xml.ts";
import { definitionOf, findNetwork, type OwnNetwork, readNetwork } from "./own_networks.ts";
import { Flags } from "./rpc/constants.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import { type Undo, undoing } from "../backend/undo.ts";

const { NO_NETWORK, OPERATION_FAILED, OPERATION_INVALID, INTERNAL_ERROR } = ErrorNumber;

/** How often another range is tried when somebody else took the picked one. */
const PICKS = 5;

/** See {@linkcode Networks}. */
export class LibvirtNetworks implements Networks {
  readonly facets: readonly NetworkFacet[] = ["dhcp"];
  readonly #session: Session;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    this.#session = session;
  }

  qualifiedName(cluster: string): string {
    assertName(cluster, aboutCluster("networks.qualifiedName", cluster));
    return this.#session.nameOf(cluster);
  }

  async create(spec: NetworkSpec, { signal }: CallOptions = {}): Promise<Network> {
    const { cluster } = spec;
    const about = aboutCluster("networks.create", cluster, signal);
    assertName(cluster, about);
    const wanted = spec.cidr === undefined ? undefined : assertCidr(spec.cidr, about);
    const name = this.#session.nameOf(cluster);
    const key = `network:${name}`;
    return await attempt(about, () =>
      this.#session.locks.run(key, async () => {
        const found = await this.#session.call("networkLookupByName", { name }, { signal })
          .catch(unlessRefused(undefined, NO_NETWORK));
        if (found) throw exists(about, cluster);
        return this.#handle(await this.#make(cluster, wanted, about));
      }, { signal }));
  }

  async get(cluster: string, { signal }: CallOptions = {}): Promise<Network> {
    const about = aboutCluster("networks.get", cluster, signal);
    assertName(cluster, about);
    return await attempt(about, async () => this.#handle(await this.#own(cluster, about)));
  }

  async list({ signal }: CallOptions = {}): Promise<Network[]> {
    const about = { operation: "networks.list", subject: "driver:libvirt", signal } as const;
    return await attempt(about, async () => {
      const { owner } = this.#session;
      const all = await this.#session.call("connectListAllNetworks", { flags: 0 }, { signal });
      const found = await Promise.all(
        all.filter(({ name }) => name.startsWith(`${owner}.`))
          .map((network) => readNetwork(this.#session, network, { signal })),
      );
      return found.filter((it) => it !== undefined)
        .filter(({ network, cluster }) => network.name === this.#session.nameOf(cluster))
        .sort((a, b) => a.cluster < b.cluster ? -1 : 1)
        .map((it) => this.#handle(it));
    });
  }

  async delete(cluster: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutCluster("networks.delete", cluster, signal);
    assertName(cluster, about);
    const key = `network:${this.#session.nameOf(cluster)}`;
    await attempt(about, () =>
      this.#session.locks.run(key, async () => {
        const { network } = await this.#own(cluster, about);
        await this.#assertUnused(network, about);
        await this.#remove(network, { signal });
      }, { signal }));
  }

  async #own(cluster: string, about: About): Promise<OwnNetwork> {
    const own = await findNetwork(this.#session, cluster, about);
    if (own) return own;
    throw new DriverError({
      ...bare(about),
      code: "not-found",
      message: `There is no network of cluster "${cluster}"`,
    });
  }

  /** Makes the network in the wanted range or a free one. */
  async #make(cluster: string, wanted: Cidr | undefined, about: About): Promise<OwnNetwork> {
    for (let pick = 1;; pick++) {
      const cidr = await this.#choose(cluster, wanted, about);
      try {
        return await undoing(
          (undo) => this.#define(cluster, cidr, undo, about),
          (error) => driverError(error, about),
        );
      } catch (error) {
        // The range was taken in between, by libvirt or by anything else of the host: no own code says so.
        const { cause } = error as DriverError;
        if (wanted || pick === PICKS || !isRefused(cause, INTERNAL_ERROR)) throw error;
      }
    }
  }

  async #define(cluster: string, cidr: Cidr, undo: Undo, about: About): Promise<OwnNetwork> {
    const { signal } = about;
    const { owner } = this.#session;
    const network = { name: this.#session.nameOf(cluster), uuid: crypto.randomUUID() };
    const xml = networkXml({ ...network, tag: { owner, cluster }, cidr });
    undo.add(`network:${network.name}`, () => this.#remove(network, {}));
    try {
      const flags = Flags.networkDefine.VALIDATE;
      await this.#session.call("networkDefineXmlFlags", { xml, flags }, { signal });
    } catch (error) {
      throw isRefused(error, OPERATION_FAILED) ? exists(about, cluster) : error;
    }
    await this.#session.call("networkCreate", { network }, { signal });
    await this.#session.call("networkSetAutostart", { network, autostart: true }, { signal });
    return { network, cluster, cidr: formatCidr(cidr) };
  }

  async #choose(cluster: string, wanted: Cidr | undefined, about: About): Promise<Cidr> {
    const { signal } = about;
    const all = await this.#session.call("connectListAllNetworks", { flags: 0 }, { signal });
    const definitions = await Promise.all(
      all.map((network) => definitionOf(this.#session, network, { signal })),
    );
    const taken = definitions.flatMap((it) => it ? cidrsOf(it) : []);
    const { networks } = this.#session.settings;
    const cidr = wanted ??
      pickFree(parseCidr(networks) as Cidr, taken, this.#session.nameOf(cluster));
    if (!cidr) {
      throw new DriverError({
        ...bare(about),
        code: "resource-exhausted",
        message: `Cannot create the network of cluster "${cluster}": all of "${networks}" is taken`,
      });
    }
    if (!wanted || !taken.some((it) => overlap(it, wanted))) return cidr;
    throw new DriverError({
      ...bare(about),
      code: "failed-precondition",
      reason: "cidr-taken",
      message: `Cannot create the network of cluster "${cluster}": another network of the host ` +
        `uses addresses of "${formatCidr(wanted)}"`,
    });
  }

  async #remove(network: NetworkRef, options: CallOptions): Promise<void> {
    await this.#session.call("networkDestroy", { network }, options)
      .catch(unlessRefused(null, OPERATION_INVALID, NO_NETWORK));
    await this.#session.call("networkUndefine", { network }, options)
      .catch(unlessRefused(null, NO_NETWORK));
  }

  async #assertUnused({ name }: NetworkRef, about: About): Promise<void> {
    const { signal } = about;
    const domains = await usesOfOthers(this.#session, undefined, { signal });
    const count = domains.filter(({ networks }) => networks.includes(name)).length;
    if (count === 0) return;
    throw new DriverError({
      ...bare(about),
      code: "failed-precondition",
      reason: "in-use",
      message: `Cannot delete the network "${name}": ${count} machine(s) are attached to it`,
    });
  }

  #handle({ network, cluster, cidr }: OwnNetwork): Network {
    const { name } = network;
    return {
      cluster,
      name,
      cidr,
      dhcp: { leases: (options) => this.#leases(network, cluster, options) },
    };
  }

  async #leases(
    network: NetworkRef,
    cluster: string,
    { signal }: CallOptions = {},
  ): Promise<Lease[]> {
    const about = aboutCluster("network.dhcp.leases", cluster, signal);
    const leases = await attempt(
      about,
      () => this.#session.call("networkGetDhcpLeases", { network }, { signal }),
    );
    return leases.map(({ mac, address, hostname }) => ({
      mac: (mac ?? "").toLowerCase(),
      address,
      ...(hostname ? { hostname } : {}),
    }));
  }
}

function aboutCluster(operation: string, cluster: string, signal?: AbortSignal): About {
  const subject: Subject = `network:${cluster}`;
  return { operation, subject, signal };
}

function bare({ operation, subject }: About): Pick<DriverErrorInit, "operation" | "subject"> {
  return { operation, subject };
}

function assertCidr(text: string, about: About): Cidr {
  const cidr = typeof text === "string" ? parseCidr(text) : undefined;
  if (cidr && isUsableCidr(cidr)) return cidr;
  throw new DriverError({
    ...bare(about),
    code: "invalid-argument",
    message:
      `Cannot use ${JSON.stringify(text)} as a network: expected IPv4 in CIDR notation, such ` +
      `as "192.168.125.0/24", with a prefix from 8 to 29`,
  });
}

function exists(about: About, cluster: string): DriverError {
  return new DriverError({
    ...bare(about),
    code: "already-exists",
    message: `Cannot create the network of cluster "${cluster}": there is one of that name`,
  });
}
