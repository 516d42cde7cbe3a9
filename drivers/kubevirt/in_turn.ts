/**
 * What was given up and may still be done: a change that is on its way to the server cannot be called back.
 *
 * @module
 */

import { Abandoned } from "../backend/abandoned.ts";
import type { BackendCallOptions } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import type { KubeBackend, KubeMethods } from "./backend.ts";
import { SEAM } from "./seam.ts";

/** How long the answer to a change is awaited that its caller gave up. */
const LINGER_MS = 10_000;

/** The methods that ask the API server about one object, or change it. */
const ABOUT_OBJECTS: ReadonlySet<string> = new Set<keyof KubeMethods>([
  ...["get", "create", "replace", "patch", "delete", "invoke"] as const,
]);

/**
 * The backend, with changes that come to their end also when their caller gives them up, and with calls
 * about an object that wait for those: whoever undoes what was begun finds it done.
 */
export function inTurn(backend: KubeBackend, clock: Clock): KubeBackend {
  const abandoned = new Abandoned(clock);
  return {
    ...backend,
    call: async <K extends keyof KubeMethods & string>(
      method: K,
      params: KubeMethods[K]["params"],
      options: BackendCallOptions = {},
    ): Promise<KubeMethods[K]["result"]> => {
      if (!ABOUT_OBJECTS.has(method)) return await backend.call(method, params, options);
      const call = ({ signal }: BackendCallOptions): Promise<KubeMethods[K]["result"]> =>
        backend.call(method, params, { ...options, signal });
      const { signal } = options;
      return await abandoned.run(
        SEAM.lane(method, params),
        signal,
        () => SEAM.changes(method) ? lingering(call, clock, signal) : call(options),
      );
    },
  };
}

/** Makes a call that is aborted only some time after its caller's signal. */
async function lingering<T>(
  call: (options: BackendCallOptions) => Promise<T>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  const linger = (): void => {
    clock.sleep(LINGER_MS, { signal: over.signal }).then(
      () => late.abort(signal?.reason),
      () => {},
    );
  };
  signal?.addEventListener("abort", linger, { once: true });
  try {
    return await call({ signal: late.signal });
  } finally {
    over.abort();
    signal?.removeEventListener("abort", linger);
  }
}
