import { assertEquals, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { decodeTaskHandle, encodeTaskHandle, type TaskSpec } from "../contract/mod.ts";
import { handleOf, notesOf } from "./handles.ts";

const SPEC: TaskSpec = {
  id: "a/b/c",
  name: "b",
  allocId: "a",
  resources: { memoryMiB: 64, cpuset: "0" },
  config: {},
};
const NOTES = {
  taskId: SPEC.id,
  machine: { name: "m", id: "1", more: { deep: [1] } },
  startedAt: 7,
  teardown: { version: 1, machine: "m", steps: [{ kind: "rule", data: { port: 22 } }] },
} as const;
const HANDLE = handleOf(SPEC, NOTES);

Deno.test("what a handle keeps is the same after it went through bytes", () => {
  assertEquals(notesOf(decodeTaskHandle(encodeTaskHandle(HANDLE))), NOTES);
});

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const BAD = {
  "nothing": null,
  "without a task": { ...HANDLE, config: { ...SPEC, id: "" } },
  "of version 0": { ...HANDLE, version: 0 },
  "of a newer version": { ...HANDLE, version: 2 },
  "with notes that are no JSON": { ...HANDLE, driverState: new Uint8Array([0xff]) },
  "with notes that are none": { ...HANDLE, driverState: bytes([]) },
  "with a machine without a name": {
    ...HANDLE,
    driverState: bytes({ ...NOTES, machine: { id: "1" } }),
  },
  "with a teardown of another version": {
    ...HANDLE,
    driverState: bytes({ ...NOTES, teardown: { version: 2, steps: [] } }),
  },
  "with the notes of another task": { ...HANDLE, driverState: bytes({ ...NOTES, taskId: "x" }) },
};

for (const [which, handle] of Object.entries(BAD)) {
  Deno.test(`a handle ${which} is refused`, () => {
    assertEquals(assertThrows(() => notesOf(handle), Trouble).code, "invalid-argument");
  });
}
