import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../backend/clock.ts";
import { diskFiles } from "../backend/disk_files.ts";
import { fileName, imageCache } from "./cache.ts";

const SHA256 = "0123456789abcdef".repeat(4);

Deno.test("an ordinary version is a file's name as it is", () => {
  for (const version of ["1", "1.30.1", "v1.30.0-rc.1"]) assertEquals(fileName(version), version);
});

Deno.test("no two versions have one file, also where letter case makes no difference", () => {
  const versions = ["a", "A", "_a", "_A", "__a", "a_", "a__", "A_", "aa", "aA", "con.a", "CON.a"];
  const others = ["con_.a", "Con.a", "_con.a", "con.A", "con", "CON"];
  const names = [...versions, ...others].map((version) => fileName(version).toLowerCase());
  assertEquals(new Set(names).size, names.length);
});

const DEVICES = ["con", "prn", "aux", "nul", "com1", "lpt9"];

for (const device of [...DEVICES, ...DEVICES.map((name) => name.toUpperCase())]) {
  Deno.test(`no file of a version that begins with "${device}" is a device`, () => {
    for (
      const version of [device, `${device}.1`, `${device}.`, `${device}.tar.gz`, `${device}-1`]
    ) {
      const path = imageCache(diskFiles({ clock: systemClock() }), "C:", "\\").pathOf({
        version,
        sha256: SHA256,
      });
      const name = path.slice("C:\\".length);
      assert(!DEVICES.includes(name.split(".")[0] ?? ""), name);
      assert(!/[. ]$/.test(name), name);
    }
  });
}

const AWKWARD = ["1.0-RC1", "1.0-rc1", "nul.1", "NUL.1", "1.", "com1.a", "a_b", "A_B"];

Deno.test("images of awkward versions lie side by side, and go one by one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const cache = imageCache(diskFiles({ clock: systemClock() }), folder, "/");
    const image = (version: string) => ({ version, sha256: EMPTY });
    for (const version of AWKWARD) await cache.add(image(version), content());
    const there = () => Promise.all(AWKWARD.map((version) => cache.sizeOf(image(version))));
    assertEquals(await there(), AWKWARD.map(() => 0));
    assertEquals(await cache.purge("1.0-RC1"), true);
    assertEquals(await cache.purge("1.0-RC1"), false);
    assertEquals(await there(), AWKWARD.map((version) => version === "1.0-RC1" ? undefined : 0));
    for (const version of AWKWARD) await cache.purge(version);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The SHA-256 of nothing. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

async function* content(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}
