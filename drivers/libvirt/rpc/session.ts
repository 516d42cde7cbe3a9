/**
 * A connection that has been opened to a hypervisor: typed calls, events and streams.
 *
 * @module
 */

import { codecOf, read, write } from "./codec.ts";
import { type Callable, Connection } from "./connection.ts";
import { type ConnectionLost, ErrorNumber, LibvirtError, RpcError } from "./errors.ts";
import { type EventName, events, type LibvirtEvent, readEvent } from "./events.ts";
import { Feed } from "./feed.ts";
import { Program } from "./frames.ts";
import {
  type ProcedureArgs,
  type ProcedureName,
  type ProcedureResult,
  procedures,
} from "./procedures.ts";
import type { RpcStream } from "./stream.ts";
import { openTransport, type Transport } from "./transport.ts";
import { type Endpoint, parseUri } from "./uri.ts";
import type { Procedure } from "./wire_types.ts";

/** What every call takes. */
export interface CallOptions {
  /** Stops waiting. The daemon does not hear of it and may still do the work. */
  readonly signal?: AbortSignal;
}

/** The procedures that open a stream. */
export type StreamProcedureName = {
  [N in ProcedureName]: typeof procedures[N] extends { stream: true } ? N : never;
}[ProcedureName];

const AUTH_NONE = 0;
const AUTH_POLKIT = 2;
/** How long the daemon may take to answer the last call. */
const FAREWELL_MS = 250;

/** Reads a URI if need be, reaches the daemon, authenticates and opens the hypervisor. */
export async function connect(
  target: string | Endpoint,
  options: CallOptions = {},
): Promise<LibvirtConnection> {
  const endpoint = typeof target === "string" ? parseUri(target) : target;
  return await openSession(await openTransport(endpoint, options), endpoint.uri, options);
}

/** Authenticates and opens a hypervisor over a transport, which is closed if that fails. */
export async function openSession(
  transport: Transport,
  uri: string,
  options: CallOptions = {},
): Promise<LibvirtConnection> {
  const connection = new LibvirtConnection(transport);
  try {
    await authenticate(connection, options);
    await connection.call("connectOpen", { uri }, options);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function authenticate(connection: LibvirtConnection, options: CallOptions): Promise<void> {
  const kinds = await connection.call("authList", {}, options);
  if (kinds.length === 0 || kinds.includes(AUTH_NONE)) return;
  if (kinds.includes(AUTH_POLKIT)) {
    await connection.call("authPolkit", {}, options);
    return;
  }
  throw new RpcError(
    "unsupported-auth",
    `libvirt wants an authentication of kind ${
      kinds.join(", ")
    }, and only none and polkit are known ` +
      `here: use the local socket, or "+ssh"`,
  );
}

/** An open connection to a hypervisor. */
export class LibvirtConnection implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #feeds = new Set<Feed<LibvirtEvent>>();
  #end?: { error?: ConnectionLost };
  #closing?: Promise<void>;

  /** Wraps a transport on which nothing has been said yet; see {@linkcode connect}. */
  constructor(transport: Transport) {
    this.#connection = new Connection(transport, {
      event: ({ program, procedure }, payload) => {
        const event = program === Program.remote ? readEvent(procedure, payload) : null;
        if (event) { for (const feed of this.#feeds) feed.push(event); }
      },
      ended: (error) => {
        this.#end = { error };
        for (const feed of this.#feeds) feed.end(error);
      },
    });
  }

  /** Calls a procedure. At most four run at once; further ones wait their turn. */
  call<N extends ProcedureName>(
    name: N,
    args: ProcedureArgs<N>,
    options: CallOptions = {},
  ): Promise<ProcedureResult<N>> {
    // What an entry of the table reads is what its type says.
    const reply = this.#connection.call(prepared(name), args, options);
    return reply as Promise<ProcedureResult<N>>;
  }

  /** Calls a procedure that opens a stream. A large stream needs a connection of its own. */
  openStream<N extends StreamProcedureName>(
    name: N,
    args: ProcedureArgs<N>,
    options: CallOptions = {},
  ): Promise<RpcStream> {
    return this.#connection.openStream(prepared(name), args, options);
  }

  /**
   * Asks the daemon to send events, each once per connection; gives those that the hypervisor has.
   */
  async register(
    names: readonly EventName[],
    options: CallOptions = {},
  ): Promise<EventName[]> {
    const registered: EventName[] = [];
    for (const name of names) {
      try {
        await this.#register(name, options);
        registered.push(name);
      } catch (error) {
        if (!(error instanceof LibvirtError && error.code === ErrorNumber.NO_SUPPORT)) throw error;
      }
    }
    return registered;
  }

  /**
   * The registered events from now on, in the daemon's order, to every caller. An event may come before
   * the reply of the call that caused it. Ends with the connection: quietly after `close`, else with
   * {@linkcode ConnectionLost}.
   */
  events(): AsyncIterableIterator<LibvirtEvent, undefined> {
    const feed: Feed<LibvirtEvent> = new Feed(() => this.#feeds.delete(feed));
    if (this.#end) feed.end(this.#end.error);
    else this.#feeds.add(feed);
    return feed;
  }

  /** Ends the connection; calls still waiting fail with {@linkcode ConnectionLost}. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Ends the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (this.#connection.idle) await this.#farewell();
    await this.#connection.close();
  }

  /** Takes leave, since the daemon logs an error for everyone who just disappears. */
  async #farewell(): Promise<void> {
    const patience = new AbortController();
    // A frozen daemon must not keep this process; nothing depends on how long this takes.
    // deno-lint-ignore vmtck/clock-is-injected
    const timer = setTimeout(() => patience.abort(), FAREWELL_MS);
    await this.call("connectClose", {}, { signal: patience.signal }).catch(() => {});
    clearTimeout(timer);
  }

  async #register(name: EventName, options: CallOptions): Promise<void> {
    const { source, id: event } = events[name];
    if (source === "domain") {
      await this.call("connectDomainEventCallbackRegisterAny", { event }, options);
    } else if (source === "network") {
      await this.call("connectNetworkEventRegisterAny", { event }, options);
    } else {
      await this.call("connectStoragePoolEventRegisterAny", { event }, options);
    }
  }
}

const ready: Partial<Record<ProcedureName, Callable>> = {};

/** A procedure of the table, ready to be called. */
function prepared(name: ProcedureName): Callable {
  return ready[name] ??= prepare(name, procedures[name]);
}

function prepare(name: string, { number, program, args, result }: Procedure): Callable {
  const [sent, answered] = [codecOf(args), codecOf(result)];
  return {
    program: Program[program ?? "remote"],
    procedure: number,
    write: (writer, value) => write(writer, sent, value, name),
    read: (payload) => read(answered, payload),
  };
}
