import { assertEquals } from "@std/assert";
import type { VirtualMachine } from "./backend.ts";
import { CREATION_ANNOTATION, seenState } from "./machine_state.ts";

function vm(
  runStrategy: string,
  status: VirtualMachine["status"],
  metadata: VirtualMachine["metadata"] = {},
): VirtualMachine {
  return {
    metadata: { name: "m1", ...metadata },
    spec: { runStrategy, template: { spec: {} } },
    status,
  };
}

const stateOf = (...parts: Parameters<typeof vm>): string => seenState(vm(...parts)).state;

/** Each `printableStatus` of a machine that is on, and what it means. */
const STATUSES: Readonly<Record<string, string>> = {
  Provisioning: "starting",
  Starting: "starting",
  WaitingForVolumeBinding: "starting",
  WaitingForReceiver: "starting",
  Running: "running",
  Migrating: "running",
  Paused: "paused",
  Stopping: "stopping",
  Terminating: "stopping",
  CrashLoopBackOff: "error",
  ErrorUnschedulable: "error",
  ErrImagePull: "error",
  ImagePullBackOff: "error",
  ErrorPvcNotFound: "error",
  DataVolumeError: "error",
  Unknown: "unknown",
  InventedTomorrow: "unknown",
};
for (const [printableStatus, state] of Object.entries(STATUSES)) {
  Deno.test(`a machine that is on and shows ${printableStatus} is ${state}`, () => {
    assertEquals(stateOf("Once", { printableStatus, created: true }), state);
  });
}

Deno.test("a machine that was never looked at reads Stopped, and starts all the same", () => {
  for (const strategy of ["Once", "Always", "RerunOnFailure"]) {
    assertEquals(stateOf(strategy, { printableStatus: "Stopped" }), "starting");
    assertEquals(stateOf(strategy, undefined), "starting");
  }
});

Deno.test("a machine whose guest has powered off by itself is stopped", () => {
  assertEquals(stateOf("Once", { printableStatus: "Stopped", created: true }), "stopped");
  assertEquals(stateOf("Manual", { printableStatus: "Stopped" }), "stopped");
});

Deno.test("a machine that is off is stopping for as long as it has an instance", () => {
  for (const printableStatus of ["Running", "Paused", "Stopping", "Starting", "InventedTomorrow"]) {
    assertEquals(stateOf("Halted", { printableStatus, created: true }), "stopping");
  }
});

Deno.test("a machine that is off and has no instance is stopped", () => {
  assertEquals(stateOf("Halted", { printableStatus: "Stopped" }), "stopped");
  assertEquals(stateOf("Halted", undefined), "stopped");
  // The status of the run before is still there.
  assertEquals(stateOf("Halted", { printableStatus: "Stopping" }), "stopped");
});

Deno.test("deletion and making come before everything else", () => {
  const status = { printableStatus: "Running", created: true };
  assertEquals(stateOf("Once", status, { deletionTimestamp: "2026-01-01T00:00:00Z" }), "stopping");
  assertEquals(
    stateOf("Once", status, { annotations: { [CREATION_ANNOTATION]: "x" } }),
    "creating",
  );
});

Deno.test("KubeVirt's own word is kept", () => {
  assertEquals(
    seenState(vm("Once", { printableStatus: "InventedTomorrow" })).raw,
    "InventedTomorrow",
  );
});
