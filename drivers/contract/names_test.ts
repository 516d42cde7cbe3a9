import { assert, assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "./errors.ts";
import { assertName, isValidName, LABEL_RULE, machineSubject, qualifiedName } from "./names.ts";

const good = ["a", "0", "a-b", "a--b", "0-9", "a".repeat(63)];
const bad = [
  "",
  "-",
  "-a",
  "a-",
  "A",
  "a.b",
  "a/b",
  "..",
  "a b",
  " a",
  "a\n",
  "a\0b",
  "é",
  "*",
  "$(id)",
  "a".repeat(64),
];

Deno.test("the rule accepts labels, and nothing else", () => {
  for (const name of good) assert(isValidName(name), name);
  for (const name of [...bad, undefined, null, 7, ["a"]]) assert(!isValidName(name), String(name));
});

Deno.test("a driver's own rule may be shorter", () => {
  assert(!isValidName("abcd", { ...LABEL_RULE, maxLength: 3 }));
});

Deno.test("a bad name is invalid-argument about that subject", () => {
  const subject = machineSubject({ cluster: "c1", name: "../x" });
  const error = assertThrows(
    () => assertName("../x", { operation: "machines.get", subject }),
    DriverError,
  );
  assertEquals([error.code, error.operation, error.subject], [
    "invalid-argument",
    "machines.get",
    subject,
  ]);
});

Deno.test("qualified names are injective, for one to three labels", () => {
  const labels = ["a", "b", "a-b", "b-a", "a--b", "aa", "ab"];
  const lists = [[] as string[]];
  for (let length = 1; length <= 3; length++) {
    const shorter = lists.filter((list) => list.length === length - 1);
    lists.push(...shorter.flatMap((list) => labels.map((label) => [...list, label])));
  }
  const names = lists.filter((list) => list.length > 0).map((list) => qualifiedName(...list));
  assertEquals(new Set(names).size, labels.length + labels.length ** 2 + labels.length ** 3);
});
