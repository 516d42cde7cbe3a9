/**
 * A stopwatch at the seam. A trace takes the host's time, which is virtual on simulated ones; what the
 * driver itself costs is this process's time, and the simulator's part of it has to be taken off.
 *
 * @module
 */

import type { Backend, DriverModule } from "../drivers/backend/mod.ts";

/** One backend call, in milliseconds of this process. */
export interface Span {
  /** The method. */
  readonly method: string;
  /** When it began. */
  readonly began: number;
  /** When it ended. */
  readonly ended: number;
}

/** The module, with each backend call timed right above what answers. */
export function probed(module: DriverModule): { module: DriverModule; spans: Span[] } {
  const spans: Span[] = [];
  const timed = (backend: Backend): Backend => ({
    async call(method, params, options) {
      const began = performance.now();
      try {
        return await backend.call(method, params, options);
      } finally {
        spans.push({ method, began, ended: performance.now() });
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  });
  return {
    spans,
    module: {
      ...module,
      async connect(options) {
        const { backend, ...rest } = await module.connect(options);
        return { ...rest, backend: timed(backend) };
      },
    },
  };
}

/** For how long at least one of the calls was going on, between two moments. */
export function coveredMs(spans: readonly Span[], from: number, to: number): number {
  let [covered, end] = [0, from];
  for (const span of spans.toSorted((a, b) => a.began - b.began)) {
    const [began, ended] = [Math.max(span.began, end), Math.min(span.ended, to)];
    if (ended <= began) continue;
    covered += ended - began;
    end = ended;
  }
  return covered;
}
