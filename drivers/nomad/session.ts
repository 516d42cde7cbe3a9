/**
 * One process of a plugin, started when it is first needed, and the calls on their way to it.
 *
 * @module
 */

import { driverError, Trouble } from "../backend/driver_errors.ts";
import type { Clock, Schema, TaskId } from "../contract/mod.ts";
import { checkSchema } from "../tasks/mod.ts";
import type { ChannelOptions } from "./channel.ts";
import type { Connection, Said } from "./connection.ts";
import type { About } from "./status.ts";

/** What the user wants to be configured besides what a caller does. */
export type BaseConfig = Readonly<Record<string, unknown>>;

/** What a {@linkcode Session} needs. */
export interface SessionOptions {
  /** What the plugin said when it was asked for the first time. */
  readonly said: Said;
  /** Starts it, unless it is `opened`. @throws {BackendError} */
  readonly connect: () => Promise<Connection>;
  /** It, where it runs already. From now on it is the session's to end. */
  readonly opened?: Connection;
  /** Time. */
  readonly clock: Clock;
  /** Milliseconds from the Unix epoch to the clock's own start. By default 0. */
  readonly epochMs?: number;
  /** The user's part of the plugin's configuration. */
  readonly config?: BaseConfig;
  /** The user's part of every task's. */
  readonly task?: BaseConfig;
}

/** See the module. */
export class Session {
  readonly #closed = new AbortController();
  #connection?: Promise<Connection>;

  /** Makes it; nothing is started yet. */
  constructor(
    /** What it was made with. */
    readonly options: SessionOptions,
  ) {
    if (options.opened) this.#connection = Promise.resolve(options.opened);
  }

  /** Calls the plugin; whatever goes wrong becomes an error of the contract. @throws {DriverError} */
  async run<T>(
    about: About,
    signal: AbortSignal | undefined,
    work: (connection: Connection, options: ChannelOptions) => T | Promise<T>,
  ): Promise<T> {
    const both = signal ? this.until(signal) : this.#closed.signal;
    try {
      return await work(await this.#connected(), { ...about, signal: both });
    } catch (error) {
      throw driverError(error, { ...about, signal: both });
    }
  }

  /** A signal that aborts when the given one does, or the driver is disposed of. */
  until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal]);
  }

  /** What a call is about that is about the driver. */
  aboutDriver(method: string): About {
    return { operation: `task.${method}`, subject: `driver:${this.options.said.info.name}` };
  }

  /** A time on the plugin's clock, as the world's clock tells it. */
  time(ms: number): number {
    return ms - (this.options.epochMs ?? 0);
  }

  /** Ends all calls and the plugin. */
  async close(): Promise<void> {
    this.#closed.abort(new Trouble("canceled", "the driver was disposed of"));
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.[Symbol.asyncDispose]();
  }

  async #connected(): Promise<Connection> {
    this.#closed.signal.throwIfAborted();
    this.#connection ??= this.options.connect();
    try {
      return await this.#connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }
}

/** What a call is about that is about a task. */
export function aboutTask(method: string, id: TaskId): About {
  return { operation: `task.${method}`, subject: `task:${id}` };
}

/**
 * A configuration as an agent evaluates it: with the user's part below, and held to its schema.
 *
 * @throws {Trouble} `invalid-argument`, naming the key
 */
export function evaluated(schema: Schema, value: unknown, base: BaseConfig = {}): unknown {
  const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
  return checkSchema(schema, isTable ? { ...base, ...value } : value ?? base);
}
