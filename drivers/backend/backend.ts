/**
 * The seam below an adapter: everything that leaves the process goes through a {@linkcode Backend}.
 *
 * As it is so narrow, recording, replay, simulation, faults and tracing wrap or replace it without
 * the adapter knowing.
 *
 * @module
 */

/** A plain JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** The methods of one hypervisor's backend: name to parameters and result, all plain JSON. */
export type Methods = Readonly<Record<string, { readonly params: Json; readonly result: Json }>>;

/** What a backend call can be given. */
export interface BackendCallOptions {
  /** Abandons the call. What it did on the host cannot be told then. */
  readonly signal?: AbortSignal;
  /** The call's own deadline in milliseconds; the backend's default if absent. */
  readonly timeoutMs?: number;
}

/** The raw API of a hypervisor. */
export interface Backend<M extends Methods = Methods, E extends Json = Json>
  extends AsyncDisposable {
  /**
   * Calls a method.
   *
   * @throws {BackendError}
   */
  call<K extends keyof M & string>(
    method: K,
    params: M[K]["params"],
    options?: BackendCallOptions,
  ): Promise<M[K]["result"]>;
  /** What the hypervisor tells by itself, from now on; ends when the signal aborts. */
  events(options: { signal: AbortSignal }): AsyncIterable<E>;
}

/** How a backend call failed. */
export type BackendErrorKind =
  /** The hypervisor answered with an error of its own: `code` is its code. Nothing was changed unless it says so. */
  | "refused"
  /** There is no connection, and the call was not sent. */
  | "unreachable"
  /** The connection was lost while the call was on its way: what it did cannot be told. */
  | "disconnected"
  /** No reply within the call's deadline: what it did cannot be told. */
  | "timeout"
  /** The reply makes no sense: what the call did cannot be told. */
  | "garbled";

/** What {@linkcode Backend.call} throws; plain data inside, so that it can be recorded. */
export class BackendError extends Error {
  /** Always `BackendError`. */
  override readonly name = "BackendError";

  /** Makes the error; `code` is the raw code in the backend's own words, or empty. */
  constructor(
    /** How the call failed. */
    readonly kind: BackendErrorKind,
    /** The raw code. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
