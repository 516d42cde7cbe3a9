import { assertEquals, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import type { UtilityVmOptions } from "../contract/mod.ts";
import { checkOptions, type HostFacts, planOf } from "./options.ts";

const HOST: HostFacts = { programFiles: "C:\\Program Files", processors: 1, memoryMiB: 4096 };
const MIB = 1024 ** 2;

Deno.test("what is left open is filled in, by the size of the host", () => {
  assertEquals(planOf({ os: "linux" }, HOST), {
    id: undefined,
    memoryMiB: 1024,
    cpus: 1,
    scsiControllers: 1,
    additions: {},
    os: "linux",
    bootFiles: "C:\\Program Files\\Linux Containers",
    kernel: "kernel",
    root: "initrd.img",
    rootIsDisk: false,
    kernelOptions: "",
    graphicsConsole: false,
    consolePipe: undefined,
    vpmemDevices: 64,
  });
});

for (const [bytes, mib] of [[1, 2], [2 * MIB, 2], [2 * MIB + 1, 4], [3 * MIB, 4]] as const) {
  Deno.test(`${bytes} bytes are ${mib} MiB`, () => {
    assertEquals(planOf({ os: "linux", memoryBytes: bytes }, HOST).memoryMiB, mib);
  });
}

for (const options of [{ memoryBytes: 4097 * MIB }, { cpus: 2 }]) {
  Deno.test(`the host has not ${JSON.stringify(options)}`, () => {
    const error = assertThrows(() => planOf({ os: "linux", ...options }, HOST), Trouble);
    assertEquals(error.code, "resource-exhausted");
  });
}

const WRONG: readonly unknown[] = [
  null,
  {},
  { os: "Linux" },
  { os: "linux", id: "a".repeat(256) },
  { os: "linux", id: "a\nb" },
  { os: "linux", cpus: 2 ** 31 },
  { os: "linux", memoryBytes: NaN },
  { os: "linux", vpmemDevices: 0, rootFile: "a.vhd" },
  { os: "linux", kernelFile: "a/b" },
  { os: "linux", kernelFile: ".." },
  { os: "linux", consolePipe: "pipe" },
  { os: "linux", additionalDocument: "nothing" },
  { os: "windows" },
  { os: "windows", layerFolders: ["C:\\a"] },
  { os: "windows", layerFolders: ["a", "C:\\b"] },
];

for (const options of WRONG) {
  Deno.test(`no options: ${JSON.stringify(options)?.slice(0, 60)}`, () => {
    const error = assertThrows(() => checkOptions(options as UtilityVmOptions), Trouble);
    assertEquals(error.code, "invalid-argument");
  });
}
