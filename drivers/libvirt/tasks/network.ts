/**
 * The network of tasks: addresses by DHCP, and ports of the host that lead to guests.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import { attempt as attemptBy } from "../../backend/driver_errors.ts";
import { waitFor } from "../../backend/wait_for.ts";
import {
  type CallOptions,
  DriverError,
  parseIpv4,
  type TaskAttribute,
  type TaskNet,
  type TaskPort,
  type TeardownSpec,
  type TeardownStep,
  type VmStartedBuildRequest,
  type VmStartedBuildResponse,
  type VmTerminatedTeardownRequest,
} from "../../contract/mod.ts";
import { addressOf } from "../addresses.ts";
import type { NetworkRef } from "../backend.ts";
import { findDomain } from "../domains.ts";
import { isRefused, meaningOf } from "../errors.ts";
import { AddressSource, DomainState } from "../rpc/constants.ts";
import type { Session } from "../session.ts";
import { leasesOf, networkOfBridge, releaseLeases } from "./leases.ts";
import { OwnNetwork } from "./own_network.ts";
import {
  guestPort,
  isLoopback,
  machineOf,
  ruleOf,
  rulesFor,
  TABLES,
  type Target,
  toDelete,
  toInsert,
} from "./rules.ts";

/** A slow guest boots for a minute or more; one that never asks for an address must not hold up its start for ever. */
const ADDRESS_MS = 90_000;
const POLL_MS = 250;
/** What the own network is called in attributes. */
const OWN = "own";
/** The way for guests on bridges that libvirt does not serve. */
const FOREIGN_SOURCES = [AddressSource.AGENT, AddressSource.ARP];

/** Why there are no rules to see: another host, no such program, or no right to it. */
const NO_FIREWALL: ReadonlySet<string> = new Set(["not-local", "no-iptables", "permission-denied"]);

type Options = { readonly signal?: AbortSignal };

/** See {@linkcode TaskNet}. */
export class LibvirtTaskNet implements TaskNet {
  /** The network on the driver's own bridge. */
  readonly own: OwnNetwork;
  readonly #session: Session;
  readonly #prefix: string;

  /** Nothing is opened yet. Attributes begin with the prefix. */
  constructor(session: Session, prefix: string) {
    this.#session = session;
    this.#prefix = prefix;
    this.own = new OwnNetwork(session);
  }

  /** Rules stand in the host's own chains, so there is nothing to prepare. */
  init(): Promise<void> {
    return Promise.resolve();
  }

  /** The own bridge comes first: jobs may name it before it is there. */
  async fingerprint(options: CallOptions = {}): Promise<Record<string, TaskAttribute>> {
    const own = { [`${this.#prefix}.network.${OWN}.bridge_name`]: { value: this.own.bridge } };
    return { ...own, ...await this.#others(options) };
  }

  async #others(options: CallOptions): Promise<Record<string, TaskAttribute>> {
    try {
      const flags = { flags: 0 };
      const networks = await this.#session.call("connectListAllNetworks", flags, options);
      const found = await Promise.all(
        networks.filter(({ name }) => name !== OWN && !name.includes(".")).map(async (network) => {
          const active = await this.#session.call("networkIsActive", { network }, options);
          const bridge = active &&
            await this.#session.call("networkGetBridgeName", { network }, options).catch(() => "");
          const key = `${this.#prefix}.network.${network.name}`;
          return {
            [`${key}.state`]: { value: active ? "active" : "inactive" },
            ...(bridge ? { [`${key}.bridge_name`]: { value: bridge } } : {}),
          };
        }),
      );
      return Object.assign({}, ...found);
    } catch {
      return {};
    }
  }

  async vmStartedBuild(
    request: VmStartedBuildRequest,
    { signal }: CallOptions = {},
  ): Promise<VmStartedBuildResponse> {
    const { machine, interfaces, macs } = request;
    const about = {
      operation: "net.vmStartedBuild",
      subject: `machine:${machine}`,
      signal,
    } as const;
    const steps: TeardownStep[] = [];
    const teardown: TeardownSpec = { version: 1, machine, steps };
    return await attemptBy(about, async () => {
      const bridge = interfaces[0]?.bridge;
      if (!bridge) return { teardown };
      const ports = mappedPorts(request);
      const mac = macs[0];
      const network = await this.networkOf(bridge.name, { signal });
      if (network) steps.push({ kind: "lease", data: { network: network.name, mac } });
      const address = await this.#address(machine, network, mac, { signal });
      if (ports.length > 0) steps.push({ kind: "forwards", data: { machine } });
      try {
        const target = { machine, address, bridge: bridge.name };
        for (const port of ports) await this.#forward(port, target, { signal });
      } catch (error) {
        await this.#removeForwards(machine, {}).catch(() => {});
        throw error;
      }
      const portMap = Object.fromEntries(ports.map((port) => [port.label, guestPort(port)]));
      return { network: { portMap, ip: address, autoAdvertise: false }, teardown };
    }, meaningOf);
  }

