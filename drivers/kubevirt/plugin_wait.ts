/**
 * Waiting until the cluster has let go of what it was told to.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { patiently, RARELY } from "./patience.ts";
import type { Call } from "./plugin_request.ts";

/**
 * Looks until nothing is left, for as long as the settings say. `left` is what the cluster's answer to a
 * change has just told to be there; without it, the first look comes at once.
 *
 * @throws {Trouble} `deadline-exceeded`, with what is left
 */
export async function untilGone(
  { clock, signal, settings }: Call,
  look: () => Promise<readonly string[]>,
  left: readonly string[] = [],
): Promise<void> {
  let last = left;
  const isGone = await patiently({
    ...{ clock, settings, signal, pauses: RARELY, isAnswered: left.length > 0 },
    async look(): Promise<true | undefined> {
      last = await look();
      return last.length === 0 ? true : undefined;
    },
  });
  if (isGone) return;
  const why = `After ${settings.patienceMs / 1000} s there is still ${last.join(", ")}`;
  throw new Trouble("deadline-exceeded", why);
}
