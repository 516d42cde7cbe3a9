/**
 * What a plugin's tasks can do. The plugin API says little of that: a plugin of ours says it beside its
 * capabilities, of another one it follows from its schema.
 *
 * @module
 */

import {
  type Schema,
  TASK_FACETS,
  type TaskCapabilities,
  type TaskFacet,
} from "../contract/mod.ts";

/** The key under which a plugin of ours says it, beside its capabilities. */
export const FACETS_KEY = "vmtck-facets";

/** The facets among some words. */
export function facetsAmong(words: readonly string[]): TaskFacet[] {
  return TASK_FACETS.filter((facet) => words.includes(facet));
}

/** The facets that a plugin said; undefined for one of another make. */
export function saidFacets(said: string | undefined): TaskFacet[] | undefined {
  return said === undefined ? undefined : facetsAmong(said.split(","));
}

/** What a key of a task's configuration is for. */
const BY_KEY: Readonly<Record<string, readonly TaskFacet[]>> = {
  image: ["images"],
  disk: ["images"],
  use_thin_copy: ["thin-copy"],
  user_data: ["cloud-init"],
};

/**
 * What a plugin of another make can be held to: what its schema has keys for, and what every driver has
 * to do. Addresses, ports and orderly stops are for the user to claim.
 */
export function guessedFacets(schema: Schema, capabilities: TaskCapabilities): TaskFacet[] {
  const keys = schema.kind === "object" ? Object.keys(schema.attributes) : [];
  const facets = keys.flatMap((key) => BY_KEY[key] ?? []);
  if (capabilities.mountConfigs === "all" && facets.includes("images")) facets.push("mounts");
  return facetsAmong([...facets, "stats", "events"]);
}
