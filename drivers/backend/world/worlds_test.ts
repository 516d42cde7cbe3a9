import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Driver, HostControls } from "../../contract/mod.ts";
import { type Backend, BackendError } from "../backend.ts";
import { EventHub } from "../event_hub.ts";
import type { DriverContext, DriverModule, PlainModule } from "../module.ts";
import { parseTape } from "../tape/tape.ts";
import { openWorlds } from "./open.ts";
import type { CaseWorld } from "./worlds.ts";

type Call = { params: { name: string; text?: string }; result: string };
type FakeMethods = { write: Call; read: Call };
type FakeEvent = { name: string };
type FakeDriver = Driver & DriverContext<FakeMethods, FakeEvent>;

const refused = new BackendError("refused", "28", "No space left");

/** A module whose driver shows its context, over a host that keeps texts by name. */
function fakeModule(time: "real" | "virtual" = "virtual") {
  const state = { connected: 0, disposed: 0, written: [] as string[] };
  const module: DriverModule<FakeMethods, FakeEvent> = {
    name: "fake",
    description: "A fake",
    serves: {
      driver: {
        create: (context) =>
          ({ ...context, [Symbol.asyncDispose]: () => Promise.resolve() }) as unknown as FakeDriver,
        host: (backend): HostControls => ({
          inventory: async () => [await backend.call("read", { name: "host" })],
        }),
      },
    },
    connect({ clock }) {
      state.connected++;
      const hub = new EventHub<FakeEvent>();
      const backend: Backend<FakeMethods, FakeEvent> = {
        async call(method, { name, text = "" }) {
          if (time === "virtual") await clock.sleep(1000);
          if (method === "write") state.written.push(text);
          hub.emit({ name });
          return state.written.join();
        },
        events: (options) => hub.subscribe(options),
        [Symbol.asyncDispose]() {
          state.disposed++;
          return Promise.resolve();
        },
      };
      return Promise.resolve({ backend, host: { origin: "simulator", versions: { fake: "1" } } });
    },
    seam: {
      lane: (_method, params) => `machine:${(params as { name: string }).name}`,
      changes: (method) => method === "write",
      volatile: () => undefined,
      situations: {
        "unavailable": refused,
        "permission-denied": refused,
        "no-memory": refused,
        "disk-full": refused,
        "busy": refused,
        "internal": refused,
      },
    },
    time,
  };
  return { module: module as DriverModule, state };
}

async function open(world: CaseWorld): Promise<FakeDriver> {
  const driver = await world.open({ owner: "o", imagesUrl: "http://127.0.0.1:1/" });
  return driver as unknown as FakeDriver;
}

const facts = {
  case: "some.case",
  seed: "s1",
  adapter: "0.1.0",
  suite: "0.1.0",
  recordedAt: "2026-01-02T03:04:05.678Z",
};

/** What a case might do: a call about a local path, a fault, host controls. */
async function scenario(world: CaseWorld): Promise<unknown[]> {
  const driver = await open(world);
  const image = await world.images.blank();
  const path = await world.files.write("a.img", image);
  const text = `${path} ${image.slice(0, 8).toHex()}`;
  const answer = await driver.backend.call("write", { name: "m1", text });
  world.faults?.plan({ kind: "lost-reply", among: "changes", call: 1 });
  const error = await assertRejects(
    () => driver.backend.call("write", { name: "m1", text: "lost" }),
    BackendError,
  );
  world.faults?.clear();
  const inventory = await world.host?.inventory();
  return [answer === text, error.kind, inventory?.[0] === `${text},lost`];
}

async function recorded(): Promise<string> {
  const { module } = fakeModule();
  await using worlds = await openWorlds(module, { mode: "record", settings: { pool: "p" } });
  await using world = await worlds.open({ contract: "driver" });
  assertEquals(await scenario(world), [true, "disconnected", true]);
  return await world.tape!(facts);
}

const replayed =
  "a world that was recorded is replayed without its host or any permission, with its settings and evidence";
Deno.test(replayed, { permissions: "none" }, async () => {
  const tape = parseTape(await recorded(), { driver: "fake", case: facts.case });
  const { module, state } = fakeModule();
  await using worlds = await openWorlds(module, { mode: "replay" });
  await using world = await worlds.open({ contract: "driver", tape });
  assertEquals(await scenario(world), [true, "disconnected", true]);
  assertEquals((await open(world)).settings, { pool: "p" });
  assertEquals(world.evidence, {
    origin: "simulator",
    versions: { fake: "1" },
    recordedAt: facts.recordedAt,
  });
  assertEquals([state.connected, worlds.mode], [0, "replayed"]);
});

Deno.test("a replayed world says at its end what the driver did not do", async () => {
  const tape = parseTape(await recorded(), { driver: "fake", case: facts.case });
  await using worlds = await openWorlds(fakeModule().module, { mode: "replay" });
  const world = await worlds.open({ contract: "driver", tape });
  const error = await assertRejects(() => world[Symbol.asyncDispose](), Error);
  assertStringIncludes(error.message, 'Line 2, "write" in lane "machine:m1", was not called');
});

