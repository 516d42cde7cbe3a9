import { assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { matches, oneOf, readSettingsOf } from "./setting_rules.ts";

const RULES = {
  "copy": { fallback: "full", accepts: oneOf("full", "thin"), description: '"full" or "thin"' },
  "disk": { fallback: "4", accepts: matches(/^[1-9][0-9]?$/), description: "1 to 99 GiB" },
  "server": {
    fallback: "a",
    accepts: (value: string) => !value.includes(":"),
    complaint: (value: string) => value.includes("@") ? "No passwords here" : undefined,
    description: "a host",
  },
};

Deno.test("a setting is what was given, or its default", () => {
  const get = readSettingsOf("d", RULES, { disk: "9" });
  assertEquals([get("copy"), get("disk")], ["full", "9"]);
});

for (
  const [what, given, message] of [
    [
      "an unknown setting",
      { colour: "red" },
      'Unknown setting "colour": there are copy, disk, server',
    ],
    ["a part of every object", { toString: "x" }, "Unknown setting"],
    ["another value", { disk: "0" }, 'Cannot use "0" as "disk": 1 to 99 GiB'],
    ["what has a complaint of its own", { server: "me:hunter2@a" }, "No passwords here"],
    ["what has none for that", { server: "a:1" }, 'Cannot use "a:1" as "server": a host'],
  ] as const
) {
  Deno.test(`${what} is refused`, () => {
    const read = (): unknown => readSettingsOf("d", RULES, given as Record<string, string>);
    const error = assertThrows(read, DriverError, message);
    assertEquals([error.code, error.subject], ["invalid-argument", "driver:d"]);
  });
}

Deno.test("a driver without settings refuses each, and says that there are none", () => {
  const read = (): unknown => readSettingsOf("d", {}, { color: "red" });
  assertThrows(read, DriverError, 'Unknown setting "color": there are none');
});
