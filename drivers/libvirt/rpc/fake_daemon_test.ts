/**
 * The other end of a connection, played by a test.
 *
 * @module
 */

import { codecOf, read, write } from "./codec.ts";
import { ERROR_FIELDS } from "./connection.ts";
import { Feed } from "./feed.ts";
import { encodeFrame, type Header, MessageType, Program, Status } from "./frames.ts";
import { type ProcedureName, type ProcedureResult, procedures } from "./procedures.ts";
import type { Transport } from "./transport.ts";
import type { Fields, Procedure } from "./wire_types.ts";
import { XdrReader, XdrWriter } from "./xdr.ts";

/** The bytes of a value of a notation. */
export function encode(type: string | Fields | null, value: unknown, where: string): Uint8Array {
  const writer = new XdrWriter();
  write(writer, codecOf(type), value, where);
  return writer.written;
}

/** The value of a notation from its bytes. */
export function decode(type: string | Fields | null, bytes: Uint8Array): unknown {
  return read(codecOf(type), new XdrReader(bytes));
}

/** A message as the daemon got it. */
export interface Received extends Header {
  /** What follows the header. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Two transports of which each reads what the other writes. */
export function pipe(): [Transport, Transport] {
  const [left, right] = [new Feed<Uint8Array>(), new Feed<Uint8Array>()];
  const end = (incoming: Feed<Uint8Array>, outgoing: Feed<Uint8Array>): Transport => ({
    peer: "fake",
    read: async () => (await incoming.next()).value ?? null,
    write: (bytes) => Promise.resolve(outgoing.push(bytes.slice())),
    close: () => {
      incoming.end();
      outgoing.end();
      return Promise.resolve();
    },
  });
  return [end(left, right), end(right, left)];
}

const names = new Map(
  Object.entries(procedures).map(([name, { number, program }]: [string, Procedure]) => [
    `${Program[program ?? "remote"]}/${number}`,
    name as ProcedureName,
  ]),
);

/** A daemon that says what the test tells it to. */
export class FakeDaemon {
  readonly #transport: Transport;
  #bytes = new Uint8Array(0);

  /** Speaks over `transport`. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** A daemon and the client's end of the pipe to it. */
  static create(): { daemon: FakeDaemon; transport: Transport } {
    const [transport, other] = pipe();
    return { daemon: new FakeDaemon(other), transport };
  }

  /** The next message from the client, or null at the end. */
  async next(): Promise<Received | null> {
    for (;;) {
      const view = new DataView(this.#bytes.buffer);
      if (this.#bytes.length >= 4 && this.#bytes.length >= view.getUint32(0)) {
        const frame = this.#bytes.slice(0, view.getUint32(0));
        this.#bytes = this.#bytes.slice(frame.length);
        const [program, _version, procedure, type, serial, status] = [1, 2, 3, 4, 5, 6]
          .map((word) => view.getUint32(word * 4));
        return { program, procedure, type, serial, status, payload: frame.slice(28) };
      }
      const chunk = await this.#transport.read();
      if (chunk === null) return null;
      const joined = new Uint8Array(this.#bytes.length + chunk.length);
      joined.set(this.#bytes);
      joined.set(chunk, this.#bytes.length);
      this.#bytes = joined;
    }
  }

  /** The next message, which must be a call of `name`, and its arguments. */
  async expect(name: ProcedureName): Promise<Received & { args: unknown }> {
    const call = await this.next();
    const seen = call && nameOf(call);
    if (call === null || seen !== name) throw new Error(`Expected "${name}", got "${seen}"`);
    return { ...call, args: decode(procedures[name].args, call.payload) };
  }

  /** Answers every call of the opening with success. */
  async open(authKinds: number[] = [0]): Promise<void> {
    await this.answer("authList", authKinds);
    await this.answer("connectOpen", undefined);
  }

  /** Waits for a call of `name` and answers it. */
  async answer<N extends ProcedureName>(name: N, result: ProcedureResult<N>): Promise<Received> {
    const call = await this.expect(name);
    await this.reply(call, name, result);
    return call;
  }

  /** Answers a call with success. */
  reply<N extends ProcedureName>(call: Received, name: N, result: ProcedureResult<N>) {
    const payload = encode(procedures[name].result, result, name);
    return this.send({ ...call, type: MessageType.reply, status: Status.ok }, payload);
  }

  /** Answers a call or a stream with an error. */
  fail(call: Received, code: number, message: string, type: number = MessageType.reply) {
    return this.send({ ...call, type, status: Status.error }, errorPayload(code, message));
  }

  /** Sends a stream packet: data, an empty one for the end of data, or a confirmation. */
  packet(call: Received, status: number, data: Uint8Array = new Uint8Array(0)) {
    return this.send({ ...call, type: MessageType.stream, status }, data);
  }

  /** Sends an event message. */
  event(procedure: number, payload: Uint8Array) {
    return this.send({
      program: Program.remote,
      procedure,
      type: MessageType.event,
      serial: 0,
      status: Status.ok,
    }, payload);
  }

  /** Sends a message. */
  send(header: Header, payload: Uint8Array): Promise<void> {
    return this.#transport.write(encodeFrame(header, payload));
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): Promise<void> {
    return this.#transport.write(bytes);
  }

  /** Hangs up. */
  close(): Promise<void> {
    return this.#transport.close();
  }
}

/** The name of the procedure that a message is about. */
export function nameOf(call: Header): ProcedureName | undefined {
  return names.get(`${call.program}/${call.procedure}`);
}

function errorPayload(code: number, message: string): Uint8Array {
  const rest = { domain: 10, level: 2, number1: 0, number2: 0 };
  return encode(ERROR_FIELDS, { code, message, ...rest }, "error");
}
