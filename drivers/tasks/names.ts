/**
 * From tasks to names of machines.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { TaskId } from "../contract/mod.ts";

/** How much of a task's own words is in the name of its machine. */
const WORD_LETTERS = 10;
/** How much of the digest is: 48 bits, so that no two tasks of one host meet. */
const DIGEST_DIGITS = 12;

/**
 * The name of a task's machine: a label of at most 23 letters. It follows from the identity alone, so
 * that what an older process left is found; the digest tells tasks apart, the words are for people.
 */
export function machineName(id: TaskId): string {
  const [, ...rest] = id.split("/");
  const words = (rest.length > 0 ? rest.join("-") : id).toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-").slice(0, WORD_LETTERS).replaceAll(/^-+|-+$/g, "");
  const digest = createHash("sha256").update(id).digest("hex").slice(0, DIGEST_DIGITS);
  return `${words === "" ? "task" : words}-${digest}`;
}
