/**
 * The events themselves, one a line: what the sub-command `report` reads.
 *
 * @module
 */

import type { Event } from "../engine/events.ts";
import type { Reporter } from "./reporter.ts";

/** The events, one a line. */
export const ndjson: Reporter = () => (event) => `${JSON.stringify(event)}\n`;

/** What each event must have at least, for a report to be made of it. */
const FIELDS: Readonly<Record<Event["type"], readonly string[]>> = {
  "run-start": ["driver", "mode", "contracts", "seed", "startedAt", "command", "selected"],
  "case-start": ["case"],
  "check": ["case", "check", "status"],
  "case-end": ["case", "title", "status", "ms"],
  "run-end": ["totals", "origins", "versions", "leaks", "stale", "exitCode"],
};

/** Whether a value is an event, as far as can be told by what it has. */
function isEvent(value: unknown): value is Event {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  const { type } = value;
  const fields = Object.entries(FIELDS).find(([name]) => name === type)?.[1];
  return fields?.every((field) => field in value) ?? false;
}

/**
 * Reads events that {@linkcode ndjson} wrote.
 *
 * @throws {TypeError} if the text is no complete run
 */
export function parseEvents(text: string): Event[] {
  const events = text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [{ value: JSON.parse(line), number: index + 1 }];
    } catch (error) {
      throw new TypeError(`Line ${index + 1} of the events is no JSON`, { cause: error });
    }
  });
  const [first, last] = [events[0]?.value, events.at(-1)?.value];
  if (first?.type !== "run-start" || first.version !== 1) {
    throw new TypeError('The events do not begin with a "run-start" of version 1');
  }
  if (last?.type !== "run-end") {
    throw new TypeError('The events do not end with a "run-end": the run was not finished');
  }
  return events.map(({ value, number }) => {
    if (isEvent(value)) return value;
    throw new TypeError(`Line ${number} of the events is no whole event of a run`);
  });
}
