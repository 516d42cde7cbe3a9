/**
 * The live backend on the native double of the service: on Linux its ELF, in the Windows lane its DLL.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { computeCoreDouble } from "../../fixtures/doubles/computecore/double.ts";
import type { HcsEvent, JsonObject, SystemRef } from "./backend.ts";
import { openLibraries } from "./ffi/library.ts";
import { LiveBackend } from "./live.ts";

const folder = await computeCoreDouble();
// Once for the process: a library is never closed.
const libraries = folder === undefined ? undefined : openLibraries(folder);

const NOTHING_OPEN = {
  operations: 0,
  systems: 0,
  callbacks: 0,
  networks: 0,
  results: 0,
  violations: [],
};

const DOCUMENT: JsonObject = {
  Owner: "tests",
  SchemaVersion: { Major: 2, Minor: 1 },
  ShouldTerminateOnLastHandleClosed: true,
  VirtualMachine: {
    ComputeTopology: { Memory: { SizeInMB: 64 }, Processor: { Count: 1 } },
    Devices: { Scsi: { "0": {} } },
  },
};

/** A test on a backend of its own, which leaves nothing open. */
function onDouble(name: string, work: (backend: LiveBackend) => Promise<void>): void {
  Deno.test({
    name: `${name} (native double)`,
    // Without a gcc there is no double.
    ignore: libraries === undefined,
    async fn() {
      if (!libraries) return;
      {
        await using backend = new LiveBackend(libraries);
        await work(backend);
      }
      assertEquals(await new LiveBackend(libraries).call("census", {}), NOTHING_OPEN);
    },
  });
}

async function create(backend: LiveBackend, id: string, more: JsonObject = {}): Promise<SystemRef> {
  const document = { ...DOCUMENT, ...more };
  const { handle } = await backend.call("system.create", { id, document });
  return { id, handle };
}

/** The events until a number of them has come. */
async function take(backend: LiveBackend, count: number, during: () => Promise<unknown>) {
  const stop = new AbortController();
  const events: HcsEvent[] = [];
  const stream = backend.events({ signal: stop.signal });
  const done = during();
  for await (const event of stream) {
    if (events.push(event) === count) break;
  }
  stop.abort();
  await done;
  return events;
}

async function refusal(work: Promise<unknown>): Promise<BackendError> {
  return await assertRejects(() => work, BackendError);
}

onDouble("a system lives from its creation to its close", async (backend) => {
  const ref = await create(backend, "life.é𝄞");
  const [created] = await backend.call("systems.enumerate", { query: { Ids: [ref.id] } });
  assertEquals([created?.Id, created?.State], [ref.id, "Created"]);
  await backend.call("system.start", ref);
  const running = await backend.call("system.properties", { ...ref, query: null });
  assertEquals(running.State, "Running");
  await backend.call("system.terminate", ref);
  await backend.call("system.close", ref);
  assertEquals(await backend.call("systems.enumerate", { query: { Ids: [ref.id] } }), []);
});

onDouble("every handle is told of an exit once, with its data", async (backend) => {
  const first = await create(backend, "two-handles");
  const { handle } = await backend.call("system.open", { id: first.id });
  const events = await take(backend, 2, () => backend.call("system.terminate", first));
  const data = '{"Status":0,"ExitType":"ForcedExit"}';
  const expected = [first.handle, handle].map((it) => ({
    type: 1,
    system: first.id,
    handle: it,
    data,
  }));
  assertEquals(events.toSorted((a, b) => a.handle - b.handle), expected);
});

onDouble("an event keeps its type and text, whatever they are", async (backend) => {
  const { id } = await create(backend, "odd-events");
  const raise = async (): Promise<void> => {
    await backend.call("lab.event", { id, type: 77, data: "{ é𝄞" });
    await backend.call("lab.event", { id, type: 1, data: null });
  };
  const events = await take(backend, 2, raise);
  assertEquals(events.map(({ type, data }) => [type, data]), [[77, "{ é𝄞"], [1, null]]);
});

onDouble("a refused operation says why by code and document", async (backend) => {
  await create(backend, "taken");
  const error = await refusal(create(backend, "taken"));
  const document = { Error: -1070137073, ErrorMessage: "HCS_E_SYSTEM_ALREADY_EXISTS" };
  assertEquals([error.kind, error.code], ["refused", "0x8037010F"]);
  assertEquals(JSON.parse(error.message), document);
});

