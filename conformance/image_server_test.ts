import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { systemClock, VirtualClock } from "../drivers/backend/clock.ts";
import { memoryFiles } from "../drivers/backend/memory_files.ts";
import { type Clock, DriverError, type ErrorCode, type Image } from "../drivers/contract/mod.ts";
import { imageStore } from "../drivers/images/mod.ts";
import type { ImageServer, ServerMood } from "./image_server.ts";
import { memoryImageServer } from "./image_server_memory.ts";
import { socketImageServer } from "./image_server_socket.ts";

const VERSION = "1.30.1";
const content = new Uint8Array(100_000).map((_, index) => index * 7);

/** A server, and what asks it. */
interface Front extends AsyncDisposable {
  readonly server: ImageServer;
  readonly fetch: typeof globalThis.fetch;
}

function bySocket(): Front {
  const server = socketImageServer();
  return { server, fetch, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function inMemory(): Front {
  const server = memoryImageServer();
  const { fetch } = server;
  return { server, fetch, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The same of both ways. */
function test(name: string, work: (open: () => Front) => Promise<void>): void {
  Deno.test(`socketImageServer() ${name}`, () => work(bySocket));
  Deno.test(`memoryImageServer() ${name}`, () => work(inMemory));
}

interface Entry {
  readonly version: string;
  readonly sha256: string;
  readonly url: string;
  readonly deprecated: boolean;
}

async function getList({ server, fetch }: Front): Promise<Entry[]> {
  return await (await fetch(server.listUrl)).json();
}

/** The address of the one image of a front. */
async function imageUrl(front: Front): Promise<string> {
  const [image] = await getList(front);
  return image?.url ?? "";
}

/** Fetches the one image under a mood. */
async function inMood(
  open: () => Front,
  mood: ServerMood,
): Promise<{ response: Response; bytes: Uint8Array }> {
  await using front = open();
  const { server, fetch } = front;
  server.publish([{ version: VERSION, content }]);
  server.mood({ version: VERSION }, mood);
  const response = await fetch(await imageUrl(front));
  return { response, bytes: await response.bytes() };
}

test("publishes images and their list", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publish([
    { version: VERSION, content, extra: { status: "x" } },
    { version: "1.9", content: new Uint8Array(), deprecated: true, sha256: "AB" },
  ]);
  const list = await getList(front);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
  assertEquals(list.map(({ url: _, ...rest }) => rest), [
    { version: VERSION, sha256: digest, deprecated: false, status: "x" },
    { version: "1.9", sha256: "AB", deprecated: true },
  ] as unknown as Omit<Entry, "url">[]);
  assertEquals(await (await fetch(list[0]?.url ?? "")).bytes(), content);
  assertEquals(await (await fetch(list[1]?.url ?? "")).bytes(), new Uint8Array());
});

test("publishes a text as it is", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publishText("no list");
  assertEquals(await (await fetch(server.listUrl)).text(), "no list");
  server.publish([]);
  assertEquals(await getList(front), []);
});

test("serves a version that looks like a path", async (open) => {
  await using front = open();
  front.server.publish([{ version: "../..", content }]);
  assertEquals(await (await front.fetch(await imageUrl(front))).bytes(), content);
});

test("counts requests", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publish([{ version: VERSION, content }]);
  const url = await imageUrl(front);
  for (const _ of [1, 2]) await (await fetch(url)).body?.cancel();
  assertEquals(await (await fetch(new URL("/other", url))).text(), "Not found\n");
  assertEquals(server.requests("list"), 1);
  assertEquals(server.requests({ version: VERSION }), 2);
  assertEquals(server.requests({ version: "other" }), 0);
});

for (const [mood, status] of [["missing", 404], ["failing", 503]] as const) {
  test(`answers ${status} when ${mood}`, async (open) => {
    assertEquals((await inMood(open, mood)).response.status, status);
  });
}

for (const mood of ["cut", "short"] as const) {
  test(`never sends the whole when ${mood}`, async (open) => {
    await assertRejects(() => inMood(open, mood), TypeError);
  });
}

test("changes a byte when corrupt", async (open) => {
  const { bytes } = await inMood(open, "corrupt");
  assertEquals(bytes.length, content.length);
  assertNotEquals(bytes, content);
});

test("announces no length when lengthless", async (open) => {
  const { response, bytes } = await inMood(open, "lengthless");
  assertEquals(response.headers.has("content-length"), false);
  assertEquals(bytes, content);
});

test("answers with a page as a portal", async (open) => {
  const { response, bytes } = await inMood(open, "portal");
  assertEquals([response.status, response.headers.get("content-type")], [200, "text/html"]);
  assertEquals(new TextDecoder().decode(bytes).slice(0, 9), "<!doctype");
});

test("is moody about the list too", async (open) => {
  await using front = open();
  const { server } = front;
  server.publish([]);
  server.mood("list", "corrupt");
  await assertRejects(() => getList(front), SyntaxError);
  server.mood("list", "well");
  assertEquals(await getList(front), []);
});

test("says when a transfer stalls, and ends with one", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publish([{ version: VERSION, content }]);
  server.mood({ version: VERSION }, "stalled");
  const bytes = fetch(await imageUrl(front)).then((response) => response.bytes());
  await server.stalled();
  await Promise.all([assertRejects(() => bytes, TypeError), server.down()]);
});

