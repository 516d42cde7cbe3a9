/**
 * The types of the messages, as they follow from the table in `messages.ts`.
 *
 * @module
 */

import type { MESSAGES } from "./messages.ts";

type Table = typeof MESSAGES;

/** The name of a message. */
export type MessageName = keyof Table;

interface Scalars {
  readonly string: string;
  readonly bytes: Uint8Array;
  readonly bool: boolean;
  readonly double: number;
  readonly int32: number;
  readonly int64: number;
  readonly uint32: number;
  readonly uint64: number;
}

type One<T extends string> = T extends keyof Scalars ? Scalars[T]
  : T extends MessageName ? Message<T>
  : never;

type Value<T extends string> = T extends `${infer E}[]` ? readonly One<E>[]
  : T extends `${infer E}{}` ? Readonly<Record<string, One<E>>>
  : T extends keyof Scalars ? Scalars[T]
  : T extends MessageName ? Message<T> | null
  : never;

type TypeOf<F> = F extends readonly [number, infer T extends string, ...string[]]
  ? F extends readonly [number, string, string] ? Value<T> | undefined : Value<T>
  : never;

/**
 * A message as it was read: all fields are there, with zeros for what was not sent; `null` for a
 * message that was not sent, and `undefined` for the other members of a group.
 */
export type Message<N extends MessageName> = {
  readonly [F in keyof Table[N]]: TypeOf<Table[N][F]>;
};

type OneDraft<T extends string> = T extends keyof Scalars ? Scalars[T]
  : T extends MessageName ? Draft<T>
  : never;

type ValueDraft<T extends string> = T extends `${infer E}[]` ? readonly OneDraft<E>[]
  : T extends `${infer E}{}` ? Readonly<Record<string, OneDraft<E>>>
  : OneDraft<T>;

type DraftOf<F> = F extends readonly [number, infer T extends string, ...string[]] ? ValueDraft<T>
  : never;

/** A message to be sent: what is left out is not sent. */
export type Draft<N extends MessageName> = {
  readonly [F in keyof Table[N]]?: DraftOf<Table[N][F]> | null | undefined;
};
