/**
 * From tasks to names of machines.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { TaskId } from "../contract/mod.ts";

/** The longest name. */
const LONGEST = 23;
/** How much of the digest is: 48 bits, so that no two tasks of one host meet. */
const DIGEST_DIGITS = 12;

/**
 * The name of a task's machine: a label of at most 23 letters, or fewer. It follows from the identity
 * alone, so that what an older process left is found; the digest tells tasks apart, the words are for
 * people.
 */
export function machineName(id: TaskId, longest: number = LONGEST): string {
  const room = Math.min(longest, LONGEST) - DIGEST_DIGITS - 1;
  const [, ...rest] = id.split("/");
  const words = (rest.length > 0 ? rest.join("-") : id).toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-").slice(0, Math.max(0, room)).replaceAll(/^-+|-+$/g, "");
  const digest = createHash("sha256").update(id).digest("hex").slice(0, DIGEST_DIGITS);
  return `${words === "" ? "t" : words}-${digest}`;
}
