import { assertEquals } from "@std/assert";
import { Registry } from "./registry.ts";

function filled(): Registry<number> {
  const registry = new Registry<number>();
  registry.register("Alpha", 1);
  registry.register("beta", 2);
  registry.register("gamma", 3);
  return registry;
}

Deno.test("a name is found in any letter case", () => {
  assertEquals(filled().get("ALPHA"), 1);
  assertEquals(filled().has("alpha"), true);
  assertEquals(filled().get("delta"), undefined);
});

Deno.test("registering again replaces, and keeps the place", () => {
  const registry = filled();
  registry.register("ALPHA", 9);
  assertEquals(registry.names(), ["alpha", "beta", "gamma"]);
  assertEquals(registry.get("alpha"), 9);
});

Deno.test("iteration stops on false alone", () => {
  const seen: string[] = [];
  filled().forEach((_, name) => {
    seen.push(name);
    return name !== "beta";
  });
  assertEquals(seen, ["alpha", "beta"]);
  const all: number[] = [];
  filled().forEach((entry) => void all.push(entry));
  assertEquals(all, [1, 2, 3]);
});
