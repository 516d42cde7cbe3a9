/**
 * Pauses that differ from call to call: who was sent away together does not come back together.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { requestHash } from "./request_hash.ts";

/** By how much a pause is longer at most. */
const MOST = 0.25;

/**
 * A pause of at least that many milliseconds, and at most a quarter more. It depends on what is asked and
 * on nothing else, so that a replay waits as the recording did.
 */
export function spread(pauseMs: number, asked: Json): number {
  const part = parseInt(requestHash(asked).slice(0, 8), 16) / 2 ** 32;
  return pauseMs * (1 + MOST * part);
}