onDouble("the document of a call that was not even accepted is read", async (backend) => {
  const ref = await create(backend, "not-accepted");
  const script = {
    method: "system.start",
    id: ref.id,
    atSubmit: true,
    code: "0xC0370105",
    document: { Attribution: ["é"] },
  };
  await backend.call("lab.script", { script });
  const error = await refusal(backend.call("system.start", ref));
  assertEquals([error.code, error.message], ["0x80370105", '{"Attribution":["é"]}']);
});

onDouble("a text with a NUL is refused before the library sees it", async (backend) => {
  assertEquals((await refusal(create(backend, "a\0b"))).code, "0x80070057");
});

onDouble("a handle that was closed is refused, and the library is not asked", async (backend) => {
  const ref = await create(backend, "closed");
  await backend.call("system.close", ref);
  assertEquals((await refusal(backend.call("system.start", ref))).code, "0x80070006");
  assertEquals((await refusal(backend.call("system.close", ref))).code, "0x80070006");
});

onDouble(
  "closing while events are on their way neither hangs nor hears one later",
  async (backend) => {
    const ref = await create(backend, "noisy");
    for (let n = 0; n < 50; n++) {
      await backend.call("lab.event", { id: ref.id, type: 77, data: "x".repeat(n) });
    }
    await backend.call("system.close", ref);
    const stop = new AbortController();
    const late = backend.events({ signal: stop.signal })[Symbol.asyncIterator]().next();
    await backend.call("systems.enumerate", { query: null });
    stop.abort();
    assertEquals((await late).done, true);
  },
);

onDouble("a call that is given up goes on below, and its handle waits for it", async (backend) => {
  const ref = await create(backend, "given-up");
  await backend.call("lab.hold", { id: ref.id });
  const give = new AbortController();
  const start = backend.call("system.start", ref, { signal: give.signal });
  give.abort(new Error("given up"));
  await assertRejects(() => start, Error, "given up");
  const close = backend.call("system.close", ref);
  const { operations, systems } = await backend.call("census", {});
  assertEquals([operations, systems], [1, 1]);
  await backend.call("lab.release", { id: ref.id });
  await close;
});

onDouble("a creation that is given up leaves no handle", async (backend) => {
  const id = "given-up-creation";
  await backend.call("lab.hold", { id });
  const give = new AbortController();
  const creation = backend.call("system.create", { id, document: DOCUMENT }, {
    signal: give.signal,
  });
  give.abort(new Error("given up"));
  await assertRejects(() => creation, Error, "given up");
  await backend.call("lab.release", { id });
  // Until nothing is open any more: each round is answered after what came before it. What stays open
  // is told by the end of the test.
  const isOpen = async (): Promise<boolean> => {
    const { operations, systems } = await backend.call("census", {});
    return operations + systems > 0;
  };
  for (let round = 0; round < 1_000 && await isOpen(); round++) {
    await backend.call("systems.enumerate", { query: null });
  }
  assertEquals(await backend.call("systems.enumerate", { query: { Ids: [id] } }), []);
});

onDouble("many operations that do not end keep nothing else waiting", async (backend) => {
  const stuck = await create(backend, "stuck");
  const other = await create(backend, "other");
  await backend.call("lab.hold", { id: stuck.id });
  const calls = Array.from(
    { length: 100 },
    () => backend.call("system.properties", { ...stuck, query: null }),
  );
  await backend.call("system.start", other);
  assert(await Deno.readTextFile(new URL(import.meta.url)));
  await backend.call("lab.release", { id: stuck.id });
  assertEquals((await Promise.all(calls)).length, 100);
});

/** Settles when everything that was asked for on a handle before has been passed on. */
async function passedOn(backend: LiveBackend, ref: SystemRef): Promise<void> {
  const code = "0x80004001";
  const script = { method: "system.save", id: ref.id, atSubmit: true, code };
  await backend.call("lab.script", { script });
  const error = await refusal(backend.call("system.save", { ...ref, options: null }));
  assertEquals(error.code, code);
}

onDouble("operations on a handle are passed on in order", async (backend) => {
  const ref = await create(backend, "ordered");
  await backend.call("lab.hold", { id: ref.id });
  const calls = [
    backend.call("system.start", ref),
    backend.call("system.pause", { ...ref, options: null }),
    backend.call("system.terminate", ref),
    backend.call("system.resume", ref),
  ].map((call) => call.then(() => "done", (error) => error.code));
  await passedOn(backend, ref);
  await backend.call("lab.release", { id: ref.id });
  // A system that is starting does not pause; one that ends while it starts has not started.
  assertEquals(await Promise.all(calls), ["0x80370100", "0x80370105", "done", "0x80370110"]);
});

