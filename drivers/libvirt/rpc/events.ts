/**
 * The events that this client understands, as data.
 *
 * @module
 */

import { type Codec, codecOf, read } from "./codec.ts";
import type { Fields, Struct } from "./wire_types.ts";
import type { XdrReader } from "./xdr.ts";

/** What the table says of one event. */
export interface EventEntry {
  /** The procedure number that its message carries. */
  readonly number: number;
  /** The registration call's family. */
  readonly source: "domain" | "network" | "pool";
  /** The event id to register. */
  readonly id: number;
  /** The message in the order of the wire. */
  readonly body: Fields;
}

/** The table. */
export const events = {
  domainLifecycle: {
    number: 318,
    source: "domain",
    id: 0,
    body: { callback: "skip", domain: "domain", type: "i32", detail: "i32" },
  },
  domainReboot: {
    number: 319,
    source: "domain",
    id: 1,
    body: { callback: "skip", domain: "domain" },
  },
  domainIoError: {
    number: 324,
    source: "domain",
    id: 6,
    body: {
      callback: "skip",
      domain: "domain",
      path: "string",
      device: "string",
      action: "i32",
      reason: "string",
    },
  },
  domainAgentLifecycle: {
    number: 348,
    source: "domain",
    id: 18,
    body: { callback: "skip", domain: "domain", state: "i32", reason: "i32" },
  },
  networkLifecycle: {
    number: 315,
    source: "network",
    id: 0,
    body: { callback: "skip", network: "network", type: "i32", detail: "i32" },
  },
  poolLifecycle: {
    number: 370,
    source: "pool",
    id: 0,
    body: { callback: "skip", pool: "pool", type: "i32", detail: "i32" },
  },
  poolRefresh: {
    number: 373,
    source: "pool",
    id: 1,
    body: { callback: "skip", pool: "pool" },
  },
} as const satisfies Record<string, EventEntry>;

/** The name of an event of the table. */
export type EventName = keyof typeof events;

/** An event, as plain JSON values; `event` tells which one. */
export type LibvirtEvent = {
  [N in EventName]: { event: N } & Struct<typeof events[N]["body"]>;
}[EventName];

const byNumber = new Map<number, { name: EventName; body: Codec }>(
  Object.entries(events).map((
    [name, { number, body }],
  ) => [number, { name: name as EventName, body: codecOf(body) }]),
);

/** Reads an event message; null for one that the table does not know. */
export function readEvent(number: number, payload: XdrReader): LibvirtEvent | null {
  const entry = byNumber.get(number);
  if (entry === undefined) return null;
  const body = read(entry.body, payload) as Record<string, unknown>;
  return { event: entry.name, ...body } as unknown as LibvirtEvent;
}
