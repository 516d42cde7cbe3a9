/**
 * The image server on a loopback socket, for drivers that are live.
 *
 * It speaks its few lines of HTTP itself: a connection that is reset, a body that ends early and a
 * transfer that stalls are what it is for, and a listening socket costs a tenth of a web server.
 *
 * @module
 */

import { type Answer, type ImageServer, Publication } from "./image_server.ts";

/** Starts a server on a free port. */
export function socketImageServer(): ImageServer {
  return new SocketServer();
}

const encoder = new TextEncoder();

class SocketServer extends Publication implements ImageServer {
  protected readonly origin: string;
  readonly #port: number;
  readonly #connections = new Map<Deno.Conn, Promise<void>>();
  #listener?: Deno.TcpListener;
  #accepting?: Promise<void>;

  constructor() {
    super();
    this.#port = this.#listen(0);
    this.origin = `http://127.0.0.1:${this.#port}`;
  }

  async down(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
    const ending = [...this.#connections];
    for (const [connection] of ending) close(connection);
    await Promise.all(ending.map(([, served]) => served));
  }

  up(): Promise<void> {
    if (!this.#listener) this.#listen(this.#port);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  #listen(port: number): number {
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
    return listener.addr.port;
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for await (const connection of listener) {
      connection.setNoDelay();
      const served = this.#serve(connection).finally(() => {
        close(connection);
        this.#connections.delete(connection);
      });
      this.#connections.set(connection, served);
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      const request = await readUntil(connection, "\r\n");
      const answer = this.answer(request.split(" ")[1] ?? "");
      // A connection that is closed with part of the request unread is reset.
      if (answer.then !== "reset") await readUntil(connection, "\r\n\r\n", request);
      await send(connection, answer);
      if (answer.then !== "silence") return;
      this.stalls();
      // Until the client goes, or the server does.
      await connection.read(new Uint8Array(1));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Sends what there is; a body whose length is not told goes in chunks. */
async function send(
  connection: Deno.Conn,
  { status, statusText, headers, body }: Answer,
): Promise<void> {
  const isLengthless = headers["content-length"] === undefined;
  const lines = [
    `HTTP/1.1 ${status} ${statusText}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(isLengthless ? ["transfer-encoding: chunked"] : []),
    ...["connection: close", "", ""],
  ];
  await write(connection, encoder.encode(lines.join("\r\n")));
  await write(connection, isLengthless ? chunked(body) : body);
}

/** Reads small pieces until a text was seen, so that hardly more is read; answers all so far. */
async function readUntil(connection: Deno.Conn, end: string, before = ""): Promise<string> {
  const piece = new Uint8Array(32);
  let text = before;
  while (!text.includes(end)) {
    const length = await connection.read(piece);
    if (length === null) throw new Deno.errors.ConnectionReset("The client ended its request");
    text += String.fromCharCode(...piece.subarray(0, length));
  }
  return text;
}

async function write(connection: Deno.Conn, content: Uint8Array): Promise<void> {
  for (let rest = content; rest.length > 0;) {
    rest = rest.subarray(await connection.write(rest));
  }
}

/** One chunk and the end. */
function chunked(body: Uint8Array): Uint8Array {
  const head = encoder.encode(`${body.length.toString(16)}\r\n`);
  const tail = encoder.encode(body.length > 0 ? "\r\n0\r\n\r\n" : "\r\n");
  const all = new Uint8Array(head.length + body.length + tail.length);
  all.set(head);
  all.set(body, head.length);
  all.set(tail, head.length + body.length);
  return all;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether the other side has gone, or this one has closed. */
function isGone(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionAborted, ConnectionReset, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionAborted, ConnectionReset, Interrupted]
    .some((kind) => error instanceof kind);
}
