import { assertEquals, assertThrows } from "@std/assert";
import { isVersion, parseImage, parseList } from "./list.ts";
import { Trouble } from "../backend/driver_errors.ts";

const SHA256 = "0123456789abcdef".repeat(4);
const IMAGE = { version: "1.30.1", sha256: SHA256, url: "https://host/a", deprecated: false };
const LIST_URL = "https://host/lists/images.json?token=secret";

const parsed = (...entries: unknown[]) => parseList(JSON.stringify(entries), LIST_URL);

Deno.test("parseList() sorts versions as people do", () => {
  const versions = ["1.30.1", "1.9.4", "1.30.0-rc.1", "2", "1.30.1-RC2", "1.10", "1.30.1-rc10"];
  assertEquals(
    parsed(...versions.map((version) => ({ ...IMAGE, version }))).map(({ version }) => version),
    ["1.9.4", "1.10", "1.30.0-rc.1", "1.30.1", "1.30.1-RC2", "1.30.1-rc10", "2"],
  );
});

Deno.test("parseList() ignores what it does not know, and takes a missing deprecated for false", () => {
  const { deprecated: _, ...rest } = IMAGE;
  assertEquals(parsed({ ...rest, status: "Downloaded" }), [IMAGE]);
});

Deno.test("parseList() has checksums in lower case", () => {
  assertEquals(parsed({ ...IMAGE, sha256: SHA256.toUpperCase() }), [IMAGE]);
});

Deno.test("parseList() reads a relative address from the list's own", () => {
  assertEquals(parsed({ ...IMAGE, url: "a/b" })[0]?.url, "https://host/lists/a/b");
});

const BAD_FIELDS: Record<string, unknown> = {
  "a path as version": { version: "../../etc" },
  "an empty version": { version: "" },
  "a version too long": { version: "1".repeat(64) },
  "no version": { version: undefined },
  "a number as version": { version: 1 },
  "a short checksum": { sha256: "abc" },
  "a checksum of other letters": { sha256: "g".repeat(64) },
  "a local file": { url: "file:///etc/passwd" },
  "no address": { url: undefined },
  "a broken address": { url: "http://" },
  "deprecated as a word": { deprecated: "no" },
};

for (const [name, fields] of Object.entries(BAD_FIELDS)) {
  Deno.test(`parseList() refuses ${name}, saying in which entry`, () => {
    const bad = { ...IMAGE, ...fields as object };
    const error = assertThrows(() => parsed({ ...IMAGE, version: "1" }, bad), Trouble, "entry 2");
    assertEquals(error.code, "data-loss");
  });
  Deno.test(`parseImage() refuses ${name}`, () => {
    const text = JSON.stringify({ ...IMAGE, ...fields as object });
    assertEquals(assertThrows(() => parseImage(text), Trouble).code, "invalid-argument");
  });
}

for (const text of ["", "{", "{}", "null", '"a"', "[null]", "[[]]", "<!doctype html>"]) {
  Deno.test(`parseList() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(assertThrows(() => parseList(text, LIST_URL), Trouble).code, "data-loss");
  });
  Deno.test(`parseImage() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(assertThrows(() => parseImage(text), Trouble).code, "invalid-argument");
  });
}

Deno.test("parseList() refuses a version that is there twice", () => {
  assertThrows(() => parsed(IMAGE, { ...IMAGE, url: "https://host/b" }), Trouble, "twice");
});

Deno.test("parseImage() wants every field, and no relative address", () => {
  assertEquals(parseImage(JSON.stringify(IMAGE)), IMAGE);
  const { deprecated: _, ...rest } = IMAGE;
  assertThrows(() => parseImage(JSON.stringify(rest)), Trouble, "deprecated");
  assertThrows(() => parseImage(JSON.stringify({ ...IMAGE, url: "/a" })), Trouble, "url");
});

Deno.test("isVersion() takes nothing that leads out of a folder", () => {
  for (const good of ["1", "v1.30.1", "a_b-c", "CON"]) assertEquals(isVersion(good), true, good);
  for (const bad of ["", ".", "..", ".a", "a..b", "a/b", "a\\b", "a b", "a\n", "ä", "a:b"]) {
    assertEquals(isVersion(bad), false, bad);
  }
});
