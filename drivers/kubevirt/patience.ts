/**
 * Waiting until the cluster has done what was asked of it.
 *
 * Each wait looks, and looks more rarely the longer it takes. A watch would be told of all that happens
 * on the way, and most waits are over after one look or two: it would be the dearer way.
 *
 * @module
 */

import { waitFor } from "../backend/wait_for.ts";
import type { Clock } from "../contract/mod.ts";
import type { Settings } from "./settings.ts";

/** How long pauses are. */
export interface Pauses {
  /** The first one. */
  readonly shortestMs: number;
  /** Those of a wait that takes long. */
  readonly longestMs: number;
}

/** For whoever waits for the answer. */
const SOON: Pauses = { shortestMs: 250, longestMs: 5000 };
/** For a controller, which has many machines and other things to do meanwhile. */
export const RARELY: Pauses = { shortestMs: 1000, longestMs: 10_000 };

/** As long as it took so far: nothing is seen later than twice its time, or the longest pause. */
export function pauseAfter(waitedMs: number, { shortestMs, longestMs } = SOON): number {
  return Math.min(Math.max(waitedMs, shortestMs), longestMs);
}

/** What {@linkcode patiently} needs. */
export interface Patience<T> {
  /** Time. */
  readonly clock: Clock;
  /** The user's settings. */
  readonly settings: Pick<Settings, "patienceMs">;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** How often it looks; by default as often as for whoever waits for the answer. */
  readonly pauses?: Pauses;
  /** Whether the cluster's answer to a change has just said "not yet": then the first look comes later. */
  readonly isAnswered?: boolean;
  /** Looks at the cluster; undefined means "not yet". */
  look(options: { readonly signal: AbortSignal }): Promise<T | undefined>;
}

/** Waits for as long as the user has patience; answers undefined then. */
export async function patiently<T>(
  { clock, settings: { patienceMs }, signal, pauses, look, isAnswered = false }: Patience<T>,
): Promise<T | undefined> {
  let isKnown = isAnswered;
  return await waitFor({
    ...{ clock, timeoutMs: patienceMs, signal },
    pollMs: (waitedMs) => pauseAfter(waitedMs, pauses),
    async look({ signal }): Promise<T | undefined> {
      if (!isKnown) return await look({ signal });
      isKnown = false;
      return undefined;
    },
  });
}
