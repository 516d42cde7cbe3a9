/**
 * From calls to HTTP requests.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { Collection, KubeMethods, PatchType, Selection, Target } from "./backend.ts";
import type { HttpRequest } from "./http.ts";
import { codeOf } from "./status.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What the parts of a path may be. Names are the server's affair, as long as they stay one part. */
const PARTS = {
  group: /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/,
  version: /^v[0-9a-z]{1,30}$/,
  resource: /^[a-z][a-z0-9-]{0,62}$/,
  namespace: LABEL,
  name: /^(?!\.{1,2}$)[^/%\p{Cc}\p{Cs}]{1,253}$/u,
  subresource: /^[a-z]+(\/[a-z]+)?$/,
} as const;

function part(what: keyof typeof PARTS, value: string): string {
  if (PARTS[what].test(value)) return value.split("/").map(encodeURIComponent).join("/");
  const code = codeOf({ status: 400, reason: "BadRequest", causes: [] });
  const shown = JSON.stringify(value);
  throw new BackendError("refused", code, `Cannot ask for ${shown}: it cannot be a ${what}`);
}

function pathOf(target: Collection & Partial<Target>): string {
  const { group, version, resource, namespace, name, subresource } = target;
  const root = group === "" ? "/api" : `/apis/${part("group", group)}`;
  const parts = [
    root,
    part("version", version),
    ...(namespace === undefined ? [] : ["namespaces", part("namespace", namespace)]),
    part("resource", resource),
    ...(name === undefined ? [] : [part("name", name)]),
    ...(subresource === undefined ? [] : [part("subresource", subresource)]),
  ];
  return parts.join("/");
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(key, String(value));
  }
  return params.size > 0 ? `${path}?${params}` : path;
}

const PATCHES: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};
const JSON_TYPE = "application/json";

function sent(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body: Json | undefined,
  contentType = JSON_TYPE,
): HttpRequest {
  if (body === undefined) return { method, path };
  return { method, path, contentType, body: JSON.stringify(body) };
}

const selection = ({ labelSelector, fieldSelector }: Selection): Query => ({
  labelSelector,
  fieldSelector,
});

/** The methods that are one request and one answer. */
export type PlainMethod = Exclude<
  keyof KubeMethods,
  "access" | "census" | "upload" | `ssh.${string}` | `watch.${string}` | `lab.${string}`
>;
type Params<K extends keyof KubeMethods> = KubeMethods[K]["params"];
type Requests = { readonly [K in PlainMethod]: (params: Params<K>) => HttpRequest };

/** The request of each method. */
export const REQUESTS: Requests = {
  version: () => ({ method: "GET", path: "/version" }),
  get: (params) => ({ method: "GET", path: pathOf(params) }),
  list(params) {
    const { limit, continue: next, resourceVersion, resourceVersionMatch } = params;
    const query = { limit, continue: next, resourceVersion, resourceVersionMatch };
    const path = withQuery(pathOf(collection(params)), { ...selection(params), ...query });
    return { method: "GET", path };
  },
  create: ({ body, options, ...params }) =>
    sent("POST", withQuery(pathOf(collection(params)), options), body),
  replace: ({ body, options, ...params }) => sent("PUT", withQuery(pathOf(params), options), body),
  patch: ({ body, options, type, ...params }) =>
    sent("PATCH", withQuery(pathOf(params), options), body, PATCHES[type]),
  delete: ({ options, ...params }) =>
    sent(
      "DELETE",
      pathOf(params),
      options && { apiVersion: "v1", kind: "DeleteOptions", ...options },
    ),
  invoke: ({ body, ...params }) => sent("PUT", pathOf(params), body ?? {}),
  inspect: (params) => ({ method: "GET", path: pathOf(params) }),
};

/** The request that begins a watch. */
export function watchRequest(params: Params<"watch.start">): HttpRequest {
  const { resourceVersion, allowWatchBookmarks, timeoutSeconds } = params;
  const query = { resourceVersion, allowWatchBookmarks, timeoutSeconds, watch: true };
  const path = withQuery(pathOf(collection(params)), { ...selection(params), ...query });
  return { method: "GET", path };
}

function collection({ group, version, resource, namespace }: Collection): Collection {
  return { group, version, resource, namespace };
}
