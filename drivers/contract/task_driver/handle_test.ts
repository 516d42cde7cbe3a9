import { assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../errors.ts";
import { decodeTaskHandle, encodeTaskHandle } from "./handle.ts";
import type { TaskHandle } from "./task.ts";

const HANDLE: TaskHandle = {
  version: 1,
  config: {
    id: "a/b/c",
    name: "b ü",
    allocId: "a",
    resources: { memoryMiB: 1, cpuset: "0" },
    config: { image: "/x" },
  },
  state: "running",
  driverState: Uint8Array.from({ length: 256 }, (_, byte) => byte),
};

Deno.test("a handle is the same after it went through bytes", () => {
  assertEquals(decodeTaskHandle(encodeTaskHandle(HANDLE)), HANDLE);
});

Deno.test("a handle of any size goes through bytes", () => {
  const large = { ...HANDLE, driverState: new Uint8Array(1_000_000).fill(0xff) };
  assertEquals(decodeTaskHandle(encodeTaskHandle(large)).driverState.length, 1_000_000);
});

Deno.test("bytes that are no handle are refused", () => {
  const texts = ["", "null", "{}", '{"driverState":7}', '{"driverState":"*"}'];
  const bad = [new Uint8Array([0xff]), ...texts.map((text) => new TextEncoder().encode(text))];
  for (const bytes of bad) {
    assertEquals(assertThrows(() => decodeTaskHandle(bytes), DriverError).code, "invalid-argument");
  }
});
