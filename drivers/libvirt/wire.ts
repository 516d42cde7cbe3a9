/**
 * Between the seam and libvirt's RPC: references, XML as text, events and errors.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { DomainRef, LibvirtEvent, LibvirtMethods } from "./backend.ts";
import { ConnectionLost, LibvirtError, RpcError } from "./rpc/errors.ts";
import type { LibvirtEvent as WireEvent } from "./rpc/events.ts";
import type { JsonML } from "./jsonml.ts";
import { fromXml, toXml } from "./xml.ts";

type Method = keyof LibvirtMethods;

/** The parameters that libvirt's references have more than ours, and XML as text. */
export function toWire(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (key === "domain") return [key, { ...value as DomainRef, id: -1 }];
      if (key === "volume") return [key, { ...value as object, key: "" }];
      return [key, Array.isArray(value) ? toXml(value as unknown as JsonML) : value];
    }),
  );
}

const XML_RESULTS: readonly Method[] = [
  "domainGetXmlDesc",
  "domainGetMetadata",
  "networkGetXmlDesc",
  "storagePoolGetXmlDesc",
  "storageVolGetXmlDesc",
];

/** What a method answers, for what its procedure answered. */
export function fromWire(method: Method, reply: unknown): unknown {
  if (XML_RESULTS.includes(method)) return fromXml(reply as string);
  return prune(reply ?? null);
}

/** A domain's number and a volume's key are the host's business; nothing here needs them. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  const { id: _id, key: _key, ...rest } = value as Record<string, unknown>;
  return rest;
}

/** The seam's word for an event; undefined for one that nobody needs. */
export function fromWireEvent(event: WireEvent): LibvirtEvent | undefined {
  if (event.event !== "domainLifecycle") return undefined;
  const { domain: { name, uuid }, type, detail } = event;
  return { type: "lifecycle", domain: { name, uuid }, event: type, detail };
}

/** `9.0.0`, for 9000000. */
export function version(number: number): string {
  return [1e6, 1e3, 1].map((unit) => Math.floor(number / unit) % 1000).join(".");
}

/** The seam's words for what went wrong below it. */
export function backendError(error: unknown): unknown {
  if (error instanceof LibvirtError) {
    const { code, errno, message } = error;
    const raw = errno === undefined ? String(code) : `${code}:${errno}`;
    return new BackendError("refused", raw, message, { cause: error });
  }
  if (error instanceof ConnectionLost) {
    const kind = error.sent ? "disconnected" : "unreachable";
    return new BackendError(kind, error.code, error.message, { cause: error });
  }
  if (error instanceof RpcError) {
    const isGarbled = error.code === "malformed" || error.code === "stream-ended";
    const kind = isGarbled ? "garbled" : "unreachable";
    return new BackendError(kind, error.code, error.message, { cause: error });
  }
  if (error instanceof SyntaxError) {
    return new BackendError("garbled", "xml", error.message, { cause: error });
  }
  if (error instanceof Deno.errors.NotFound) {
    return new BackendError("refused", "local-file", error.message, { cause: error });
  }
  return error;
}
