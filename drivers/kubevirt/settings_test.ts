import { assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { readSettings, SETTINGS } from "./settings.ts";

Deno.test("every default is accepted", () => {
  for (const [name, { fallback, accepts }] of Object.entries(SETTINGS)) {
    assertEquals(accepts(fallback), true, name);
  }
  const { deletion, patienceMs, exec } = readSettings({});
  assertEquals([deletion, patienceMs, exec], ["storage", 120_000, false]);
});

Deno.test("what is no setting, or no value of one, is refused by its name", () => {
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { colour: "red" },
    { deletion: "soon" },
    { patience: "0" },
    { patience: "1e3" },
    { exec: "true" },
    { namespace: "Upper" },
    { namespace: "a/b" },
    { "upload-proxy": "https://a:99999" },
    { "upload-proxy": "http://a" },
    { toString: "x" },
  ];
  for (const settings of wrong) {
    const error = assertThrows(() => readSettings(settings), DriverError);
    assertEquals(error.code, "invalid-argument");
    assertEquals(error.message.includes(Object.keys(settings)[0] ?? ""), true, error.message);
  }
});
