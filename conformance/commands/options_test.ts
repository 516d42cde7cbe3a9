import { assertEquals, assertThrows } from "@std/assert";
import { helpText, type Options, readOptions } from "./options.ts";
import { UsageError } from "./usage.ts";

const read = (line: string): Options => readOptions(line.split(" ").filter((word) => word !== ""));

Deno.test("readOptions without anything runs all, with the pretty report", () => {
  const options = read("");
  assertEquals([options.command, options.args, options.reporters], ["run", [], [{
    name: "pretty",
  }]]);
  assertEquals([options.repeat, options.parallel, options.mode], [1, undefined, "replayed"]);
});

Deno.test("readOptions tells commands from ids", () => {
  assertEquals(read("create.twice").selection.ids, ["create.twice"]);
  const explain = read("explain create.twice");
  assertEquals([explain.command, explain.args, explain.selection.ids], [
    "explain",
    ["create.twice"],
    [],
  ]);
  assertEquals(read("list").list, true);
});

Deno.test("readOptions reads values", () => {
  const options = read(
    "--set uri=qemu:///system --set a=b=c --option c=d --skip a,b --skip c --level must,should " +
      "--shard 2/3 --case-timeout 5m --reporter junit=x.xml,tap",
  );
  assertEquals(options.settings, { uri: "qemu:///system", a: "b=c", c: "d" });
  assertEquals(options.selection.skip, ["a", "b", "c"]);
  assertEquals(options.selection.levels, ["must", "should"]);
  assertEquals(options.selection.shard, { index: 2, of: 3 });
  assertEquals(options.caseTimeoutMs, 300_000);
  assertEquals(options.reporters, [{ name: "junit", file: "x.xml" }, { name: "tap" }]);
});

Deno.test("readOptions keeps the pretty report beside files", () => {
  assertEquals(read("--reporter json=x.json").reporters, [
    { name: "pretty" },
    { name: "json", file: "x.json" },
  ]);
});

const wrong: [string, string][] = [
  ["--drivr", 'Unknown option "--drivr": did you mean "--driver"?'],
  ["--xyzzy", 'Unknown option "--xyzzy": see --help'],
  ["--reporter junti", 'did you mean "junit"?'],
  ["--reporter tap,json", '"tap" and "json"'],
  ["--reporter tap=", 'needs a file after "="'],
  ["--shard 4/3", '"--shard" needs a part'],
  ["--shard 0/3", '"--shard" needs a part'],
  ["--repeat 0", '"--repeat" needs a whole number'],
  ["--parallel x", '"--parallel" needs a whole number'],
  ["--case-timeout soon", '"--case-timeout" needs a time'],
  ["--case-timeout 0s", '"--case-timeout" needs a time'],
  ["--level mst", 'did you mean "must"?'],
  ["--set uri", '"--set" needs KEY=VALUE'],
  ["--live --simulated", "exclude each other"],
  ["report --driver a x.ndjson", '"--driver" is for "run", "record", "list"'],
];

for (const [line, message] of wrong) {
  Deno.test(`readOptions refuses ${line}`, () => {
    assertThrows(() => read(line), UsageError, message);
  });
}

Deno.test("helpText names every driver and exit code", () => {
  const text = helpText(["memory", "libvirt"]);
  for (const part of ["memory, libvirt", "--known-failing FILE", "5 incomplete"]) {
    assertEquals(text.includes(part), true, part);
  }
});
