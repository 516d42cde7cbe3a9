import { assertEquals } from "@std/assert";
import { stateOf, stateOfEvent } from "./state.ts";

const AS_MADE = { saved: false, creating: false };

for (
  const [state, reason, expected, raw] of [
    [1, 1, "running", "running/1"],
    [2, 0, "running", "blocked/0"],
    [3, 1, "paused", "paused/user"],
    [3, 3, "stopping", "paused/save"],
    [3, 5, "error", "paused/ioerror"],
    [3, 11, "starting", "paused/starting-up"],
    [3, 99, "paused", "paused/99"],
    [4, 1, "stopping", "shutdown/1"],
    [5, 3, "stopped", "shutoff/crashed"],
    [6, 1, "error", "crashed/1"],
    [7, 0, "unknown", "pmsuspended/0"],
    [42, 7, "unknown", "42/7"],
  ] as const
) {
  Deno.test(`libvirt's state ${state}/${reason} is ${expected}, as "${raw}"`, () => {
    assertEquals(stateOf(state, reason, AS_MADE), { state: expected, raw });
  });
}

Deno.test("a machine that is off is saved or in the making if more is known of it", () => {
  assertEquals(stateOf(5, 5, { saved: true, creating: false }).state, "saved");
  assertEquals(stateOf(5, 0, { saved: true, creating: false }).raw, "shutoff/saved");
  assertEquals(stateOf(5, 0, { saved: false, creating: true }).state, "creating");
});

for (
  const [event, detail, expected, raw] of [
    [0, 0, "stopped", "defined/added"],
    [1, 0, "absent", "undefined/removed"],
    [2, 0, "running", "started/booted"],
    [3, 0, "paused", "suspended/paused"],
    [3, 2, "error", "suspended/ioerror"],
    [4, 0, "running", "resumed/unpaused"],
    [5, 1, "stopped", "stopped/destroyed"],
    [5, 4, "saved", "stopped/saved"],
    [6, 1, "stopping", "shutdown/guest"],
    [8, 0, "error", "crashed/panicked"],
    [77, 1, "unknown", "77/1"],
  ] as const
) {
  Deno.test(`libvirt's event ${event}/${detail} tells ${expected}, as "${raw}"`, () => {
    assertEquals(stateOfEvent(event, detail), { state: expected, raw });
  });
}

Deno.test("a redefinition tells nothing about power", () => {
  assertEquals(stateOfEvent(0, 1), undefined);
});