test("ends a stalled transfer with its abort, and none that was aborted before", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publish([{ version: VERSION, content }]);
  server.mood({ version: VERSION }, "stalled");
  const url = await imageUrl(front);
  const abort = new AbortController();
  const bytes = fetch(url, { signal: abort.signal }).then((response) => response.bytes());
  await server.stalled();
  abort.abort(new RangeError("enough"));
  await assertRejects(() => bytes, RangeError, "enough");
  await assertRejects(() => fetch(url, { signal: abort.signal }), RangeError, "enough");
  assertEquals(server.requests({ version: VERSION }), 1);
});

test("is down until it is up again, at its address", async (open) => {
  await using front = open();
  const { server, fetch } = front;
  server.publish([]);
  await server.down();
  await server.down();
  await assertRejects(() => fetch(server.listUrl), TypeError);
  await server.up();
  await server.up();
  assertEquals(await getList(front), []);
});

/** A driver's handle of the one image. */
async function listed({ server, fetch }: Front, clock: Clock = systemClock()): Promise<Image> {
  server.publish([{ version: VERSION, content }]);
  const store = imageStore({
    ...{ driver: "d", files: memoryFiles(), clock, cacheDir: "/cache", configDir: "/config" },
    ...{ listUrl: server.listUrl, fetch },
  });
  await store.update();
  return await store.get(VERSION);
}

const BROKEN = /cannot be had: .+$/;

/** What the author of a driver meets. The words after the colon are the runtime's. */
const TROUBLES: readonly [mood: ServerMood | "down", code: ErrorCode, message: RegExp][] = [
  ["missing", "not-found", /answered with status 404$/],
  ["failing", "unavailable", /answered with status 503$/],
  ["cut", "unavailable", BROKEN],
  ["short", "unavailable", BROKEN],
  ["stalled", "unavailable", BROKEN],
  ["down", "unavailable", BROKEN],
  ["corrupt", "data-loss", /its SHA-256 is [0-9a-f]{64}, where the list says [0-9a-f]{64}$/],
  ["portal", "data-loss", /its SHA-256 is 9a8ccd98[0-9a-f]{56}, where the list says [0-9a-f]{64}$/],
];

for (const [mood, code, message] of TROUBLES) {
  test(`is ${code} to a driver when ${mood}`, async (open) => {
    await using front = open();
    const { server } = front;
    const image = await listed(front);
    if (mood === "down") await server.down();
    else server.mood({ version: VERSION }, mood);
    const fetching = assertRejects(() => image.fetch(), DriverError);
    if (mood === "stalled") await server.stalled().then(() => server.down());
    const error = await fetching;
    assertEquals([error.code, error.subject], [code, `image:${VERSION}`]);
    assertMatch(error.message, message);
    assertEquals(await image.status(), "not-downloaded");
    await server.up();
    server.mood({ version: VERSION }, "well");
    assertEquals(await image.fetch(), { changed: true });
  });
}

test("lets virtual time stand still while a transfer stalls", async (open) => {
  await using front = open();
  using clock = new VirtualClock();
  const image = await listed(front, clock);
  front.server.mood({ version: VERSION }, "stalled");
  const fetching = assertRejects(() => image.fetch(), DriverError);
  await front.server.stalled();
  const slept = clock.sleep(1);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(clock.now(), 0);
  await front.server.down();
  await fetching;
  await slept;
  assertEquals(clock.now(), 1);
});

Deno.test("memoryImageServer() sends what is long in the same pieces every time", async () => {
  await using front = inMemory();
  const image = await listed(front);
  const seen: number[] = [];
  await image.fetch({ onProgress: ({ current }) => void seen.push(current) });
  assertEquals(seen, [0, 65_536, 100_000]);
});

Deno.test("memoryImageServer() has nothing at other addresses", async () => {
  await using front = inMemory();
  await assertRejects(() => front.fetch("http://other.invalid/images.json"), TypeError);
  assertEquals(front.server.requests("list"), 0);
});

Deno.test("memoryImageServer() keeps its images from who changes what came", async () => {
  await using front = inMemory();
  const small = content.slice(0, 100);
  for (const published of [content, small]) {
    front.server.publish([{ version: VERSION, content: published }]);
    const url = await imageUrl(front);
    (await (await front.fetch(url)).bytes()).fill(0);
    assertEquals(await (await front.fetch(url)).bytes(), published);
  }
});

Deno.test("socketImageServer() takes a client that goes before its answer", async () => {
  await using front = bySocket();
  front.server.publish([{ version: VERSION, content: new Uint8Array(8_000_000) }]);
  const url = new URL(await imageUrl(front));
  const connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  await connection.write(new TextEncoder().encode("GET /ima"));
  connection.close();
  await (await fetch(url)).body?.cancel();
  assertEquals((await getList(front)).length, 1);
});
