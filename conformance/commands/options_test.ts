import { assertEquals, assertThrows } from "@std/assert";
import { helpText, readOptions } from "./options.ts";
import { UsageError } from "./usage.ts";

Deno.test("readOptions without anything runs all, with the pretty report", () => {
  const options = readOptions({ _: [] }, []);
  assertEquals([options.command, options.args, options.reporters], ["run", [], [{
    name: "pretty",
  }]]);
  assertEquals([options.repeat, options.parallel, options.mode], [1, undefined, "replayed"]);
});

Deno.test("readOptions tells commands from ids", () => {
  assertEquals(readOptions({ _: ["create.twice"] }, []).selection.ids, ["create.twice"]);
  const explain = readOptions({ _: ["explain", "create.twice"] }, []);
  assertEquals([explain.command, explain.args, explain.selection.ids], [
    "explain",
    ["create.twice"],
    [],
  ]);
  assertEquals(readOptions({ _: ["list"] }, []).list, true);
});

Deno.test("readOptions reads values", () => {
  const options = readOptions({
    _: [],
    set: ["uri=qemu:///system", "a=b=c"],
    option: ["c=d"],
    skip: ["a,b", "c"],
    level: ["must,should"],
    shard: ["2/3"],
    "case-timeout": ["5m"],
    reporter: ["junit=x.xml,tap"],
  }, []);
  assertEquals(options.settings, { uri: "qemu:///system", a: "b=c", c: "d" });
  assertEquals(options.selection.skip, ["a", "b", "c"]);
  assertEquals(options.selection.levels, ["must", "should"]);
  assertEquals(options.selection.shard, { index: 2, of: 3 });
  assertEquals(options.caseTimeoutMs, 300_000);
  assertEquals(options.reporters, [{ name: "junit", file: "x.xml" }, { name: "tap" }]);
});

Deno.test("readOptions keeps the pretty report beside files", () => {
  assertEquals(readOptions({ _: [], reporter: ["json=x.json"] }, []).reporters, [
    { name: "pretty" },
    { name: "json", file: "x.json" },
  ]);
});

const wrong: [string, Record<string, unknown>, string[], string][] = [
  ["an unknown option", {}, ["--drivr"], 'Unknown option "--drivr": did you mean "--driver"?'],
  ["an option like no other", {}, ["--xyzzy"], 'Unknown option "--xyzzy": see --help'],
  ["an unknown reporter", { reporter: ["junti"] }, [], 'did you mean "junit"?'],
  ["two printed reports", { reporter: ["tap", "json"] }, [], '"tap" and "json"'],
  ["a reporter without its file", { reporter: ["tap="] }, [], 'needs a file after "="'],
  ["a shard outside", { shard: ["4/3"] }, [], '"--shard" needs a part'],
  ["a shard from 0", { shard: ["0/3"] }, [], '"--shard" needs a part'],
  ["a count of 0", { repeat: ["0"] }, [], '"--repeat" needs a whole number'],
  ["a count that is none", { parallel: ["x"] }, [], '"--parallel" needs a whole number'],
  ["a time that is none", { "case-timeout": ["soon"] }, [], '"--case-timeout" needs a time'],
  ["a time of 0", { "case-timeout": ["0s"] }, [], '"--case-timeout" needs a time'],
  ["an unknown level", { level: ["mst"] }, [], 'did you mean "must"?'],
  ["a setting without value", { set: ["uri"] }, [], '"--set" needs KEY=VALUE'],
  ["a missing value", { driver: [""] }, [], '"--driver" needs a value'],
  ["two drivers", { driver: ["a", "b"] }, [], '"--driver" may be given once'],
];

for (const [what, parsed, unknown, message] of wrong) {
  Deno.test(`readOptions refuses ${what}`, () => {
    assertThrows(() => readOptions({ _: [], ...parsed }, unknown), UsageError, message);
  });
}

Deno.test("helpText names every driver and exit code", () => {
  const text = helpText(["memory", "libvirt"]);
  for (const part of ["memory, libvirt", "--known-failing FILE", "5 incomplete"]) {
    assertEquals(text.includes(part), true, part);
  }
});
