/**
 * A machine's power state, by all that its record says.
 *
 * @module
 */

import type { PowerState } from "../contract/mod.ts";
import type { VmRecord } from "./backend.ts";
import { stateOf } from "./state.ts";
import { readTag } from "./tag.ts";

/** The state of a machine; `creating` until its maker has said that it is done. */
export function powerOf({ state, notes }: VmRecord): PowerState {
  const isHalfMade = notes === "" || readTag(notes)?.creating === true;
  const power = stateOf(state);
  return isHalfMade && power === "stopped" ? "creating" : power;
}
