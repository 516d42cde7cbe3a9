/**
 * Messages to bytes and back.
 *
 * @module
 */

import protobuf from "protobufjs";
import type { Draft, Message, MessageName } from "./message_types.ts";
import { MESSAGES } from "./messages.ts";

/** A field in the words of the library. */
function fieldOf([id, type]: readonly [number, string, ...string[]]): protobuf.IField {
  if (type.endsWith("{}")) {
    return { id, type: type.slice(0, -2), keyType: "string" } as protobuf.IMapField;
  }
  return type.endsWith("[]") ? { id, type: type.slice(0, -2), rule: "repeated" } : { id, type };
}

/** The groups of a message, of which only one field is there. */
function groupsOf(
  rows: [string, readonly [number, string, ...string[]]][],
): protobuf.IType["oneofs"] {
  const groups: Record<string, { oneof: string[] }> = {};
  for (const [field, [, , group]] of rows) {
    if (group !== undefined) (groups[group] ??= { oneof: [] }).oneof.push(field);
  }
  return groups;
}

const ROOT = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(MESSAGES).map(([name, row]) => {
      const rows: [string, readonly [number, string, ...string[]]][] = Object.entries(row);
      const fields = Object.fromEntries(rows.map(([field, it]) => [field, fieldOf(it)]));
      return [name, { fields, oneofs: groupsOf(rows) }];
    }),
  ),
});

/** A message as bytes. */
export function encode<N extends MessageName>(name: N, message: Draft<N>): Uint8Array {
  const type = ROOT.lookupType(name);
  return type.encode(type.fromObject(message)).finish();
}

/** A message from bytes. @throws {Error} if they are none of that type */
export function decode<N extends MessageName>(name: N, bytes: Uint8Array): Message<N> {
  const type = ROOT.lookupType(name);
  // The table that the type follows from is the table that the library was given.
  return type.toObject(type.decode(bytes), { longs: Number, defaults: true }) as Message<N>;
}
