/**
 * What goes between the backend and an API server, without saying how.
 *
 * @module
 */

import type { Access } from "./backend.ts";

/** A request. */
export interface HttpRequest {
  /** The verb of HTTP. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, such as `/api/v1/namespaces/ns/secrets?limit=10`. */
  readonly path: string;
  /** Of the body. */
  readonly contentType?: string;
  /** JSON. */
  readonly body?: string;
}

/** What comes back. */
export interface HttpResponse {
  /** The HTTP status. */
  readonly status: number;
  /** A header's value, by its name in lower case. */
  header(name: string): string | undefined;
  /** The body's text, in the pieces in which it comes. Breaking off ends the connection. */
  readonly body: AsyncIterable<string>;
}

/**
 * Sends a request once, and never again by itself.
 *
 * @throws {BackendError} `unreachable` if it was not sent, `disconnected` if it may have been
 */
export type Transport = (
  request: HttpRequest,
  options: { readonly access: Access; readonly signal?: AbortSignal },
) => Promise<HttpResponse>;
