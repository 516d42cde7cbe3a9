import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { computeCoreDouble } from "../../fixtures/doubles/computecore/double.ts";
import { DriverError } from "../contract/mod.ts";
import { connectLive } from "./connect.ts";
import { openLibraries, systemFolder } from "./ffi/library.ts";
import { hcsUtilityVms } from "./mod.ts";
import { readSettings } from "./settings.ts";

const folder = await computeCoreDouble();
// A library stays open once it is: before the tests, so that none of them seems to leave it so.
if (folder !== undefined) openLibraries(folder);
const isDefault = Deno.build.os === "windows" && folder !== undefined;
if (isDefault) openLibraries(systemFolder());

Deno.test({
  name: "a connection to a double says so, and which schema it has",
  ignore: folder === undefined,
  async fn() {
    if (folder === undefined) return;
    const { backend, host } = await connectLive({ settings: { library: folder } });
    await using _ = backend;
    assertEquals([host.origin, host.versions.schema], ["simulator", "2.5"]);
  },
});

Deno.test({
  name: "the libraries are those of System32, if nothing else is set",
  ignore: !isDefault,
  async fn() {
    const { backend, host } = await connectLive({ settings: {} });
    await using _ = backend;
    assertEquals(host.origin, "simulator");
  },
});

Deno.test({
  name: "a program learns by the contract's error that there is no service",
  ignore: Deno.build.os === "windows",
  fn() {
    const error = assertThrows(() => hcsUtilityVms({ owner: "me" }), DriverError);
    assertEquals([error.code, error.subject], ["unavailable", "driver:hcs"]);
  },
});

Deno.test({
  name: "elsewhere than on Windows there is no service, and it says so",
  ignore: Deno.build.os === "windows",
  async fn() {
    const error = await assertRejects(() => connectLive({ settings: {} }), BackendError);
    assertEquals([error.kind, error.code], ["unreachable", "not-windows"]);
  },
});

Deno.test("a folder without the libraries is told by its path", async () => {
  const library = await Deno.makeTempDir();
  try {
    const connection = connectLive({ settings: { library } });
    const error = await assertRejects(() => connection, BackendError);
    assertEquals([error.kind, error.code], ["unreachable", "no-library"]);
    assertEquals(error.message.includes(JSON.stringify(library).slice(1, -1)), true);
    const told = assertThrows(
      () => hcsUtilityVms({ owner: "me", settings: { library } }),
      DriverError,
    );
    assertEquals([told.code, told.subject, told.backend?.code], [
      "unavailable",
      "driver:hcs",
      "no-library",
    ]);
  } finally {
    await Deno.remove(library);
  }
});

for (const library of ["", "double", "..\\double", "C:double", "C:\\a\0b"]) {
  Deno.test(`libraries are not looked for in ${JSON.stringify(library)}`, () => {
    const error = assertThrows(() => readSettings({ library }), DriverError);
    assertEquals(error.code, "invalid-argument");
  });
}

for (const library of ["C:\\double", "c:/double", "\\\\server\\share", "/tmp/double"]) {
  Deno.test(`libraries can be in ${JSON.stringify(library)}`, () => {
    assertEquals(readSettings({ library }), { library });
  });
}
