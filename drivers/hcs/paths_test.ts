import { assertEquals, assertThrows } from "@std/assert";
import { assertGuestPath, assertHostPath, imageFormatOf, isDisk, join, pathKey } from "./paths.ts";

for (const path of ["C:\\a", "c:/a", "\\\\server\\share\\a", "\\\\.\\pipe\\a", "\\\\?\\C:\\a"]) {
  Deno.test(`${path} is a path of the host`, () => assertHostPath(path));
}

for (const path of ["", "a", "C:a", "\\a", "/a", "C:\\a\0", "C:\\a\n", "\\\\\\a"]) {
  Deno.test(`${JSON.stringify(path)} is no path of the host`, () => {
    assertThrows(() => assertHostPath(path));
  });
}

Deno.test("guests have paths of their own kind", () => {
  assertGuestPath("/mnt/a", "linux");
  assertGuestPath("C:\\mnt", "windows");
  assertThrows(() => assertGuestPath("C:\\mnt", "linux"));
  assertThrows(() => assertGuestPath("/mnt/a", "windows"));
});

for (
  const [one, other, same] of [
    ["C:\\a\\b.vhdx", "c:/A/B.VHDX", true],
    ["C:\\a\\.\\b", "C:\\a\\b", true],
    ["C:\\a\\x\\..\\b", "C:\\a\\b", true],
    ["C:\\..\\a", "C:\\a", true],
    ["C:\\a\\", "C:\\a", true],
    ["\\\\s\\a", "//S/a", true],
    ["C:\\a", "D:\\a", false],
    ["C:\\a b", "C:\\ab", false],
  ] as const
) {
  Deno.test(`${one} and ${other} are ${same ? "one" : "two"}`, () => {
    assertEquals(pathKey(one) === pathKey(other), same);
  });
}

Deno.test("a folder may end with a slash", () => {
  assertEquals(join("C:\\a\\", "b", "c"), "C:\\a\\b\\c");
});

Deno.test("the format is that of the extension", () => {
  assertEquals(["a.vhd", "a.VHDX", "a.img"].map(isDisk), [true, true, false]);
  assertEquals(["a.vhd", "a.VHDX"].map(imageFormatOf), ["Vhd1", "Vhdx"]);
});
