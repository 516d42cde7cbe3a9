/**
 * Byte streams to a daemon: a unix socket, a TCP connection, or the standard streams of a command.
 *
 * @module
 */

import { RpcError } from "./errors.ts";
import type { Endpoint } from "./uri.ts";

/** A byte stream in both directions. */
export interface Transport {
  /** What is at the other end, for messages. */
  readonly peer: string;
  /** The next bytes, valid until the next read; null once the peer has ended or `close` was called. */
  read(): Promise<Uint8Array | null>;
  /** Writes all the bytes. One write at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends both directions and waits until nothing is left open. May be called again. */
  close(): Promise<void>;
}

/** Opens the way to a daemon; an abort leaves nothing open. */
export async function openTransport(
  endpoint: Endpoint,
  options: { signal?: AbortSignal } = {},
): Promise<Transport> {
  options.signal?.throwIfAborted();
  if (endpoint.kind === "unix") return await openSocket(endpoint.paths);
  if (endpoint.kind === "tcp") return await openTcp(endpoint, options.signal);
  return new CommandTransport(endpoint.argv);
}

async function openSocket(paths: readonly string[]): Promise<Transport> {
  let refused: string | undefined;
  for (const path of paths) {
    try {
      return new ConnTransport(path, await Deno.connect({ transport: "unix", path }));
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) refused ??= path;
      else if (!(error instanceof Deno.errors.NotFound)) throw denied(path, error);
    }
  }
  if (refused !== undefined) {
    throw new RpcError("unreachable", `Nothing listens on "${refused}": start libvirtd`);
  }
  throw new RpcError(
    "no-socket",
    `No libvirt socket at ${paths.map((path) => `"${path}"`).join(" or ")}: start libvirtd, ` +
      `or install the package "libvirt-daemon-system"`,
  );
}

function denied(path: string, cause: unknown): unknown {
  if (cause instanceof Deno.errors.NotCapable) {
    const flags = `--allow-read, --allow-write and --allow-net=unix:${path}`;
    return new RpcError(
      "permission-denied",
      `Deno may not open "${path}": allow it with ${flags}`,
      {
        cause,
      },
    );
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new RpcError(
      "permission-denied",
      `No permission on "${path}": add this user to the group "libvirt", or run as root`,
      { cause },
    );
  }
  return new RpcError("unreachable", `Cannot connect to "${path}"`, { cause });
}

async function openTcp(
  { hostname, port }: { hostname: string; port: number },
  signal?: AbortSignal,
): Promise<Transport> {
  const peer = `${hostname}:${port}`;
  try {
    const conn = await Deno.connect({ hostname, port, signal });
    conn.setNoDelay(true);
    return new ConnTransport(peer, conn);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RpcError(
      "unreachable",
      `Cannot connect to "${peer}": check the address, and that libvirtd listens there`,
      { cause },
    );
  }
}

/** A socket. */
export class ConnTransport implements Transport {
  /** The socket's path, or host and port. */
  readonly peer: string;
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(64 * 1024);
  #closed = false;

  /** Takes over an open socket. */
  constructor(peer: string, conn: Deno.Conn) {
    this.peer = peer;
    this.#conn = conn;
  }

  /** The next bytes. */
  async read(): Promise<Uint8Array | null> {
    if (this.#closed) return null;
    try {
      const count = await this.#conn.read(this.#buffer);
      return count === null ? null : this.#buffer.subarray(0, count);
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    }
  }

  /** Writes all the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** Closes the socket, which ends a waiting read. */
  close(): Promise<void> {
    if (!this.#closed) this.#conn.close();
    this.#closed = true;
    return Promise.resolve();
  }
}

/** How much of a command's messages is kept for an error. */
const TAIL = 2000;

/** The standard streams of a command such as `ssh HOST virt-ssh-helper URI`. */
export class CommandTransport implements Transport {
  /** The command's name. */
  readonly peer: string;
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #messages: Promise<string>;
  #closing?: Promise<void>;

  /** Starts the command; its arguments go to it as they are, through no shell of this machine. */
  constructor(argv: readonly string[]) {
    this.peer = argv[0];
    this.#child = spawn(argv);
    this.#output = this.#child.stdout.getReader();
    this.#input = this.#child.stdin.getWriter();
    this.#messages = tail(this.#child.stderr);
  }

  /** The next bytes of the output. An end by failure is an error with the command's own words. */
  async read(): Promise<Uint8Array | null> {
    const { value, done } = await this.#output.read();
    if (!done) return value;
    if (this.#closing !== undefined || (await this.#exit()).success) return null;
    throw await this.#failure();
  }

  /** Writes to the command's input. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#input.write(bytes);
    } catch (error) {
      // A broken pipe: the command's own words tell more.
      throw this.#closing === undefined ? await this.#failure() : error;
    }
  }

  /** Ends the command and waits for its end. */
  close(): Promise<void> {
    return this.#closing ??= this.#stop();
  }

  #exit(): Promise<Deno.CommandStatus> {
    this.#input.close().catch(() => {});
    return this.#child.status;
  }

  async #failure(): Promise<RpcError> {
    const { code } = await this.#exit();
    const reason = (await this.#messages).trim() || "no message";
    return new RpcError("unreachable", `"${this.peer}" ended with exit code ${code}: ${reason}`);
  }

  async #stop(): Promise<void> {
    // Nothing is lost by killing: the far side sees the end of its input and leaves.
    kill(this.#child);
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#output.cancel().catch(() => {});
    await this.#messages;
  }
}

function spawn(argv: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(argv[0], {
      args: argv.slice(1),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new RpcError(
        "permission-denied",
        `Deno may not run "${argv[0]}": allow it with --allow-run=${argv[0]}`,
        { cause },
      );
    }
    throw new RpcError("unreachable", `Cannot start "${argv[0]}": check that it is installed`, {
      cause,
    });
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

async function tail(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + chunk).slice(-TAIL);
  }
  return text;
}
