import { assert, assertEquals } from "@std/assert";
import { isValidName } from "../../drivers/contract/mod.ts";
import { Names, Neighbours } from "./names.ts";

Deno.test("Names are labels, all different, and never longer than allowed", () => {
  const names = new Names("seed", "a.case", 1);
  const labels = [63, 15, 8].flatMap((length) =>
    Array.from({ length: 50 }, () => {
      const label = names.label(length);
      assert(isValidName(label) && label.length <= length, label);
      return label;
    })
  );
  assertEquals(new Set(labels).size, labels.length);
  assert(isValidName(names.owner));
});

Deno.test("Names has ports that follow from the seed, in a range that systems leave alone", () => {
  const ports = (): number[] => {
    const names = new Names("seed", "a.case", 1);
    return Array.from({ length: 20 }, () => names.port());
  };
  assertEquals(ports(), ports());
  assertEquals(new Set(ports()).size, 20);
  assert(ports().every((port) => port >= 20_000 && port < 30_000));
});

Deno.test("Neighbours tells another case's things from the own, and from everybody else's", () => {
  const neighbours = new Neighbours("seed", ["a", "b"], 2);
  const [mine, other] = [new Names("seed", "a", 2), new Names("seed", "b", 2)];
  const isOfOther = (entry: string): boolean => neighbours.isOfOther("a", entry);
  const seen = [
    `machine:${mine.owner}.${mine.label(63)}.${mine.label(63)}`,
    `disk:pool/${other.owner}.c.m.qcow2`,
    `machine:${other.owner}x.bystander.m1`,
    `network:${other.label(63)}.c`,
    "machine:somebody.c.m",
  ].map(isOfOther);
  assertEquals(seen, [false, true, true, true, false]);
});
