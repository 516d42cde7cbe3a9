/**
 * What the seam has to know about the methods below this adapter.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { SeamRules } from "../backend/module.ts";
import type { KubeMethods } from "./backend.ts";
import { codeOf, type Refusal } from "./status.ts";

/** Everything that a call or an event can name its subject by. */
interface Named {
  readonly resource?: string;
  readonly name?: string;
  readonly body?: { readonly metadata?: { readonly name?: string } };
  readonly watch?: string;
}

function laneOf(method: string, params: Json): string {
  const { resource, name, body, watch } = params as Named;
  if (watch !== undefined) return `watch:${watch}`;
  if (method === "upload") return `datavolumes:${name}`;
  if (resource === undefined || method.startsWith("lab.")) return "cluster";
  return `${resource}:${name ?? body?.metadata?.name ?? ""}`;
}

const READS: ReadonlySet<string> = new Set<keyof KubeMethods>([
  "access",
  "census",
  "get",
  "inspect",
  "list",
  "ssh.run",
  "ssh.shell",
  "version",
  "watch.start",
  "watch.stop",
]);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** By the last word of a leaf's path: what the cluster makes up anew in each run. */
const VOLATILE: Readonly<Record<string, string>> = {
  resourceVersion: "version",
  continue: "page",
  watch: "watch",
  // From here on secrets: see `redact.ts` for the other way.
  token: "hidden",
  clientKey: "hidden",
  clientCertificate: "hidden",
  certificateAuthority: "hidden",
  server: "url",
  proxy: "url",
};

function volatile(path: readonly string[], value: string | number): string | undefined {
  if (path.includes("data") || path.includes("stringData")) return "hidden";
  if (typeof value !== "string") return undefined;
  if (UUID.test(value)) return "uuid";
  if (TIME.test(value)) return "time";
  return VOLATILE[path.at(-1) ?? ""];
}

function refusal(init: Partial<Refusal> & { status: number; reason: string }, message: string) {
  return new BackendError("refused", codeOf({ causes: [], ...init }), message);
}

/** The rules. */
export const SEAM: SeamRules<KubeMethods> = {
  lane: laneOf,
  changes: (method) => !READS.has(method),
  // Where an image is in the cache depends on its content.
  volatile: (method, path, value) =>
    method === "upload" && path.at(-1) === "path" ? "path" : volatile(path, value),
  situations: {
    "unavailable": refusal(
      { status: 503, reason: "ServiceUnavailable" },
      "the server is currently unable to handle the request",
    ),
    "permission-denied": refusal(
      { status: 403, reason: "Forbidden" },
      'virtualmachines.kubevirt.io is forbidden: User "u" cannot do that in the namespace "n"',
    ),
    "no-memory": refusal(
      { status: 403, reason: "Forbidden", note: "quota" },
      "exceeded quota: compute, requested: requests.memory=64Mi, limited: requests.memory=64Mi",
    ),
    "disk-full": refusal(
      { status: 403, reason: "Forbidden", note: "quota" },
      "exceeded quota: storage, requested: requests.storage=1Gi, limited: requests.storage=1Gi",
    ),
    "busy": refusal(
      { status: 409, reason: "Conflict" },
      "Operation cannot be fulfilled: the object has been modified; please apply your changes to " +
        "the latest version and try again",
    ),
    "internal": refusal({ status: 500, reason: "InternalError" }, "Internal error occurred"),
  },
};
