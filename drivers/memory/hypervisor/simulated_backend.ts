/**
 * The simulated hypervisor as a backend.
 *
 * @module
 */

import { type BackendCallOptions, BackendError } from "../../backend/backend.ts";
import { EventHub } from "../../backend/event_hub.ts";
import type { Clock } from "../../contract/mod.ts";
import type { MemoryBackend, MemoryEvent, MemoryMethods } from "../backend.ts";
import { durationOf, guestMethods } from "./guest_methods.ts";
import type { Handlers } from "./handlers.ts";
import { labMethods } from "./lab_methods.ts";
import { machineMethods } from "./machine_methods.ts";
import { networkMethods } from "./network_methods.ts";
import { Store } from "./store.ts";

/** How long a call takes, in milliseconds. */
const CALL_MS = 1;
/** How long a copy of an image takes. */
const COPY_MS = 20;

/** A hypervisor of its own, without machines. It lives as long as the backend is not disposed of. */
export function simulatedBackend({ clock }: { clock: Clock }): MemoryBackend {
  const events = new EventHub<MemoryEvent>();
  const end = new AbortController();
  const store = new Store({ clock, signal: end.signal, emit: (event) => events.emit(event) });
  const handlers: Handlers<string> = {
    "host.info": () => ({ version: "1.0.0", memoryMiB: store.memoryMiB }),
    ...machineMethods(store),
    ...networkMethods(store),
    ...guestMethods(store),
    ...labMethods(store),
  };
  return {
    async call<K extends keyof MemoryMethods & string>(
      method: K,
      params: MemoryMethods[K]["params"],
      { signal }: BackendCallOptions = {},
    ): Promise<MemoryMethods[K]["result"]> {
      if (end.signal.aborted) {
        throw new BackendError("unreachable", "closed", "The hypervisor was closed");
      }
      await clock.sleep(method === "disk.create" ? COPY_MS : CALL_MS, { signal });
      const result = structuredClone(handlers[method](structuredClone(params)));
      const ms = params !== null && "argv" in params ? durationOf(params.argv) : 0;
      if (ms > 0) await clock.sleep(ms, { signal });
      return result;
    },
    events: (options) => events.subscribe(options),
    [Symbol.asyncDispose](): Promise<void> {
      end.abort();
      events.end();
      return Promise.resolve();
    },
  };
}
