import { assert, assertEquals } from "@std/assert";
import { driverNames, loadDriver, nearestDriver } from "./registry.ts";

Deno.test("each driver loads under its own name, in any letter case", async () => {
  assert(driverNames().includes("memory"));
  for (const name of driverNames()) {
    assertEquals((await loadDriver(name.toUpperCase()))?.name, name);
  }
  assertEquals(await loadDriver("none"), undefined);
});

Deno.test("a name with a slip of the finger has a nearest driver, and nonsense has none", () => {
  assertEquals(nearestDriver("memroy"), "memory");
  assertEquals(nearestDriver("Memor"), "memory");
  assertEquals(nearestDriver("x"), undefined);
});
