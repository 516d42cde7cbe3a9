/**
 * From what a Kubernetes server refuses to the errors of the contracts.
 *
 * HTTP status and reason decide, and what `status.ts` read from words that have no code.
 *
 * @module
 */

import { type About, attempt as attemptWith, type Meaning } from "../backend/driver_errors.ts";
import { BackendError } from "../backend/backend.ts";
import { KubeconfigError } from "./kubeconfig.ts";
import { type Refusal, refusalOf } from "./status.ts";

/** What each status means, unless {@linkcode ofStatus} knows better. */
const STATUSES: Readonly<Record<number, Meaning>> = {
  400: ["invalid-argument"],
  401: ["unauthenticated"],
  403: ["permission-denied"],
  // Whatever is missing, it is not the machine: who looks for one asks for that answer.
  404: ["failed-precondition", "not-installed"],
  409: ["aborted", "conflict"],
  410: ["unavailable", "expired"],
  413: ["invalid-argument"],
  415: ["invalid-argument"],
  422: ["invalid-argument"],
  429: ["unavailable", "throttled"],
  500: ["internal"],
  502: ["unavailable"],
  503: ["unavailable"],
  504: ["deadline-exceeded"],
};

/** What is told by other codes than those of the server. */
const CODES: Readonly<Record<string, Meaning>> = {
  // The user's mistake: it does not pass by itself.
  "bad-certificates": ["invalid-argument", "kubeconfig"],
  "bad-token": ["invalid-argument", "kubeconfig"],
  "ssh-unreachable": ["unavailable", "guest-silent"],
  "ssh-unauthenticated": ["unauthenticated"],
};

/** What an error of this adapter's backend means. */
export function meaningOf(error: unknown): Meaning | undefined {
  if (error instanceof KubeconfigError) return ["invalid-argument", "kubeconfig"];
  if (error instanceof BackendError && error.kind === "unreachable" && error.code === "tls") {
    return ["unauthenticated", "tls"];
  }
  if (error instanceof BackendError && Object.hasOwn(CODES, error.code)) return CODES[error.code];
  const refusal = refusalOf(error);
  return refusal && (ofStatus(refusal) ?? STATUSES[refusal.status] ?? ["internal"]);
}

function ofStatus({ status, reason, note, causes, kind }: Refusal): Meaning | undefined {
  if (note === "quota") return ["resource-exhausted", "quota"];
  if (note === "webhook") return ["unavailable", "webhook"];
  if (note === "being-deleted") return ["aborted", "deleting"];
  if (status === 403 && causes.some((it) => it.reason === "NamespaceTerminating")) {
    return ["failed-precondition", "namespace-terminating"];
  }
  if (status === 409 && reason === "AlreadyExists") return ["already-exists"];
  if (status === 404 && kind === "namespaces") return ["failed-precondition", "no-namespace"];
  // Without a reason it is one of what is below the server, such as an etcd that elects a leader.
  if (status === 500 && ["ServerTimeout", ""].includes(reason)) return ["unavailable"];
  return undefined;
}

/** Does the work of a contract method: whatever it throws becomes the contract's error. */
export async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return await attemptWith(about, work, meaningOf);
}

/** Whether a call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal) return refusal.status === 504 || (refusal.status === 500 && refusal.reason === "");
  return !(error instanceof BackendError) || error.kind !== "unreachable";
}
