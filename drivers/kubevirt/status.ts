/**
 * What a Kubernetes server refuses with, as the code of a `BackendError`.
 *
 * The code is all that decisions are made from, and all of it that a tape keeps:
 * `404 NotFound?kind=virtualmachines&name=m1`. Parts that the server did not tell are absent.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";

/** A refusal. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number;
  /** Such as `NotFound`; empty if the answer was no `Status`, as from a path that is not served. */
  readonly reason: string;
  /** The API group of what it is about. */
  readonly group?: string;
  /** The resource or kind of what it is about; KubeVirt's verbs say it in the singular. */
  readonly kind?: string;
  /** The name of what it is about. */
  readonly name?: string;
  /** What is wrong with which field: such as `FieldValueRequired` and `spec.template`. */
  readonly causes: readonly { readonly reason: string; readonly field: string }[];
  /** When to try again. */
  readonly retryAfterSeconds?: number;
  /** What only the words tell, and both sides of the seam would otherwise have to read. */
  readonly note?: "quota" | "webhook" | "being-deleted";
}

const CAUSE = "cause";

/** The code of a refusal. */
export function codeOf(refusal: Refusal): string {
  const { status, reason, causes, ...rest } = refusal;
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(rest).sort()) {
    if (value !== undefined && value !== "") parts.set(key, String(value));
  }
  for (const { reason, field } of causes) parts.append(CAUSE, `${reason} ${field}`);
  const tail = parts.size > 0 ? `?${parts}` : "";
  return `${status}${reason && ` ${reason}`}${tail}`;
}

/** What the code of a refusal says. */
export function parseCode(code: string): Refusal {
  const [head = "", tail = ""] = halves(code, "?");
  const [status = "", reason = ""] = halves(head, " ");
  const parts = new Map<string, string>();
  const causes: { reason: string; field: string }[] = [];
  for (const part of tail === "" ? [] : tail.split("&")) {
    const [key = "", value = ""] = halves(part, "=").map(decoded);
    parts.set(key, value);
    if (key !== CAUSE) continue;
    const [reason = "", field = ""] = halves(value, " ");
    causes.push({ reason, field });
  }
  const retryAfter = parts.get("retryAfterSeconds");
  const note = NOTES.find((it) => it === parts.get("note"));
  return {
    status: Number(status) || 0,
    reason,
    group: parts.get("group"),
    kind: parts.get("kind"),
    name: parts.get("name"),
    causes,
    ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }),
    ...(note && { note }),
  };
}

/** What stands before and after the first separator. */
function halves(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A text as `URLSearchParams` writes it. They would read it, too, and take twice as long. */
function decoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll("+", " ")) : text;
}

const NOTES = ["quota", "webhook", "being-deleted"] as const;

/** The last error that was read, and what it says: several ask about the same one in turn. */
let last: { readonly error: BackendError; readonly refusal: Refusal } | undefined;

/** The refusal in an error; undefined if it is none. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof BackendError) || error.kind !== "refused") return undefined;
  if (last?.error !== error) last = { error, refusal: parseCode(error.code) };
  return last.refusal;
}

/** Whether an error is a refusal with that HTTP status and reason, such as `isRefusal(e, 409, "Conflict")`. */
export function isRefusal(error: unknown, status: number, reason?: string): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === status && (reason === undefined || refusal.reason === reason);
}