onDouble("namespaces and endpoints are asked for by GUID", async (backend) => {
  const ID = "0000ABCD-0000-4000-8000-000000000001";
  await backend.call("lab.network.add", { kind: "namespace", document: { ID, Type: "Guest" } });
  const found = await backend.call("namespace.query", { namespace: ID.toLowerCase() });
  assertEquals(found, { ID, Type: "Guest" });
  const error = await refusal(backend.call("endpoint.query", { endpoint: ID }));
  assertEquals(error.code, "0x80070490");
  assertEquals(JSON.parse(error.message).Error, "ERROR_NOT_FOUND");
  await backend.call("lab.network.remove", { kind: "namespace", id: ID });
});

onDouble("a lost service fails what is under way, and tells every handle", async (backend) => {
  const ref = await create(backend, "lost");
  await backend.call("lab.hold", { id: ref.id });
  const start = refusal(backend.call("system.start", ref));
  const [event] = await take(backend, 1, async () => {
    await passedOn(backend, ref);
    await backend.call("lab.disconnect", {});
  });
  assertEquals([event?.type, event?.handle], [0x02000000, ref.handle]);
  assertEquals((await start).kind, "disconnected");
  assertEquals((await refusal(backend.call("system.start", ref))).kind, "disconnected");
  await backend.call("lab.release", { id: ref.id });
});

onDouble("without a double the census is by the backend's own books", async (backend) => {
  if (!libraries) return;
  const { double: _, ...real } = libraries;
  await using other = new LiveBackend(real);
  const ref = await create(other, "books");
  assertEquals(await other.call("census", {}), { ...NOTHING_OPEN, systems: 1, callbacks: 1 });
  await backend.call("lab.hold", { id: ref.id });
  const start = other.call("system.start", ref);
  assertEquals((await other.call("census", {})).operations, 1);
  await backend.call("lab.release", { id: ref.id });
  await start;
  assertEquals((await refusal(other.call("lab.inventory", {}))).code, "0x80004001");
});

/** What a process holds, where the system tells it. */
async function held(): Promise<{ files: number; threads: number; residentKiB: number }> {
  let files = 0;
  for await (const _ of Deno.readDir("/proc/self/fd")) files++;
  const status = await Deno.readTextFile("/proc/self/status");
  const number = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return { files, threads: number("Threads"), residentKiB: number("VmRSS") };
}

/** Set in a process that runs this file's tests alone: others would open files of their own. */
const ALONE_VARIABLE = "VMTCK_TEST_ALONE";
const ALONE = Deno.env.has(ALONE_VARIABLE);

const CYCLES = 1000;
const WARM_UP = 200;
/** What a heap may keep of a thousand cycles; a leaked result each would be more. */
const SLACK_KIB = 24_000;
/** The runtime starts threads of its own for calls, up to so many. */
const POOL = 32;

onDouble("many lives of a system leave nothing behind", async (backend) => {
  const live = async (): Promise<void> => {
    const ref = await create(backend, "cycle");
    await backend.call("system.start", ref);
    await backend.call("system.terminate", ref);
    await backend.call("system.close", ref);
    assertEquals(await backend.call("census", {}), NOTHING_OPEN);
  };
  for (let n = 0; n < WARM_UP; n++) await live();
  if (!ALONE) return;
  const before = await held();
  for (let n = WARM_UP; n < CYCLES; n++) await live();
  const after = await held();
  assert(after.files <= before.files, `${after.files} files, ${before.files} before`);
  assert(
    after.threads <= before.threads + POOL,
    `${after.threads} threads, ${before.threads} before`,
  );
  const grown = after.residentKiB - before.residentKiB;
  assert(grown < SLACK_KIB, `Grown by ${grown} KiB`);
});

Deno.test({
  name: `${CYCLES} lives of a system leave nothing in a process of their own (native double)`,
  ignore: libraries === undefined || ALONE || Deno.build.os !== "linux",
  async fn() {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--filter", "leave nothing behind", import.meta.url],
      env: { [ALONE_VARIABLE]: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stdout));
  },
});
