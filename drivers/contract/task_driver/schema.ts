/**
 * The schema of a configuration as data: the tree that the plugin API calls an hclspec.
 *
 * @module
 */

/** The types that an attribute may have; `any` is a value of whatever shape. */
export type SchemaType =
  | "string"
  | "number"
  | "bool"
  | "any"
  | `list(${"string" | "number" | "bool"})`
  | `map(${"string" | "number" | "bool"})`;

/** One node of a schema. Plain JSON. */
export type Schema =
  /** Several named values. */
  | { readonly kind: "object"; readonly attributes: Readonly<Record<string, Schema>> }
  /** A value. */
  | {
    readonly kind: "attr";
    readonly name: string;
    readonly type: SchemaType;
    readonly required?: boolean;
  }
  /** At most one block of that name. */
  | {
    readonly kind: "block";
    readonly name: string;
    readonly required?: boolean;
    readonly nested: Schema;
  }
  /** A block whose attributes all have one type. */
  | {
    readonly kind: "block_attrs";
    readonly name: string;
    readonly type: SchemaType;
    readonly required?: boolean;
  }
  /** Blocks of one name, in order or as a set. */
  | {
    readonly kind: "block_list" | "block_set";
    readonly name: string;
    readonly nested: Schema;
    readonly minItems?: number;
    readonly maxItems?: number;
  }
  /** Blocks of one name with labels that differ. */
  | {
    readonly kind: "block_map";
    readonly name: string;
    readonly labels: readonly string[];
    readonly nested: Schema;
  }
  /** A node with a value in its absence. */
  | { readonly kind: "default"; readonly primary: Schema; readonly default: Schema }
  /** A constant, as an HCL expression: `"x"`, `1`, `true`. */
  | { readonly kind: "literal"; readonly value: string };
