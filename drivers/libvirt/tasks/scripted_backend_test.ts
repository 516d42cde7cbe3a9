import { VirtualClock } from "../../backend/clock.ts";
import { BackendError, type Json } from "../../backend/backend.ts";
import { EventHub } from "../../backend/event_hub.ts";
import { memoryFiles } from "../../backend/memory_files.ts";
import type { LibvirtBackend, LibvirtEvent } from "../backend.ts";
import { Session } from "../session.ts";

/** A call that was made. */
export interface Call {
  readonly method: string;
  // deno-lint-ignore no-explicit-any -- a test reads what it wrote
  readonly params: any;
}

/** What answers, by method. */
export type Answers = Readonly<Record<string, (params: never) => unknown>>;

/** A session over a backend that answers as it is told, and keeps what it was asked. */
export function scriptedSession(answers: Answers): {
  session: Session;
  calls: Call[];
  hub: EventHub<LibvirtEvent>;
} {
  const calls: Call[] = [];
  const hub = new EventHub<LibvirtEvent>();
  const backend = {
    call(method: string, params: Json): Promise<unknown> {
      calls.push({ method, params });
      const answer = answers[method];
      if (!answer) return Promise.reject(new Error(`Nothing answers "${method}"`));
      return Promise.try(() => answer(params as never));
    },
    events: (options: { signal: AbortSignal }) => hub.subscribe(options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as LibvirtBackend;
  const session = new Session({
    backend,
    clock: new VirtualClock(),
    files: memoryFiles(),
    cacheDir: "/cache",
    configDir: "/config",
    owner: "o",
    imagesUrl: "",
    settings: {},
  });
  return { session, calls, hub };
}

/** libvirt's refusal with a number. */
export function refusal(code: number): BackendError {
  return new BackendError("refused", String(code), "refused");
}
