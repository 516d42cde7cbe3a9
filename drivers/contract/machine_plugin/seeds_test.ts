import { assert, assertEquals } from "@std/assert";
import { PLUGIN_CLAUSES } from "./clauses/mod.ts";
import { PLUGIN_SEED_ITEMS } from "./seeds.ts";

// That every symbol exists is a matter of types: the compiler refuses a row with any other.

Deno.test("every item of the seed is there once, with a clause that exists", () => {
  const known = new Set(PLUGIN_CLAUSES.map(({ id }) => id));
  assertEquals(known.size, PLUGIN_CLAUSES.length);
  for (const { item, clauses } of PLUGIN_SEED_ITEMS) {
    assert(clauses.length > 0, item);
    assertEquals(clauses.filter((id) => !known.has(id)), [], item);
  }
});

Deno.test("no exported item of the seed is missing", () => {
  // Read off the published documentation.
  const methods = ["CreateMachine", "DeleteMachine", "GetMachineStatus", "ListMachines"];
  assertEquals(
    PLUGIN_SEED_ITEMS.map(({ item }) => item).sort(),
    [
      "NewKubevirtPlugin",
      "MachinePlugin",
      "MachinePlugin.SPI",
      "MachinePlugin.GetVolumeIDs",
      ...methods.map((it) => `MachinePlugin.${it}`),
      "PluginSPI",
      "PluginSPI.ShutDownMachine",
      ...methods.map((it) => `PluginSPI.${it}`),
    ].map((it) => `kubevirt.${it}`).sort(),
  );
});
