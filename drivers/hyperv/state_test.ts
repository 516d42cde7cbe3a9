import { assertEquals } from "@std/assert";
import { isOff, stateOf } from "./state.ts";

const WORDS: Readonly<Record<string, string>> = {
  Off: "stopped",
  Running: "running",
  Resuming: "starting",
  ForceReboot: "starting",
  FastSaving: "stopping",
  ForceShutdown: "stopping",
  Hibernated: "saved",
  FastSaved: "saved",
  Pausing: "paused",
  OffCritical: "error",
  RunningCritical: "error",
  FastSavingCritical: "error",
  ComponentServicing: "unknown",
  Other: "unknown",
};

for (const [word, state] of Object.entries(WORDS)) {
  Deno.test(`"${word}" is ${state}`, () => assertEquals(stateOf(word), state));
}

for (const [number, state] of [["3", "stopped"], ["32779", "saved"], ["32789", "error"]] as const) {
  Deno.test(`${number} without a name is ${state}`, () => assertEquals(stateOf(number), state));
}

// 32768 and 32769 are states of another interface: there, they mean paused and saved.
for (const word of ["", "constructor", "running", "Wird ausgeführt", "32768", "32769", "99"]) {
  Deno.test(`${JSON.stringify(word)} is unknown`, () => assertEquals(stateOf(word), "unknown"));
}

Deno.test("what is off, saved or has lost its storage while off need not be switched off", () => {
  assertEquals(["Off", "Saved", "OffCritical"].map(isOff), [true, true, true]);
  assertEquals(["Running", "Paused", "PausedCritical", "?"].map(isOff), [
    false,
    false,
    false,
    false,
  ]);
});
