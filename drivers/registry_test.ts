import { assertEquals } from "@std/assert";
import { driverNames, loadDriver } from "./registry.ts";

Deno.test("each driver loads under its own name, in any letter case", async () => {
  assertEquals(driverNames(), ["hcs", "hyperv", "kubevirt", "libvirt", "memory"]);
  for (const name of driverNames()) {
    assertEquals((await loadDriver(name.toUpperCase()))?.name, name);
  }
  assertEquals(await loadDriver("none"), undefined);
});

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** What is read together with a module: all that it imports, and what that imports. */
function readWith(start: string, { modules }: Graph): Set<string> {
  const imports = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic }) => code && !isDynamic ? [code.specifier] : []),
  ]));
  const read = new Set([start]);
  for (const module of read) imports.get(module)?.forEach((it) => read.add(it));
  return read;
}

Deno.test("what reaches a hypervisor is read when it is connected to, and no replay needs it", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("registry.ts", import.meta.url).href],
  }).output();
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  for (const name of ["hcs", "hyperv", "kubevirt", "libvirt"]) {
    const file = (path: string): string => new URL(`${name}/${path}`, import.meta.url).href;
    const read = readWith(file("module.ts"), graph);
    assertEquals([...read].filter((it) => it === file("live.ts") || it.startsWith("npm:")), []);
    assertEquals(readWith(file("connect.ts"), graph).has(file("live.ts")), true, name);
  }
});
