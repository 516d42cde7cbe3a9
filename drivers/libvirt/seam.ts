/**
 * What the seam has to know about libvirt's methods.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { SeamRules } from "../backend/module.ts";
import type { LibvirtMethods } from "./backend.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import { TAG } from "./tasks/rules.ts";
import { type JsonML, textOf } from "./jsonml.ts";

/** Everything that a method can name its subject by. */
interface Named {
  readonly domain?: { readonly name: string };
  readonly network?: { readonly name: string };
  readonly volume?: { readonly name: string };
  readonly pool?: { readonly name: string };
  readonly name?: string;
  readonly xml?: JsonML;
  readonly address?: string;
  readonly client?: string;
  readonly argv?: readonly string[];
  readonly bridge?: string;
}

/** What a name alone is the name of, by the beginning of the method. */
const KINDS: Readonly<Record<string, string>> = {
  domain: "machine",
  network: "network",
  storagePool: "pool",
  storageVol: "disk",
};

function laneOf(method: string, params: Named): string {
  const { domain, network, volume, pool, address, client, argv, bridge } = params;
  if (domain) return `machine:${domain.name}`;
  if (network) return `network:${network.name}`;
  if (volume) return `disk:${volume.name}`;
  if (address !== undefined) return `guest:${address}`;
  if (client !== undefined) return `guest:${client}`;
  // A rule is its machine's.
  const machine = argv?.find((it) => it.startsWith(TAG))?.slice(TAG.length);
  if (machine !== undefined) return `machine:${machine}`;
  if (bridge !== undefined) return `network:${bridge}`;
  const name = params.name ?? (params.xml && textOf(params.xml, "name"));
  const kind = Object.keys(KINDS).find((prefix) => method.startsWith(prefix));
  if (name && kind) return `${KINDS[kind]}:${name}`;
  return pool ? `pool:${pool.name}` : "host";
}

const READS =
  /^(?:hostFacts|probeAcceleration|connect|node|ssh\.|iptables\.list)|Lookup|Get|Is|Has|List|Holds/;
const LISTENS: ReadonlySet<string> = new Set<keyof LibvirtMethods>([
  "domainInterfaceAddresses",
  "domainOpenConsole",
]);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A hardware address of QEMU's. */
const MAC = /^52:54:00(?::[0-9a-f]{2}){3}$/;

/** What is made up anew in each run. All else is what it was: names follow from the seed. */
const VOLATILE: Readonly<Record<string, string>> = {
  // Where an image is in the cache depends on its content.
  "params path": "path",
  // A guest's, or a port that happened to be free.
  "params address": "address",
};

const refusal = (code: number | string, message: string): BackendError =>
  new BackendError("refused", String(code), message);

/** The rules. */
export const SEAM: SeamRules<LibvirtMethods> = {
  lane: (method, params: Json) => laneOf(method, params as Named),
  changes: (method) => !READS.test(method) && !LISTENS.has(method),
  volatile(_, path, value): string | undefined {
    if (typeof value === "string" && UUID.test(value)) return "uuid";
    if (typeof value === "string" && MAC.test(value)) return "mac";
    return path.length === 2 ? VOLATILE[path.join(" ")] : undefined;
  },
  situations: {
    "unavailable": new BackendError("unreachable", "no-socket", "Nothing listens: start libvirtd"),
    "permission-denied": refusal(ErrorNumber.OPERATION_DENIED, "Operation is denied"),
    "no-memory": refusal(ErrorNumber.NO_MEMORY, "Out of memory"),
    "disk-full": refusal(`${ErrorNumber.SYSTEM_ERROR}:28`, "No space left on device"),
    "busy": refusal(ErrorNumber.OPERATION_TIMEOUT, "Cannot acquire state change lock"),
    "internal": refusal(ErrorNumber.INTERNAL_ERROR, "Internal error"),
  },
};
