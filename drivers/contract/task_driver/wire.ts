/**
 * The wire of a task driver that is a plugin's process: what its host sees besides the calls.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import type { ErrorCode } from "../errors.ts";
import type { TaskId } from "./task.ts";

/** How a program ended, and what it printed. */
export interface ProgramEnd {
  /** Its exit status; 128 and the signal's number if one ended it. */
  readonly exitCode: number;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
}

/** How a plugin's process ended that was asked to. */
export interface PluginEnd {
  /** Its exit status. */
  readonly exitCode: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Whether its socket is still there. */
  readonly socketLeft: boolean;
}

/** Facet: the driver is a process of its own, which its host talks to over a socket. */
export interface TaskWire {
  /** The lines that the process has printed on its standard output so far. */
  printed(): Promise<readonly string[]>;
  /** Starts the program once more as a person would, who knows nothing of hosts; how that ends. */
  startByHand(options?: CallOptions): Promise<ProgramEnd>;
  /** Whether the process says of itself that it serves. */
  isServing(options?: CallOptions): Promise<boolean>;
  /** The code by which it refuses a method that no version of the plugin API has; undefined if it does not. */
  callUnknown(options?: CallOptions): Promise<ErrorCode | undefined>;
  /**
   * Calls a method whose facet the driver does not have, past the types.
   *
   * @throws {DriverError} `unimplemented`
   */
  callUndeclared(
    method: "signalTask" | "execTask" | "createNetwork",
    options?: CallOptions,
  ): Promise<void>;
  /** What its answer about a task lacks of all that hosts cannot do without. */
  missingParts(id: TaskId, options?: CallOptions): Promise<readonly string[]>;
  /** Comes back over a second connection, as a host does after a crash of its own: inits, and asks about a task. */
  comeBack(id: TaskId, options?: CallOptions): Promise<void>;
  /** Interrupts the process, as a terminal does to a whole group. */
  interrupt(): Promise<void>;
  /** Asks the process to end, as hosts do. The driver is of no use after that. */
  end(): Promise<PluginEnd>;
  /** Ends it as `kill -9` does. The driver is of no use after that. */
  kill(): Promise<void>;
}
