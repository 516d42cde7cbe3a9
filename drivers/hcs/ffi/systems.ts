/**
 * The handles to systems that are open, by number.
 *
 * A handle is closed only when nothing is under way on it, and no callback can come any more once it
 * is: a call on a handle that goes away meanwhile would be a use of freed memory.
 *
 * @module
 */

import { BackendError } from "../../backend/backend.ts";
import { KeyedLock } from "../../backend/keyed_lock.ts";
import type { SystemRef } from "../backend.ts";
import { listen, type NativeEvent } from "./events.ts";
import type { Libraries } from "./library.ts";
import type { Operations } from "./operations.ts";

/** `E_HANDLE`. */
const STALE = "0x80070006";

interface Open {
  readonly id: string;
  readonly pointer: Deno.PointerValue;
  readonly pending: Set<Promise<unknown>>;
  readonly unlisten: () => void;
  closing: boolean;
}

/** Is told what happens to a system. */
export type SystemListener = (ref: SystemRef, event: NativeEvent) => void;

/** Passes an operation on a handle to a function. */
export type Submit = (
  system: Deno.PointerValue,
  operation: Deno.PointerValue,
) => Promise<number>;

/** The open handles of one pair of libraries. */
export class Systems {
  readonly #libraries: Libraries;
  readonly #operations: Operations;
  readonly #listener: SystemListener;
  readonly #open = new Map<number, Open>();
  readonly #submissions = new KeyedLock();
  #next = 1;

  /** Makes it. */
  constructor(libraries: Libraries, operations: Operations, listener: SystemListener) {
    this.#libraries = libraries;
    this.#operations = operations;
    this.#listener = listener;
  }

  /** How many handles are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Keeps a handle that a function gave out, and listens to it. @throws {BackendError} */
  async adopt(id: string, pointer: Deno.PointerValue): Promise<number> {
    const handle = this.#next++;
    try {
      const told = (event: NativeEvent): void => this.#listener({ id, handle }, event);
      const unlisten = await listen(this.#libraries, pointer, told);
      this.#open.set(handle, { id, pointer, pending: new Set(), unlisten, closing: false });
      return handle;
    } catch (error) {
      await this.discard(pointer);
      throw error;
    }
  }

  /** Closes a handle that nobody was told of. */
  async discard(pointer: Deno.PointerValue): Promise<void> {
    await this.#libraries.core.HcsCloseComputeSystem(pointer);
  }

  /**
   * Runs an operation on a handle. Operations are passed on in the order in which they are asked for,
   * as nonblocking calls have none of their own; they complete in any.
   *
   * @throws {BackendError}
   */
  async run({ id, handle }: SystemRef, submit: Submit): Promise<string | null> {
    const open = this.#find(id, handle);
    const work = this.#operations.run((operation) =>
      this.#submissions.run(`${handle}`, () => submit(open.pointer, operation))
    );
    open.pending.add(work);
    try {
      return await work;
    } finally {
      open.pending.delete(work);
    }
  }

  /** Closes a handle when all operations on it have completed. @throws {BackendError} */
  async close({ id, handle }: SystemRef): Promise<void> {
    const open = this.#find(id, handle);
    open.closing = true;
    await Promise.allSettled(open.pending);
    await this.#libraries.core.HcsCloseComputeSystem(open.pointer);
    open.unlisten();
    this.#open.delete(handle);
  }

  /** Closes all handles; those that are in use follow when they are not any more. */
  async closeAll(): Promise<void> {
    const left = [...this.#open].filter(([, { closing }]) => !closing);
    const closed = left.map(([handle, { id }]) => ({ handle, done: this.close({ id, handle }) }));
    const idle = left.filter(([, { pending }]) => pending.size === 0).map(([handle]) => handle);
    await Promise.all(closed.filter(({ handle }) => idle.includes(handle)).map((it) => it.done));
  }

  #find(id: string, handle: number): Open {
    const open = this.#open.get(handle);
    if (open && open.id === id && !open.closing) return open;
    const message = `No open handle ${handle} to the system ${JSON.stringify(id)}`;
    throw new BackendError("refused", STALE, message);
  }
}
