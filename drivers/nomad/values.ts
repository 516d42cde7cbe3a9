/**
 * Times, durations and words of the contract, as the plugin API writes them.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";
import type { Draft, Message } from "./message_types.ts";
import type { About } from "./status.ts";

const NANOS = 1_000_000_000;

/** Go's zero time, which stands for "not yet": the first instant of the year 1. */
export const ZERO_TIME: Message<"Timestamp"> = { seconds: -62_135_596_800, nanos: 0 };

/** The longest duration that protobuf knows: ten thousand years. */
const LONGEST_MS = 315_576_000_000_000;

/** Seconds and nanoseconds; the same for times since 1970 and for durations. */
export function fromMs(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.trunc(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  return Math.abs(nanos) < NANOS
    ? { seconds, nanos }
    : { seconds: seconds + nanos / NANOS, nanos: 0 };
}

/** Milliseconds; 0 for what was not sent. */
export function toMs(value: Message<"Duration"> | null): number {
  return value ? value.seconds * 1000 + value.nanos / 1_000_000 : 0;
}

/** A time; undefined for Go's zero time, and for what was not sent. */
export function toTime(value: Message<"Timestamp"> | null): number | undefined {
  return value && value.seconds > ZERO_TIME.seconds ? toMs(value) : undefined;
}

/** A duration for the wire. @throws {DriverError} `invalid-argument` if it is no finite number */
export function durationOf(ms: number, what: string, about: About): Draft<"Duration"> {
  if (Number.isFinite(ms) && Math.abs(ms) <= LONGEST_MS) return fromMs(ms);
  throw invalid(about, `the ${what} must be a finite number of milliseconds: ${ms}`);
}

/** A whole number for the wire. @throws {DriverError} `invalid-argument` if it is none */
export function whole(value: number, what: string, about: About): number {
  if (Number.isSafeInteger(value)) return value;
  throw invalid(about, `the ${what} must be a whole number: ${value}`);
}

/** What cannot be asked by the plugin API. */
export function invalid(about: About, why: string): DriverError {
  return new DriverError({
    code: "invalid-argument",
    ...about,
    message: `Cannot ask the plugin for "${about.operation}": ${why}`,
  });
}

/** Closed lists of words, each at the number that it has on the wire. */
export const WORDS = {
  health: ["undetected", "unhealthy", "healthy"],
  state: ["unknown", "running", "exited"],
  fsIsolation: ["none", "chroot", "image", "unveil"],
  netIsolation: ["host", "group", "task", "none"],
  mounts: ["all", "none"],
  cpu: ["systemMode", "userMode", "totalTicks", "throttledPeriods", "throttledTime", "percent"],
  memory: ["rss", "cache", "maxUsage", "kernelUsage", "kernelMaxUsage", "usage", "swap"],
} as const;

/** A word of a list by its number; the first one for numbers that are none of it, as agents read them. */
export function wordOf<L extends keyof typeof WORDS>(
  list: L,
  number: number,
): typeof WORDS[L][number] {
  const words: readonly typeof WORDS[L][number][] = WORDS[list];
  return words[number] ?? WORDS[list][0];
}

/** A word's number. */
export function numberOf<L extends keyof typeof WORDS>(
  list: L,
  word: typeof WORDS[L][number],
): number {
  const words: readonly string[] = WORDS[list];
  return words.indexOf(word);
}

/** The same bytes in an array of their own. */
export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
