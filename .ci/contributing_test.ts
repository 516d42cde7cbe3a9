import { assertEquals } from "@std/assert";
import { join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");
const page = await Deno.readTextFile(join(root, "CONTRIBUTING.md"));
const config: { imports: Record<string, string>; tasks: Record<string, unknown> } = JSON.parse(
  await Deno.readTextFile(join(root, "deno.json")),
);

/** The words in backticks that stand in the first cell of a table's rows. */
const firstCells = page.split("\n").filter((line) => line.startsWith("|"))
  .flatMap((line) =>
    [...(line.split(/(?<!\\)\|/)[1] ?? "").matchAll(/`([^`]+)`/g)].map((it) => it[1] ?? "")
  );

Deno.test("every task is among those that contributors are told of", () => {
  const told = firstCells.flatMap((cell) => /^deno task ([\w:-]+)/.exec(cell)?.[1] ?? []);
  assertEquals(Object.keys(config.tasks).filter((task) => !told.includes(task)), []);
  assertEquals(told.filter((task) => !(task in config.tasks)), []);
});

Deno.test("every dependency has a row that says why it and no other", () => {
  const packages = Object.keys(config.imports).map((name) => name.replace(/\/$/, ""));
  const without = packages.filter((name) =>
    !firstCells.includes(name.startsWith("@std/") ? "@std/*" : name)
  );
  assertEquals(without, []);
});
