import { assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "./plugin.ts";
import { isIn, layers } from "./layers.ts";

const root = new URL("../../", import.meta.url);

/** The rules that report a source, each once, as if it lay at that path. */
function reported(path: string, source: string): string[] {
  const file = decodeURIComponent(new URL(path, root).pathname);
  return [...new Set(Deno.lint.runPlugin(plugin, file, source).map((it) => it.id))];
}

const shown = new Set<string>();

function testReports(what: string, rule: string, path: string, ...sources: string[]): void {
  shown.add(rule);
  Deno.test(`lint reports ${what}`, () => {
    for (const source of sources) assertEquals(reported(path, source), [`vmtck/${rule}`], source);
  });
}

function testAllows(what: string, path: string, ...sources: string[]): void {
  Deno.test(`lint allows ${what}`, () => {
    for (const source of sources) assertEquals(reported(path, source), [], source);
  });
}

testReports(
  "a contract that imports anything",
  "layers",
  "drivers/contract/a.ts",
  `import { x } from "../backend/mod.ts";`,
  `import type { X } from "../../conformance/mod.ts";`,
  `import { x } from "@std/assert";`,
  `import { x } from "node:fs";`,
  `export { x } from "../memory/mod.ts";`,
  `export * from "../memory/mod.ts";`,
  `const x = await import("../memory/mod.ts");`,
  `let x: import("../memory/mod.ts").X;`,
);
testReports(
  "a backend that knows a driver or the suite",
  "layers",
  "drivers/backend/a.ts",
  `import { x } from "../libvirt/mod.ts";`,
  `import { x } from "../images/mod.ts";`,
  `import { x } from "../../conformance/case.ts";`,
  `import { x } from "@std/streams";`,
);
testReports(
  "an adapter that knows another, the suite, a simulator or the registry",
  "layers",
  "drivers/libvirt/rpc/a.ts",
  `import { x } from "../../hyperv/mod.ts";`,
  `import { x } from "../../memory/mod.ts";`,
  `import { x } from "../../../conformance/mod.ts";`,
  `import { x } from "../../../fixtures/simulators/libvirt/mod.ts";`,
  `import { x } from "../../registry.ts";`,
  `import $ from "dax";`,
);
testReports(
  "a suite that knows a driver, the backend or a package",
  "layers",
  "conformance/engine/engine.ts",
  `import { x } from "../../drivers/memory/mod.ts";`,
  `import { x } from "../../drivers/backend/mod.ts";`,
  `import { parseArgs } from "@std/cli/parse-args";`,
);
testReports(
  "a case that imports a module of Node or a mutant's driver",
  "layers",
  "conformance/cases/driver/power.ts",
  `import { x } from "node:fs";`,
  `import { x } from "../../../drivers/memory/mod.ts";`,
);
testReports(
  "a simulator that uses more than types of an adapter",
  "layers",
  "fixtures/simulators/hyperv/mod.ts",
  `import { x } from "../../../drivers/hyperv/mod.ts";`,
);
testReports(
  "a root module that names a driver",
  "layers",
  "mod.ts",
  `export * from "./drivers/libvirt/mod.ts";`,
);
testReports(
  "a test that imports another adapter",
  "layers",
  "drivers/libvirt/a_test.ts",
  `import { x } from "../hyperv/mod.ts";`,
);
testReports(
  "an import that is not named in deno.json",
  "layers",
  "hw-runners/a.ts",
  `import $ from "npm:dax";`,
  `import { x } from "jsr:@std/assert";`,
  `import { x } from "https://example.com/x.ts";`,
);
testReports("a file that is in no layer", "layers", "somewhere/a.ts", "export {};");

testAllows(
  "each layer its own folder and what its row names",
  "drivers/libvirt/a.ts",
  `import { x } from "./b.ts";`,
  `import { x } from "../contract/mod.ts";`,
  `import { x } from "../backend/mod.ts";`,
  `import { x } from "../images/mod.ts";`,
  `import { DOMParser } from "@xmldom/xmldom";`,
  `import { Buffer } from "node:buffer";`,
);
testAllows(
  "only the command line to compose everything",
  "conformance/cli.ts",
  `import { x } from "../drivers/registry.ts"; import { y } from "./engine.ts";`,
  `import { x } from "../drivers/backend/mod.ts"; import { parseArgs } from "@std/cli";`,
  `console.log(await import(Deno.args[0]));`,
);
testAllows(
  "a simulator the types of its adapter's backend",
  "fixtures/simulators/hyperv/mod.ts",
  `import type { X } from "../../../drivers/hyperv/backend.ts";`,
);
testAllows(
  "a test the memory driver and the assertions",
  "conformance/engine/engine_test.ts",
  `import { x } from "../../drivers/memory/mod.ts"; import { assert } from "@std/assert";`,
);

testAllows(
  "a test what the file that it tests may import",
  "drivers/registry_test.ts",
  `import { x } from "./registry.ts"; import { y } from "./libvirt/mod.ts";`,
);

testReports(
  "folders whose name says nothing",
  "folder-names",
  "drivers/libvirt/utils/a.ts",
  "export {};",
);
testReports("a folder of helpers", "folder-names", "conformance/helpers/a.ts", "export {};");
testReports("a common folder", "folder-names", "conformance/common/a.ts", "export {};");
testAllows("a file called so in a folder with a meaning", "drivers/libvirt/rpc/a.ts", "export {};");

testReports(
  "a contract that is not pure",
  "contract-is-pure",
  "drivers/contract/a.ts",
  `Deno.env.get("A");`,
  `let c: Deno.Conn;`,
  `globalThis.Deno.exit();`,
  `globalThis["Deno"].exit();`,
  `await fetch("http://localhost");`,
  `const f = fetch;`,
  `function f(now = Date.now) { return now; }`,
  `new Date();`,
);
testAllows(
  "a contract its own words, and dates from data",
  "drivers/contract/a.ts",
  `new Date("2024-01-01"); interface X { fetch(): void; Deno: string }`,
);

testReports(
  "a driver that reads the wall clock or sleeps",
  "clock-is-injected",
  "drivers/libvirt/a.ts",
  `const now = Date.now();`,
  `const now = new Date();`,
  `performance.now();`,
  `setTimeout(() => {}, 1);`,
  `globalThis.setTimeout(() => {}, 1);`,
  `const clock = { sleep: setTimeout };`,
  `run(setInterval);`,
  `AbortSignal.timeout(5);`,
);
testAllows(
  "the clock itself to be one",
  "drivers/backend/clock.ts",
  `setTimeout(() => {}, Date.now());`,
);
testAllows("tests of drivers to bound a wait", "drivers/libvirt/a_test.ts", `setTimeout(f, 1);`);
testAllows(
  "a clock's own methods of such a name",
  "drivers/libvirt/a.ts",
  `clock.setTimeout(1); clock.now();`,
);

testReports(
  "a case that cannot be repeated or that catches",
  "cases-are-repeatable",
  "conformance/cases/driver/power.ts",
  `await new Promise((done) => setTimeout(done, 100));`,
  `Date.now();`,
  `performance.now();`,
  `Math.random();`,
  `crypto.randomUUID();`,
  `Deno.readTextFile("a");`,
  `try { f(); } catch { g(); }`,
  `await machine.start().catch(() => {});`,
  `await f().catch(() => {});`,
  `await f().then(g, h);`,
);
testAllows(
  "a case to clean up and to go on",
  "conformance/cases/driver/power.ts",
  `try { f(); } finally { g(); }`,
  `await f().then(g);`,
);

testReports(
  "a library that prints",
  "silent-library",
  "conformance/engine/engine.ts",
  `console.log(1);`,
);
testReports("a driver that prints", "silent-library", "drivers/libvirt/a.ts", `console.error(1);`);
testAllows(
  "a driver to have a console of a machine",
  "drivers/libvirt/a.ts",
  `for await (const text of console.readable) keep(text); await console.close();`,
);
testAllows("programs to print", "hw-runners/doctor.ts", `console.log(1);`);

Deno.test("every rule is shown to bite", () => {
  assertEquals([...shown].sort(), Object.keys(plugin.rules).sort());
});

Deno.test("the layers have one row a path, and no adapter imports another", () => {
  assertEquals(new Set(layers.map((it) => it.path)).size, layers.length);
  const shared = ["contract", "backend", "images", "tasks"].map((room) => `drivers/${room}`);
  for (const { path, imports } of layers) {
    if (!path.startsWith("drivers/") || path === "drivers/registry.ts") continue;
    const foreign = imports.filter((it) =>
      !shared.includes(it) && !isIn(it, path.split("/").slice(0, 2).join("/"))
    );
    assertEquals(foreign, [], path);
  }
});

Deno.test("CONTRIBUTING.md explains every row of the layers", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", root));
  for (const { path } of layers) assertStringIncludes(text, `\`${path}\``);
});
