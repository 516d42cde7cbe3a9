/**
 * Which calls may be made again, and when.
 *
 * @module
 */

import type { KubeMethods } from "./backend.ts";
import { type Refusal, refusalOf } from "./status.ts";

/** How often a call is made at most. */
export const ATTEMPTS = 4;
/** The longest that a server is believed when it says when to come again. */
const LONGEST_PAUSE_MS = 10_000;
const FIRST_PAUSE_MS = 200;

const READS: ReadonlySet<string> = new Set<keyof KubeMethods>([
  "get",
  "list",
  "version",
  "inspect",
]);

/** How long to pause before the same call may be made again, in milliseconds; undefined if it must not. */
export function pauseAfter(method: string, error: unknown, attempt: number): number | undefined {
  const refusal = refusalOf(error);
  if (!refusal || !mayRepeat(refusal, READS.has(method))) return undefined;
  const { retryAfterSeconds } = refusal;
  if (retryAfterSeconds === undefined) return FIRST_PAUSE_MS * 2 ** (attempt - 1);
  const pause = Math.max(0, retryAfterSeconds) * 1000;
  return pause <= LONGEST_PAUSE_MS ? pause : undefined;
}

/** `429` comes before anything is done. Everything else may have been done, which only reads do not mind. */
function mayRepeat({ status, reason, retryAfterSeconds }: Refusal, isRead: boolean): boolean {
  if (status === 429) return true;
  return isRead && retryAfterSeconds !== undefined &&
    (status === 503 || reason === "ServerTimeout");
}
