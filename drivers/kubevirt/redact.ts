/**
 * Keeping secrets out of what comes back from a cluster: errors, results and events. What goes there
 * is kept off tapes by the rules of `seam.ts`.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import { disguisesOf } from "../contract/mod.ts";
import type { Access, KubeBackend, KubeMethods, WatchEvent } from "./backend.ts";
import { parseCode, type Refusal } from "./status.ts";

/** What stands for a secret, or for a text that may hold one. */
const HIDDEN = "(hidden)";
/** Shorter values would blank out words by chance. */
const SHORTEST = 6;
/** What `kubectl apply` keeps a copy of the whole object in. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The backend, without secrets in what it answers. The content of Secrets is left out of results and
 * events: nobody here reads it. An error about a Secret keeps its code and has words that follow from it
 * alone, as a server may quote any part of what it refuses; other errors lose credentials, in every
 * encoding.
 */
export function redacted(backend: KubeBackend): KubeBackend {
  return {
    call: async <K extends keyof KubeMethods & string>(
      method: K,
      params: KubeMethods[K]["params"],
      options?: Parameters<KubeBackend["call"]>[2],
    ): Promise<KubeMethods[K]["result"]> => {
      try {
        const result = await backend.call(method, params, options);
        return aboutSecrets(params) ? withoutContent(result) : result;
      } catch (error) {
        throw error instanceof BackendError ? scrubbed(error, method, params) : error;
      }
    },
    async *events(options): AsyncGenerator<WatchEvent> {
      for await (const event of backend.events(options)) {
        yield "object" in event && event.object.kind === "Secret" ? withoutContent(event) : event;
      }
    },
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

function aboutSecrets(params: Json): boolean {
  return isFields(params) && params.resource === "secrets";
}

type Fields = { readonly [key: string]: Json | undefined };

function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A Secret, a list of them or an event, without what they hold. */
function withoutContent<T extends Json>(value: T): T {
  return withoutFields(value) as T;
}

function withoutFields(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutFields);
  if (!isFields(value)) return value;
  const kept = Object.entries(value)
    .filter(([key]) => key !== "data" && key !== "stringData" && key !== LAST_APPLIED);
  return Object.fromEntries(
    kept.map(([key, child]) => [key, child === undefined ? child : withoutFields(child)]),
  );
}

function scrubbed(error: BackendError, method: string, params: Json): BackendError {
  const { kind, code, message } = error;
  if (kind === "refused" && aboutSecrets(params) && isFields(params) && params.body !== undefined) {
    const why = `The API server refused to ${method} ${params.resource}: ${inWords(code)}. ` +
      "Its own words are left out, as they may quote the secret";
    return new BackendError(kind, code, why);
  }
  const clean = withoutCredentials(message, isFields(params) ? params.access : undefined);
  return clean === message ? error : new BackendError(kind, code, clean);
}

const NOTES: { readonly [N in NonNullable<Refusal["note"]>]: string } = {
  "quota": "exceeded quota",
  "webhook": "failed calling webhook",
  "being-deleted": "object is being deleted",
};

/** What a code tells, such as `404 NotFound, namespaces "lab"`. */
function inWords(code: string): string {
  const { status, reason, kind, name, note, causes } = parseCode(code);
  const subject = kind === undefined ? "" : `${kind} ${JSON.stringify(name ?? "")}`;
  const words = causes.map(({ reason, field }) => `${reason} ${field}`);
  return [`${status} ${reason}`, note ? NOTES[note] : "", subject, ...words]
    .map((part) => part.trim()).filter((part) => part !== "").join(", ");
}

/** The text without credentials, in whatever form. */
export function withoutCredentials(text: string, access: Json | Access | undefined): string {
  const { token, clientKey } = isFields(access) ? access : {};
  const secrets = [token, clientKey].filter((it) => typeof it === "string");
  return secrets.filter((it) => it.length >= SHORTEST).flatMap(disguisesOf)
    .sort((a, b) => b.length - a.length)
    .reduce((clean, form) => clean.replaceAll(form, HIDDEN), text);
}
