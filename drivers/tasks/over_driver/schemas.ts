/**
 * What users configure of a task driver over a `Driver`: what that contract can bring about, and no
 * more.
 *
 * @module
 */

import type { Schema, SchemaType } from "../../contract/mod.ts";

function attr(name: string, type: SchemaType, required = false): Schema {
  return required ? { kind: "attr", name, type, required } : { kind: "attr", name, type };
}

/** The plugin's configuration. */
export const CONFIG_SCHEMA: Schema = {
  kind: "object",
  attributes: {
    data_dir: attr("data_dir", "string"),
    image_paths: attr("image_paths", "list(string)"),
  },
};

/** The one network that tasks can have, where the driver makes networks: a new one for each task. */
export const DEFAULT_NETWORK = "default";

const NETWORK_INTERFACE: Schema = {
  kind: "block_list",
  name: "network_interface",
  maxItems: 1,
  nested: {
    kind: "object",
    attributes: {
      bridge: {
        kind: "block",
        name: "bridge",
        nested: {
          kind: "object",
          attributes: {
            name: attr("name", "string", true),
            ports: attr("ports", "list(string)"),
          },
        },
      },
    },
  },
};

/** A task's configuration, with the keys that an adapter adds. */
export function taskConfigSchema(more: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    kind: "object",
    attributes: {
      image: attr("image", "string", true),
      network_interface: NETWORK_INTERFACE,
      ...more,
    },
  };
}
