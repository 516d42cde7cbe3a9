/**
 * The way to an API server by `fetch`.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { Access } from "./backend.ts";
import type { HttpRequest, HttpResponse, Transport } from "./http.ts";

/** The clients of one way to a server. */
interface Clients {
  readonly reads: Deno.HttpClient;
  /**
   * Opens a connection for each request, and keeps none: `fetch` sends a request again by itself when a kept one closes after it was
   * sent, also one that makes or deletes something.
   */
  readonly changes: Deno.HttpClient;
}

/** More ways than that at the same time are not kept open. */
const MOST_CLIENTS = 8;

/** Makes the transport. Nothing is opened before the first request. */
export function fetchTransport(): { transport: Transport; close: () => void } {
  const kept = new Map<string, Clients>();
  const clientsOf = (access: Access): Clients => {
    const { token: _, ...way } = access;
    const key = JSON.stringify(way);
    const clients = kept.get(key) ?? openClients(way);
    kept.delete(key);
    kept.set(key, clients);
    for (const [old, stale] of [...kept].slice(0, -MOST_CLIENTS)) {
      kept.delete(old);
      closeClients(stale);
    }
    return clients;
  };
  const transport: Transport = (request, { access, signal }) =>
    send(clientsOf(access), request, access, signal);
  const close = (): void => {
    for (const clients of kept.values()) closeClients(clients);
    kept.clear();
  };
  return { transport, close };
}

function openClients(access: Omit<Access, "token">): Clients {
  const { certificateAuthority, clientCertificate, clientKey, proxy } = access;
  const options: Deno.CreateHttpClientOptions & Partial<Deno.TlsCertifiedKeyPem> = {
    http2: false,
    ...(certificateAuthority !== undefined && { caCerts: [certificateAuthority] }),
    ...(clientCertificate !== undefined && { cert: clientCertificate, key: clientKey ?? "" }),
    ...(proxy !== undefined && { proxy: { url: proxy } }),
  };
  const open = (more: Deno.CreateHttpClientOptions): Deno.HttpClient => {
    try {
      return Deno.createHttpClient({ ...options, ...more });
    } catch {
      // What is wrong may quote what it is about.
      throw unusable();
    }
  };
  // A text without any would be passed over, and the authorities of the system be trusted alone.
  if (certificateAuthority?.includes("-----BEGIN CERTIFICATE-----") === false) throw unusable();
  return { reads: open({}), changes: open({ poolMaxIdlePerHost: 0 }) };
}

function unusable(): BackendError {
  const why = "The kubeconfig's certificates and key, or its proxy's address, cannot be used";
  return new BackendError("unreachable", "bad-certificates", why);
}

function closeClients({ reads, changes }: Clients): void {
  reads.close();
  changes.close();
}

/** What tells who asks. `Headers` would quote a value that it cannot take. */
function bearer(token: string): string {
  if (/^[\x21-\x7e]*$/.test(token)) return `Bearer ${token}`;
  const why = "The kubeconfig's token cannot be sent: it is no line of visible ASCII characters";
  throw new BackendError("unreachable", "bad-token", why);
}

async function send(
  { reads, changes }: Clients,
  { method, path, contentType, body }: HttpRequest,
  { server, token }: Access,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  signal?.throwIfAborted();
  const headers = new Headers({ accept: "application/json", "user-agent": "vmtck" });
  if (contentType !== undefined) headers.set("content-type", contentType);
  if (token !== undefined) headers.set("authorization", bearer(token));
  const ask = async (client: Deno.HttpClient): Promise<Response> => {
    try {
      // A redirect could take the credentials elsewhere: it is an answer like any other.
      const options = { method, headers, body, signal, client, redirect: "manual" } as const;
      return await fetch(server + path, options);
    } catch (error) {
      throw lost(error, signal);
    }
  };
  const response = method === "GET"
    ? await ask(reads).catch((error) => {
      if (!isLost(error)) throw error;
      // The server may have ended a kept connection meanwhile; reading again does no harm.
      return ask(changes);
    })
    : await ask(changes);
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: textIn(response, signal),
  };
}

function isLost(error: unknown): boolean {
  return error instanceof BackendError && error.kind === "disconnected";
}

async function* textIn({ body }: Response, signal?: AbortSignal): AsyncGenerator<string> {
  if (!body) return;
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) yield piece;
  } catch (error) {
    throw lost(error, signal);
  }
}

/** What a failure of `fetch` means. Its own text quotes the address, and so is not kept. */
function lost(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof Deno.errors.NotCapable) {
    const why = "This program may not reach the API server: run it with --allow-net";
    return new BackendError("unreachable", "not-allowed", why);
  }
  const text = causes(error).join(": ");
  if (isDistrust(error)) {
    const why = "The API server's certificate, or the one shown to it, was not accepted";
    return new BackendError("unreachable", "tls", why);
  }
  const isUnsent = /\(Connect\)|dns error|connection refused|are blocked|error trying to connect/i
    .test(text);
  return isUnsent
    ? new BackendError("unreachable", "", "The API server cannot be reached")
    : new BackendError("disconnected", "", "The connection to the API server was lost");
}

/** Whether one side does not accept the other's certificate. */
export function isDistrust(error: unknown): boolean {
  return /certificate|BadSignature|UnknownIssuer|InvalidCertificate|HandshakeFailure/i
    .test(causes(error).join(": "));
}

function causes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.message, ...causes(error.cause)];
}
