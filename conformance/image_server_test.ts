import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { imageServer, type ServerMood } from "./image_server.ts";

const VERSION = "1.30.1";
const content = new Uint8Array(100_000).map((_, index) => index * 7);

interface Entry {
  readonly version: string;
  readonly sha256: string;
  readonly url: string;
  readonly deprecated: boolean;
}

async function getList(url: string): Promise<Entry[]> {
  return await (await fetch(url)).json();
}

/** Fetches the one image under a mood. */
async function inMood(mood: ServerMood): Promise<{ response: Response; bytes: Uint8Array }> {
  await using server = await imageServer();
  server.publish([{ version: VERSION, content }]);
  server.mood({ version: VERSION }, mood);
  const [image] = await getList(server.listUrl);
  const response = await fetch(image?.url ?? "");
  return { response, bytes: await response.bytes() };
}

Deno.test("imageServer() publishes images and their list", async () => {
  await using server = await imageServer();
  server.publish([
    { version: VERSION, content, extra: { status: "x" } },
    { version: "1.9", content: new Uint8Array(), deprecated: true, sha256: "AB" },
  ]);
  const list = await getList(server.listUrl);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
  assertEquals(list.map(({ url: _, ...rest }) => rest), [
    { version: VERSION, sha256: digest, deprecated: false, status: "x" },
    { version: "1.9", sha256: "AB", deprecated: true },
  ] as unknown as Omit<Entry, "url">[]);
  assertEquals(await (await fetch(list[0]?.url ?? "")).bytes(), content);
  assertEquals(await (await fetch(list[1]?.url ?? "")).bytes(), new Uint8Array());
});

Deno.test("imageServer() publishes a text as it is", async () => {
  await using server = await imageServer();
  server.publishText("no list");
  assertEquals(await (await fetch(server.listUrl)).text(), "no list");
  server.publish([]);
  assertEquals(await getList(server.listUrl), []);
});

Deno.test("imageServer() serves a version that looks like a path", async () => {
  await using server = await imageServer();
  server.publish([{ version: "../..", content }]);
  const [image] = await getList(server.listUrl);
  assertEquals(await (await fetch(image?.url ?? "")).bytes(), content);
});

Deno.test("imageServer() counts requests", async () => {
  await using server = await imageServer();
  server.publish([{ version: VERSION, content }]);
  const [image] = await getList(server.listUrl);
  for (const _ of [1, 2]) await (await fetch(image?.url ?? "")).body?.cancel();
  assertEquals(server.requests("list"), 1);
  assertEquals(server.requests({ version: VERSION }), 2);
  assertEquals(server.requests({ version: "other" }), 0);
});

for (const [mood, status] of [["missing", 404], ["failing", 503]] as const) {
  Deno.test(`imageServer() answers ${status} when ${mood}`, async () => {
    assertEquals((await inMood(mood)).response.status, status);
  });
}

for (const mood of ["cut", "short"] as const) {
  Deno.test(`imageServer() never sends the whole when ${mood}`, async () => {
    await assertRejects(() => inMood(mood));
  });
}

Deno.test("imageServer() changes a byte when corrupt", async () => {
  const { bytes } = await inMood("corrupt");
  assertEquals(bytes.length, content.length);
  assertNotEquals(bytes, content);
});

Deno.test("imageServer() announces no length when lengthless", async () => {
  const { response, bytes } = await inMood("lengthless");
  assertEquals(response.headers.has("content-length"), false);
  assertEquals(bytes, content);
});

Deno.test("imageServer() answers with a page as a portal", async () => {
  const { response, bytes } = await inMood("portal");
  assertEquals(response.status, 200);
  assertEquals(new TextDecoder().decode(bytes).slice(0, 9), "<!doctype");
});

Deno.test("imageServer() is moody about the list too", async () => {
  await using server = await imageServer();
  server.publish([]);
  server.mood("list", "corrupt");
  await assertRejects(() => getList(server.listUrl), SyntaxError);
  server.mood("list", "well");
  assertEquals(await getList(server.listUrl), []);
});

Deno.test("imageServer() says when a transfer stalls, and ends with one", async () => {
  await using server = await imageServer();
  server.publish([{ version: VERSION, content }]);
  server.mood({ version: VERSION }, "stalled");
  const [image] = await getList(server.listUrl);
  const bytes = fetch(image?.url ?? "").then((response) => response.bytes());
  await server.stalled();
  const [ended] = await Promise.all([assertRejects(() => bytes), server.down()]);
  assertEquals(ended instanceof Error, true);
});

Deno.test("imageServer() is down until it is up again, at its address", async () => {
  await using server = await imageServer();
  server.publish([]);
  await server.down();
  await server.down();
  await assertRejects(() => fetch(server.listUrl), TypeError);
  await server.up();
  await server.up();
  assertEquals(await getList(server.listUrl), []);
});

Deno.test("imageServer() takes a client that goes before its answer", async () => {
  await using server = await imageServer();
  server.publish([{ version: VERSION, content: new Uint8Array(8_000_000) }]);
  const [image] = await getList(server.listUrl);
  const url = new URL(image?.url ?? "");
  const connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  await connection.write(new TextEncoder().encode("GET /ima"));
  connection.close();
  await (await fetch(url)).body?.cancel();
  assertEquals((await getList(server.listUrl)).length, 1);
});
