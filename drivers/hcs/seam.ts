/**
 * What the seam has to know about the methods of the Host Compute Service.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { SeamRules } from "../backend/module.ts";
import type { HcsMethods } from "./backend.ts";

/** Everything that a method can name its subject by. */
interface Named {
  readonly id?: string;
  readonly system?: string;
  readonly script?: { readonly id?: string };
  readonly path?: string;
  readonly to?: string;
  readonly namespace?: string;
  readonly endpoint?: string;
}

function laneOf({ id, system, script, path, to, namespace, endpoint }: Named): string {
  const about = id ?? system ?? script?.id;
  if (about !== undefined) return `system:${about}`;
  const file = path ?? to;
  if (file !== undefined) return `file:${file}`;
  const network = namespace ?? endpoint;
  return network === undefined ? "host" : `network:${network}`;
}

const READS: ReadonlySet<string> = new Set(
  [
    "host.info",
    "service.properties",
    "systems.enumerate",
    "system.properties",
    "namespace.query",
    "endpoint.query",
    "files.stat",
    "files.list",
    "census",
    "lab.inventory",
    "lab.system",
  ] satisfies (keyof HcsMethods)[],
);

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A path whose last word is one. */
const GUID_PATH = /\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function refusal(code: string): BackendError {
  return new BackendError("refused", code, `The service refused: ${code}`);
}

/** The rules. */
export const SEAM: SeamRules<HcsMethods> = {
  lane: (_, params: Json) => laneOf(params as Named),
  changes: (method) => !READS.has(method),
  volatile(_, path, value): string | undefined {
    if (path.at(-1) === "handle") return "handle";
    if (typeof value !== "string") return undefined;
    if (GUID.test(value)) return "uuid";
    return GUID_PATH.test(value) ? "path" : undefined;
  },
  situations: {
    // HCS_E_SERVICE_NOT_AVAILABLE, E_ACCESSDENIED, E_OUTOFMEMORY, ERROR_DISK_FULL,
    // ERROR_SHARING_VIOLATION, E_FAIL
    "unavailable": refusal("0x80370114"),
    "permission-denied": refusal("0x80070005"),
    "no-memory": refusal("0x8007000E"),
    "disk-full": refusal("0x80070070"),
    "busy": refusal("0x80070020"),
    "internal": refusal("0x80004005"),
  },
};
