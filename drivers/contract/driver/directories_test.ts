import { assertEquals, assertThrows } from "@std/assert";
import { directories } from "./directories.ts";

Deno.test("the folders are where each system keeps them", () => {
  assertEquals(directories({ os: "linux", env: { HOME: "/home/a" } }), {
    cache: "/home/a/.cache/vmtck",
    config: "/home/a/.config/vmtck",
  });
  const xdg = { HOME: "/home/a", XDG_CACHE_HOME: "/c", XDG_CONFIG_HOME: "/d" };
  assertEquals(directories({ os: "linux", env: xdg }), { cache: "/c/vmtck", config: "/d/vmtck" });
  assertEquals(directories({ os: "darwin", env: { HOME: "/Users/a" } }), {
    cache: "/Users/a/Library/Caches/vmtck",
    config: "/Users/a/Library/Application Support/vmtck",
  });
  const windows = { LOCALAPPDATA: "C:\\local", APPDATA: "C:\\roaming" };
  assertEquals(directories({ os: "windows", env: windows }), {
    cache: "C:\\local\\vmtck",
    config: "C:\\roaming\\vmtck",
  });
});

Deno.test("a workspace holds both folders, whatever the environment", () => {
  assertEquals(directories({ os: "linux", env: {}, workspace: "/w" }), {
    cache: "/w/vmtck-cache",
    config: "/w/vmtck-config",
  });
});

Deno.test("without a home, the missing variable is named", () => {
  assertThrows(() => directories({ os: "linux", env: {} }), TypeError, '"HOME"');
  assertThrows(() => directories({ os: "windows", env: {} }), TypeError, '"LOCALAPPDATA"');
});