  async vmTerminatedTeardown(
    { teardown: { machine, steps } }: VmTerminatedTeardownRequest,
    { signal }: CallOptions = {},
  ): Promise<void> {
    const leftovers: string[] = [];
    let first: unknown;
    for (const step of [...steps].reverse()) {
      try {
        await this.#takeBack(step, { signal });
      } catch (error) {
        first ??= error;
        leftovers.push(`${step.kind}:${machine}`);
      }
    }
    if (leftovers.length === 0) return;
    const about = {
      operation: "net.vmTerminatedTeardown",
      subject: `machine:${machine}`,
      signal,
    } as const;
    const known = await attemptBy(about, () => Promise.reject(first), meaningOf)
      .catch((error: DriverError) => error);
    throw new DriverError({ ...(known as DriverError).toJSON(), leftovers, cause: first });
  }

  /** libvirt's network on a bridge, if there is one. */
  async networkOf(bridge: string, options: Options): Promise<NetworkRef | undefined> {
    return bridge === this.own.bridge
      ? await this.own.find(options)
      : await networkOfBridge(this.#session, bridge, options);
  }

  /**
   * Removes all rules of a machine, of which nobody knows whether there are any; answers whether there
   * were. Where rules cannot be listed, none was made either.
   */
  async removeForwards(machine: string, options: Options): Promise<boolean> {
    try {
      return await this.#removeForwards(machine, options);
    } catch (error) {
      if (isRefused(error) && NO_FIREWALL.has(error.code)) return false;
      throw error;
    }
  }

  async #takeBack({ kind, data }: TeardownStep, options: Options): Promise<void> {
    if (kind === "forwards") await this.#removeForwards(String(data.machine), options);
    if (kind === "lease") {
      const lease = { network: String(data.network), mac: String(data.mac) };
      await releaseLeases(this.#session, lease, options);
    }
  }

  /** The newest valid lease of the guest, as soon as there is one. */
  async #address(
    machine: string,
    network: NetworkRef | undefined,
    mac: string,
    options: Options,
  ): Promise<string> {
    const session = this.#session;
    const domain = await findDomain(session, machine, options);
    if (!domain) throw new Trouble("failed-precondition", "The machine is gone");
    const address = await waitFor({
      clock: session.clock,
      signal: options.signal,
      timeoutMs: ADDRESS_MS,
      pollMs: POLL_MS,
      look: async ({ signal }) => {
        const found = network
          ? (await leasesOf(session, network, mac, { signal }))[0]?.address
          : await addressOf(session, domain, { signal, sources: FOREIGN_SOURCES });
        if (found !== undefined) return found;
        const { state } = await session.call("domainGetState", { domain }, { signal });
        if (state !== DomainState.SHUTOFF) return undefined;
        throw new Trouble("failed-precondition", "The machine ended before it had an address");
      },
    });
    if (address !== undefined) return address;
    const why = `The guest asked for no address within ${ADDRESS_MS / 1000} s`;
    throw new Trouble("deadline-exceeded", why);
  }

  async #forward(port: TaskPort, target: Target, options: Options): Promise<void> {
    if (isLoopback(port.hostIp)) {
      await this.#session.call("bridge.routeLocal", { bridge: target.bridge }, options);
    }
    for (const rule of rulesFor(port, target)) {
      const argv = toInsert(rule);
      const { exitCode, stderr } = await this.#session.call("iptables.run", { argv }, options);
      if (exitCode !== 0) throw new Trouble("internal", `The firewall takes no rule: ${stderr}`);
    }
  }

  async #removeForwards(machine: string, options: Options): Promise<boolean> {
    let isAny = false;
    for (const table of TABLES) {
      const lines = await this.#session.call("iptables.list", { table }, options);
      for (const line of lines.filter((it) => machineOf(it) === machine)) {
        const argv = toDelete(ruleOf(table, line));
        // Whatever the exit code is: the rule that is not there any more was to go.
        await this.#session.call("iptables.run", { argv }, options);
        isAny = true;
      }
    }
    return isAny;
  }
}

/**
 * The ports that lead to the guest.
 *
 * @throws {Trouble} `invalid-argument` for a label that is no port of the task, or an address that is none
 */
export function mappedPorts(
  { interfaces, ports }: Pick<VmStartedBuildRequest, "interfaces" | "ports">,
): TaskPort[] {
  const labels = interfaces.flatMap((it) => it.bridge?.ports ?? []);
  return labels.map((label) => {
    const port = ports.find((it) => it.label === label);
    if (!port) {
      const why =
        `the key "network_interface.bridge.ports" names "${label}", which is no port of the task`;
      throw new Trouble("invalid-argument", why);
    }
    if (port.hostIp !== "" && parseIpv4(port.hostIp) === undefined) {
      const why = `the port "${label}" is on ${
        JSON.stringify(port.hostIp)
      }, which is no IPv4 address`;
      throw new Trouble("invalid-argument", why);
    }
    return port;
  });
}
