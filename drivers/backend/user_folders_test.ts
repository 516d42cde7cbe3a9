import { assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { userFolders } from "./user_folders.ts";

const LINUX = { driver: "d", os: "linux", env: { HOME: "/home/a" } } as const;

Deno.test("a driver's folders are the user's own, or those that are given", () => {
  const own = { cacheDir: "/home/a/.cache/vmtck/d", configDir: "/home/a/.config/vmtck/d" };
  assertEquals(userFolders(LINUX), own);
  assertEquals(userFolders({ ...LINUX, cacheDir: "/c" }), { ...own, cacheDir: "/c" });
  assertEquals(userFolders({ ...LINUX, cacheDir: "", configDir: "/d" }), {
    ...own,
    configDir: "/d",
  });
  const env = { LOCALAPPDATA: "C:\\local", APPDATA: "C:\\roaming" };
  assertEquals(userFolders({ driver: "d", os: "windows", env }), {
    cacheDir: "C:\\local\\vmtck\\d",
    configDir: "C:\\roaming\\vmtck\\d",
  });
});

Deno.test("folders that are given need no environment", () => {
  const given = { cacheDir: "/c", configDir: "/d" };
  assertEquals(userFolders({ driver: "d", os: "windows", env: {}, ...given }), given);
});

Deno.test("an environment that tells no folder is told by its variable, with what mends it", () => {
  const facts = { driver: "hyperv", os: "windows", env: {}, cacheDir: "D:\\cache" } as const;
  const error = assertThrows(() => userFolders(facts), DriverError);
  assertEquals([error.code, error.operation, error.subject, error.retryable], [
    "failed-precondition",
    "driver.open",
    "driver:hyperv",
    false,
  ]);
  assertEquals(
    error.message,
    'Cannot open driver "hyperv": cannot tell the user\'s directories: the variable ' +
      '"LOCALAPPDATA" is not set; set it, or give "cacheDir" and "configDir"',
  );
});
