import { assertEquals } from "@std/assert";
import { driverNames, loadDriver } from "./registry.ts";

Deno.test("each driver loads under its own name, in any letter case", async () => {
  assertEquals(driverNames(), ["hcs", "hyperv", "kubevirt", "libvirt", "memory"]);
  for (const name of driverNames()) {
    assertEquals((await loadDriver(name.toUpperCase()))?.name, name);
  }
  assertEquals(await loadDriver("none"), undefined);
});