Deno.test("a recording with a secret is refused", async () => {
  await using worlds = await openWorlds(fakeModule().module, { mode: "record" });
  await using world = await worlds.open({ contract: "driver" });
  const driver = await open(world);
  await driver.backend.call("write", { name: "m1", text: "password=hunter2" });
  const error = await assertRejects(() => world.tape!(facts), Error, "line 2: secret field");
  assert(!error.message.includes("hunter2"));
});

Deno.test("a world traces the calls of drivers and host controls, and events once", async () => {
  await using worlds = await openWorlds(fakeModule().module, { mode: "live" });
  await using world = await worlds.open({ contract: "driver" });
  const [first, second] = [await open(world), await open(world)];
  const streams = [first, second].map(({ backend }) =>
    backend.events(new AbortController())[Symbol.asyncIterator]()
  );
  await first.backend.call("write", { name: "m1", text: "x" });
  await Promise.all(streams.map((stream) => stream.next()));
  await world.host?.inventory();
  assertEquals(world.trace().map(({ at, method, lane }) => [at, method, lane]), [
    [0, "write", "machine:m1"],
    [1000, "event", "machine:m1"],
    [1000, "read", "machine:host"],
    [2000, "event", "machine:host"],
  ]);
});

Deno.test("a driver that disposes of its backend takes nothing from another instance", async () => {
  await using worlds = await openWorlds(fakeModule().module, { mode: "live" });
  await using world = await worlds.open({ contract: "driver" });
  const [first, second] = [await open(world), await open(world)];
  const stream = second.backend.events(new AbortController())[Symbol.asyncIterator]();
  await first.backend[Symbol.asyncDispose]();
  await second.backend.call("write", { name: "m1", text: "x" });
  assertEquals((await stream.next()).value, { name: "m1" });
});

Deno.test("simulated worlds have a host each, live ones share it until the end", async () => {
  for (const time of ["virtual", "real"] as const) {
    const { module, state } = fakeModule(time);
    const worlds = await openWorlds(module, { mode: "live" });
    for (let i = 0; i < 2; i++) {
      const world = await worlds.open({ contract: "driver", folder: "/nowhere" });
      await world[Symbol.asyncDispose]();
    }
    const inBetween = [worlds.mode, state.connected, state.disposed];
    await worlds[Symbol.asyncDispose]();
    assertEquals(
      [...inBetween, state.disposed],
      time === "real" ? ["live", 1, 0, 1] : ["simulated", 3, 3, 3],
    );
  }
});

Deno.test("a world's disk can be full for the driver, and is not for the suite", async () => {
  await using worlds = await openWorlds(fakeModule().module, { mode: "live" });
  await using world = await worlds.open({ contract: "driver" });
  const { files, cacheDir } = await open(world);
  const content = new Uint8Array([1, 2, 3]);
  const write = async (): Promise<void> => {
    await using writer = await files.create(`${cacheDir}/a/b`);
    await writer.write(content);
  };
  world.files.fillDisk?.(true);
  await assertRejects(write, Error, "the disk is full");
  world.files.fillDisk?.(false);
  await write();
  assertEquals(await world.files.cached(), ["a/b"]);
  await world.files.tamper("a/b", undefined);
  assertEquals(await world.files.cached(), []);
  assertEquals(await world.files.read(await world.files.write("x", content)), content);
  assertEquals(await world.files.read("/nowhere"), undefined);
  await assertRejects(() => world.files.write("../x", content), TypeError, "leaves its folder");
});

Deno.test("claims touch no host", async () => {
  const { module, state } = fakeModule("real");
  await using worlds = await openWorlds(module, { mode: "replay" });
  const { driver } = await worlds.claims();
  assertEquals([driver?.subject !== undefined, driver?.host !== undefined], [true, true]);
  assertEquals([driver?.faults, worlds.contracts], [true, ["driver"]]);
  assertEquals(state.connected, 0);
});

Deno.test("a live world needs a folder, a replayed one a tape", async () => {
  await using live = await openWorlds(fakeModule("real").module, { mode: "live" });
  await assertRejects(
    async () => await live.open({ contract: "driver" }),
    TypeError,
    "without a folder",
  );
  await using replay = await openWorlds(fakeModule().module, { mode: "replay" });
  await assertRejects(
    async () => await replay.open({ contract: "driver" }),
    TypeError,
    "without a tape",
  );
});

Deno.test("a plain module is opened live, and cannot be recorded", async () => {
  const module: PlainModule = {
    name: "plain",
    serves: {
      driver: {
        open: (context) =>
          ({ ...context, [Symbol.asyncDispose]: () => Promise.resolve() }) as unknown as Driver,
      },
    },
  };
  await using worlds = await openWorlds(module, { mode: "live", settings: { a: "b" } });
  await using world = await worlds.open({ contract: "driver", folder: "/nowhere" });
  const driver = await world.open({ owner: "o", imagesUrl: "u" }) as unknown as DriverContext;
  assertEquals([driver.owner, driver.imagesUrl, driver.settings.a], ["o", "u", "b"]);
  assertEquals(driver.cacheDir, "/nowhere/cache");
  assertEquals([world.faults, world.files.fillDisk, worlds.mode], [undefined, undefined, "live"]);
  await assertRejects(
    () => openWorlds(module, { mode: "record" }),
    TypeError,
    'Cannot record driver "plain"',
  );
});
