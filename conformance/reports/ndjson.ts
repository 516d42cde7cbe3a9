/**
 * The events themselves, one a line: what the sub-command `report` reads.
 *
 * @module
 */

import type { Event } from "../engine/events.ts";
import type { Reporter } from "./reporter.ts";

/** The events, one a line. */
export const ndjson: Reporter = () => (event) => `${JSON.stringify(event)}\n`;

/**
 * Reads events that {@linkcode ndjson} wrote.
 *
 * @throws {TypeError} if the text is no complete run
 */
export function parseEvents(text: string): Event[] {
  const events = text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as Event];
    } catch (error) {
      throw new TypeError(`Line ${index + 1} of the events is no JSON`, { cause: error });
    }
  });
  const [first, last] = [events[0], events.at(-1)];
  if (first?.type !== "run-start" || first.version !== 1) {
    throw new TypeError('The events do not begin with a "run-start" of version 1');
  }
  if (last?.type !== "run-end") {
    throw new TypeError('The events do not end with a "run-end": the run was not finished');
  }
  return events;
}
