/**
 * Network namespaces.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Json } from "../backend/backend.ts";
import type {
  CallOptions,
  NetworkEndpoint,
  NetworkNamespace,
  NetworkNamespaces,
} from "../contract/mod.ts";
import { type Attached, Attachments, type Making } from "./attachments.ts";
import type { JsonObject } from "./backend.ts";
import { type About, invalid, trouble } from "./errors.ts";
import { asJson } from "./json.ts";
import type { Link } from "./link.ts";
import type { Options, Step } from "./steps.ts";

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAC = /^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i;

type Namespace = Omit<NetworkNamespace, "references">;

/** An endpoint with what the guest is told of it. */
interface Known extends NetworkEndpoint {
  readonly settings: Json | undefined;
}

/** See {@linkcode NetworkNamespaces}. */
export class HcsNetworkNamespaces implements NetworkNamespaces {
  readonly #link: Link;
  readonly #namespaces: Attachments<Namespace>;
  #adapters = 0;

  /** None yet. */
  constructor(link: Link) {
    this.#link = link;
    this.#namespaces = new Attachments(link);
  }

  async add(
    id: string,
    endpoints: readonly NetworkEndpoint[],
    { signal }: CallOptions = {},
  ): Promise<NetworkNamespace> {
    const about = aboutNamespace("networks.add", id, signal);
    return told(
      await this.#namespaces.add(about, () => this.#check(id, endpoints), () => {
        const known = endpoints.map(({ id, macAddress, settings }): Known => ({
          id,
          macAddress,
          settings: settings === undefined ? undefined : asJson(settings, "settings"),
        }));
        return {
          key: id.toLowerCase(),
          make: () => this.#make(id, known, { signal }),
          again: (namespace) => {
            const there = namespace.adapters.map(({ endpoint }) => endpoint.toLowerCase());
            const wanted = known.map((endpoint) => endpoint.id.toLowerCase());
            if (there.sort().join() === wanted.sort().join()) return { info: namespace };
            throw trouble("conflict", "It is there already, with other endpoints");
          },
        };
      }),
    );
  }

  async remove(id: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutNamespace("networks.remove", id, signal);
    await this.#namespaces.remove(about, () => this.#check(id, []), () => id.toLowerCase());
  }

  attached(): readonly NetworkNamespace[] {
    return this.#namespaces.list("networks.attached").map(told);
  }

  #check(id: string, endpoints: readonly NetworkEndpoint[]): void {
    this.#link.life.assertOpen();
    assertGuid("id", id);
    if (!Array.isArray(endpoints)) throw invalid('"endpoints" is a list');
    const seen = new Set<string>();
    for (const { id, macAddress } of endpoints) {
      assertGuid("endpoint", id);
      if (typeof macAddress !== "string" || !MAC.test(macAddress)) {
        throw invalid(`"macAddress" is six bytes such as 00-15-5D-52-C0-00: ${macAddress}`);
      }
      if (seen.size === seen.add(id.toLowerCase()).size) {
        throw invalid(`The endpoint "${id}" is there twice`);
      }
    }
  }

  async #make(
    id: string,
    endpoints: readonly Known[],
    options: Options,
  ): Promise<Making<Namespace>> {
    const steps = await this.#namespaceSteps(id, options);
    const adapters: { id: string; endpoint: string }[] = [];
    for (const endpoint of endpoints) {
      const adapter = guidOf(`${this.#link.id} ${++this.#adapters}`);
      adapters.push({ id: adapter, endpoint: endpoint.id });
      steps.push(...await this.#adapterSteps(adapter, endpoint, options));
    }
    return { info: { id, adapters }, steps, release: () => {} };
  }

  /** The guest is told of the namespace, if it wants to know. */
  async #namespaceSteps(namespace: string, options: Options): Promise<Step[]> {
    if (this.#link.os !== "windows" || !await this.#wantsNamespaces(options)) return [];
    const { session } = this.#link;
    const settings = await session.call("namespace.query", { namespace }, options);
    return [this.#link.inGuest({
      type: "NetworkNamespace",
      what: `namespace:${namespace}`,
      add: settings,
      remove: settings,
    })];
  }

  async #wantsNamespaces(options: Options): Promise<boolean> {
    const query = { PropertyTypes: ["GuestConnection"] };
    const { GuestConnectionInfo } = await this.#link.properties(query, options);
    const capabilities = GuestConnectionInfo?.GuestDefinedCapabilities;
    return typeof capabilities === "object" && capabilities !== null &&
      (capabilities as JsonObject).NamespaceAddRequestSupported === true;
  }

  async #adapterSteps(
    adapter: string,
    { id, macAddress, settings }: Known,
    options: Options,
  ): Promise<Step[]> {
    const device = this.#link.onHost({
      path: `NetworkAdapters/${adapter}`,
      what: `nic:${adapter}=${id}`,
      add: { EndpointId: id, MacAddress: macAddress },
      remove: { EndpointId: id, MacAddress: macAddress },
    });
    if (this.#link.os !== "windows") return [device];
    const { session } = this.#link;
    const Settings = settings ?? await session.call("endpoint.query", { endpoint: id }, options);
    const request = (RequestType: string, more: JsonObject = {}): JsonObject => ({
      AdapterId: adapter,
      RequestType,
      ...more,
    });
    const inGuest = (add: JsonObject): Step =>
      this.#link.inGuest({
        type: "Network",
        what: `nic:${adapter}`,
        add,
        remove: request("Remove"),
      });
    // Announced before it is there, so that the guest knows its settings when it finds it. One removal
    // takes both back.
    const announced = inGuest(request("PreAdd", { Settings }));
    const added = inGuest(request("Add"));
    let isGone = false;
    const once = (step: Step): Step => ({
      ...step,
      back: async (isSure, options) => {
        if (!isGone) await step.back(isSure, options);
        isGone = true;
      },
    });
    return [once(announced), device, once(added)];
  }
}

/** The GUID that follows from a text: version 8, of our own making. */
export function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

function assertGuid(what: string, id: string): void {
  if (typeof id !== "string" || !GUID.test(id)) throw invalid(`"${what}" is a GUID: ${id}`);
}

function told({ info, references }: Attached<Namespace>): NetworkNamespace {
  return { ...info, references };
}

function aboutNamespace(operation: string, id: string, signal: AbortSignal | undefined): About {
  return { operation, subject: `network:${id}`, signal };
}
