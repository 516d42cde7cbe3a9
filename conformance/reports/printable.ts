/**
 * Texts of a driver, a hypervisor or a guest in a form that can be printed: what would clear a terminal,
 * or turn a line around, is shown and not done.
 *
 * @module
 */

import type { Event } from "../engine/events.ts";

/** Control characters but tab and line feed, and those that change the direction of what follows. */
// deno-lint-ignore no-control-regex -- exactly those
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A control character's picture, such as `\u241b` for escape. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
}

/** The text, with a picture in the place of each character that cannot be printed. */
export function printableText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNPRINTABLE, picture);
}

/** What JSON has where there may be such a character: an escape but that of a line feed or tab. */
const SUSPECT = /\\[bfru]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** The event with all of its texts so. */
export function printable(event: Event): Event {
  const text = JSON.stringify(event);
  if (!SUSPECT.test(text)) return event;
  const clean = (_: string, value: unknown): unknown =>
    typeof value === "string" ? printableText(value) : value;
  return JSON.parse(text, clean) as Event;
}
