import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { refusal, scriptedSession } from "./tasks/scripted_backend_test.ts";
import type { JsonML } from "./jsonml.ts";
import { poolXml } from "./volume_xml.ts";
import { Volumes } from "./volumes.ts";

const MISSING = new BackendError("refused", "38", "cannot open directory");
const OURS = poolXml("vmtck", "/var/lib/libvirt/images/vmtck");
const POOL = { name: "vmtck", uuid: "u" };

/** A pool that is not active, and whose folder is there or not. */
function inactivePool({ folder, built = true, xml = OURS }: {
  folder: boolean;
  built?: boolean;
  xml?: JsonML;
}) {
  let isThere = folder;
  return scriptedSession({
    storagePoolLookupByName: () => POOL,
    storagePoolIsActive: () => false,
    storagePoolGetXmlDesc: () => xml,
    storagePoolBuild: () => {
      isThere = built;
      return null;
    },
    storagePoolCreate: () => {
      if (!isThere) throw MISSING;
      return null;
    },
  });
}

Deno.test("a pool that was defined and never built is built, and started", async () => {
  const { session, calls } = inactivePool({ folder: false });
  assertEquals(await new Volumes(session).pool({}), POOL);
  assertEquals(calls.slice(2).map(({ method }) => method), [
    "storagePoolCreate",
    "storagePoolGetXmlDesc",
    "storagePoolBuild",
    "storagePoolCreate",
  ]);
});

Deno.test("a pool that was only stopped is not built anew", async () => {
  const { session, calls } = inactivePool({ folder: true });
  await new Volumes(session).pool({});
  assertEquals(calls.map(({ method }) => method).includes("storagePoolBuild"), false);
});

Deno.test("a pool whose folder cannot be made is refused", async () => {
  const { session } = inactivePool({ folder: false, built: false });
  await assertRejects(() => new Volumes(session).pool({}), BackendError, "cannot open directory");
});

const OTHERS: Readonly<Record<string, JsonML>> = {
  "of another folder": poolXml("vmtck", "/srv"),
  "on a disk": ["pool", { type: "disk" }, ["target", {}, ["path", {}, "/dev"]]],
};
for (const [which, xml] of Object.entries(OTHERS)) {
  Deno.test(`a pool ${which} that does not start is not built`, async () => {
    const { session, calls } = inactivePool({ folder: false, xml });
    await assertRejects(() => new Volumes(session).pool({}), BackendError);
    assertEquals(calls.map(({ method }) => method).includes("storagePoolBuild"), false);
  });
}

Deno.test("a pool that somebody else starts at the same moment is as good", async () => {
  const { session } = scriptedSession({
    storagePoolLookupByName: () => POOL,
    storagePoolIsActive: () => false,
    storagePoolCreate: () => {
      throw refusal(55);
    },
  });
  assertEquals(await new Volumes(session).pool({}), POOL);
});
