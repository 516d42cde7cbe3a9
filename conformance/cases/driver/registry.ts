/**
 * Cases about the registry of drivers.
 *
 * @module
 */

import type { Case } from "../../case.ts";

/** Cases about the registry of drivers. */
export const REGISTRY_CASES: readonly Case[] = [
  {
    id: "registry.case",
    title: "A registered name is found in any letter case",
    why: "A case-sensitive map finds `hyperv` and misses `HyperV`",
    checks: { upper: "registry.case", mixed: "registry.case", has: "registry.case" },
    // deno-lint-ignore require-await
    async run({ driver, registry, check }) {
      registry.register("HyperV", driver);
      check.equal("upper", "get HYPERV", registry.get("HYPERV") === driver, true);
      check.equal("mixed", "get hYperv", registry.get("hYperv") === driver, true);
      check.equal("has", "has hyperv", registry.has("hyperv"), true);
    },
  },
  {
    id: "registry.replace",
    title: "Registering a name again replaces its entry",
    why: "A list in place of a map keeps both entries, and answers with the old one",
    checks: { count: "registry.replace", entry: "registry.replace" },
    async run({ driver, another, registry, check }) {
      const second = await another();
      registry.register("one", driver);
      registry.register("ONE", second);
      check.equal("count", "names", registry.names(), ["one"]);
      check.equal("entry", "get one", registry.get("one") === second, true);
    },
  },
  {
    id: "registry.stop",
    title: "Iteration stops exactly when the callback answers false",
    why: "Inverted in kutti's old core: it stopped on true, while its documentation said false",
    checks: { stops: "registry.stop", "goes-on": "registry.stop" },
    // deno-lint-ignore require-await
    async run({ driver, registry, check }) {
      for (const name of ["a", "b", "c"]) registry.register(name, driver);
      const seen: string[] = [];
      registry.forEach((_, name) => {
        seen.push(name);
        return name !== "b";
      });
      check.equal("stops", "names until false", seen, ["a", "b"]);
      const all: string[] = [];
      registry.forEach((_, name) => void all.push(name));
      check.equal("goes-on", "names without an answer", all, ["a", "b", "c"]);
    },
  },
  {
    id: "registry.name",
    title: "A driver's name is the lower-case name that it is registered under",
    why: "Nobody compares the key with the driver's own name, and the two drift apart",
    checks: { "lower-case": "registry.name", found: "registry.name" },
    // deno-lint-ignore require-await
    async run({ driver, registry, check }) {
      check.equal("lower-case", "driver.name", driver.name, driver.name.toLowerCase());
      registry.register(driver.name, driver);
      check.equal("found", "names", registry.names(), [driver.name]);
    },
  },
];
