/**
 * Waiting until the cluster has done what was asked of it.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Call } from "./plugin_request.ts";

/** The pause between two looks grows: most is done soon, or late. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * Looks until nothing is left, for as long as the settings say.
 *
 * @throws {Trouble} `deadline-exceeded`, with what is left
 */
export async function untilGone(
  { clock, signal, settings: { patienceMs } }: Call,
  look: () => Promise<readonly string[]>,
): Promise<void> {
  const deadline = clock.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const left = await look();
    if (left.length === 0) return;
    const rest = deadline - clock.now();
    if (rest <= 0) {
      const why = `After ${patienceMs / 1000} s there is still ${left.join(", ")}`;
      throw new Trouble("deadline-exceeded", why);
    }
    await clock.sleep(Math.min(pause, rest), { signal });
  }
}
