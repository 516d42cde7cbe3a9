/**
 * Whose a machine is: a line of JSON in its notes. Names prove nothing.
 *
 * @module
 */

import { isValidName } from "../contract/mod.ts";

/** What is in the notes. */
export interface MachineTag {
  /** Whose it is. */
  readonly owner: string;
  /** Its cluster. */
  readonly cluster: string;
  /** Its name. */
  readonly name: string;
  /** The version of the image that it was made from. */
  readonly image: string;
  /** Whether its maker is not done yet. */
  readonly creating?: boolean;
}

/** Says that the rest is this adapter's. */
const KEY = "vmtck";

/** The notes for a tag. */
export function writeTag({ owner, cluster, name, image, creating }: MachineTag): string {
  return JSON.stringify({ [KEY]: { owner, cluster, name, image, ...(creating && { creating }) } });
}

/** The tag in some notes; undefined if there is none. */
export function readTag(notes: string): MachineTag | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(notes);
  } catch {
    return undefined;
  }
  const tag = (parsed as { readonly [KEY]?: Partial<MachineTag> } | null)?.[KEY];
  if (typeof tag !== "object" || tag === null) return undefined;
  const { owner, cluster, name, image = "", creating = false } = tag;
  if (!isValidName(owner) || !isValidName(cluster) || !isValidName(name)) return undefined;
  return { owner, cluster, name, image: String(image), creating: creating === true };
}
