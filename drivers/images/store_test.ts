import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { systemClock, VirtualClock } from "../backend/clock.ts";
import { FileError, type Files, type FileWriter } from "../backend/files.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { DriverError, type ErrorCode, type Image, type Progress } from "../contract/mod.ts";
import { readText, writeText } from "./cache.ts";
import { type ImageStore, imageStore, type ImageStoreOptions } from "./store.ts";
import { SILENCE_MS } from "./transfer.ts";

const LIST_URL = "http://user:password@host/images.json?token=secret";
const VERSION = "1.30.1";
const CONTENT = new Uint8Array(100_000).map((_, index) => index * 7);
const SHA256 = await digest(CONTENT);
const FILE = `${VERSION}-${SHA256.slice(0, 16)}`;
const ENTRY = { version: VERSION, sha256: SHA256, url: "image", deprecated: false };

async function digest(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}

type Answer = (init: RequestInit) => Response | Promise<Response>;

/** A web of two addresses, the list's and the image's. */
class Web {
  list: Answer = () => Response.json([ENTRY]);
  image: Answer = () => well();
  requests = 0;

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    this.requests++;
    init.signal?.throwIfAborted();
    return await (String(input) === LIST_URL ? this.list(init) : this.image(init));
  };
}

function well(): Response {
  return new Response(CONTENT, { headers: { "content-length": String(CONTENT.length) } });
}

/** Chunks, and then an error or silence until the abort. */
function streamed(chunks: Uint8Array<ArrayBuffer>[], end: () => Promise<void>): Response {
  const source = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield* chunks;
    await end();
  };
  return new Response(ReadableStream.from(source()), {
    headers: { "content-length": String(CONTENT.length) },
  });
}

function stalled({ signal }: RequestInit): Response {
  return streamed([CONTENT.subarray(0, 9)], () =>
    new Promise((_, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
    }));
}

/** Files in memory, whose disk has room for so many bytes more. */
class Disk {
  room = Infinity;
  readonly #files = memoryFiles();
  readonly files: Files = {
    ...this.#files,
    create: async (path): Promise<FileWriter> => {
      const writer = await this.#files.create(path);
      const write = (chunk: Uint8Array): Promise<void> => {
        this.room -= chunk.length;
        if (this.room >= 0) return writer.write(chunk);
        return Promise.reject(new FileError("no-space", `Cannot write "${path}": it is full`));
      };
      return { ...writer, write };
    },
  };
}

interface Place {
  readonly web: Web;
  readonly disk: Disk;
  readonly files: Files;
  readonly store: ImageStore;
  another(options?: Partial<ImageStoreOptions>): ImageStore;
}

function place(): Place {
  const web = new Web();
  const disk = new Disk();
  const { files } = disk;
  const another = (options?: Partial<ImageStoreOptions>): ImageStore =>
    imageStore({
      driver: "test",
      files,
      clock: systemClock(),
      cacheDir: "/cache",
      configDir: "/config",
      listUrl: LIST_URL,
      fetch: web.fetch,
      ...options,
    });
  return { web, disk, files, store: another(), another };
}

async function listed(): Promise<Place & { image: Image }> {
  const it = place();
  await it.store.update();
  return { ...it, image: await it.store.get(VERSION) };
}

async function assertRefused(
  work: () => Promise<unknown>,
  code: ErrorCode,
  subject = `image:${VERSION}`,
): Promise<DriverError> {
  const error = await assertRejects(work, DriverError);
  assertEquals([error.code, error.subject], [code, subject], error.message);
  assert(!/secret|password|user/.test(error.message), error.message);
  return error;
}

Deno.test("imageStore() has no side effect and no image before the first update", async () => {
  const { files, store, web } = place();
  assertEquals([await store.list(), await store.versions(), web.requests], [[], [], 0]);
  assertEquals(await files.list("/"), []);
  await assertRefused(() => store.get(VERSION), "not-found");
});

Deno.test("update() keeps the list for every instance", async () => {
  const { store, another } = place();
  await store.update();
  assertEquals(await another().versions(), [VERSION]);
  const [image] = await another().list();
  assertEquals(image?.toJSON(), { ...ENTRY, url: "http://user:password@host/image" });
});

const BAD_LISTS: Record<string, [Answer, ErrorCode]> = {
  "a status 404": [() => new Response("", { status: 404 }), "unavailable"],
  "a status 503": [() => new Response("", { status: 503 }), "unavailable"],
  "a page": [() => new Response("<!doctype html>"), "data-loss"],
  "bytes": [() => new Response(new Uint8Array([0xff, 0xfe])), "data-loss"],
  "no connection": [() => Promise.reject(new TypeError(`No way to ${LIST_URL}`)), "unavailable"],
};

for (const [name, [answer, code]] of Object.entries(BAD_LISTS)) {
  Deno.test(`update() that meets ${name} keeps the list`, async () => {
    const { store, web } = await listed();
    web.list = answer;
    await assertRefused(() => store.update(), code, "driver:test");
    assertEquals(await store.versions(), [VERSION]);
  });
}

Deno.test("update() refuses an address that is none of http", async () => {
  for (const listUrl of ["file:///etc/passwd", "nothing"]) {
    const store = place().another({ listUrl });
    await assertRefused(() => store.update(), "invalid-argument", "driver:test");
  }
});

Deno.test("update() reads no list without end", async () => {
  const { store, web } = place();
  web.list = () =>
    new Response(
      new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1_000_000)) }),
    );
  await assertRefused(() => store.update(), "data-loss", "driver:test");
});

Deno.test("a damaged list is told until it is got anew", async () => {
  const { store, files, image } = await listed();
  await writeText(files, "/config/images.json", "[{");
  const error = await assertRefused(() => store.versions(), "data-loss", "driver:test");
  assertMatch(error.message, /"\/config\/images\.json" is damaged/);
  assertEquals(await image.status(), "unknown");
  await store.update();
  assertEquals(await store.versions(), [VERSION]);
});

Deno.test("fetch() makes the image downloaded, once", async () => {
  const { image, files, store, web } = await listed();
  assertEquals(await image.status(), "not-downloaded");
  assertEquals(await image.fetch(), { changed: true });
  assertEquals(await image.status(), "downloaded");
  const requests = web.requests;
  assertEquals(await image.fetch(), { changed: false });
  assertEquals(web.requests, requests);
  assertEquals(await files.list("/cache"), [`images/${FILE}`, `images/${FILE}.json`]);
  const { path, sha256 } = await store.localFile(VERSION);
  assertEquals([path, sha256], [`/cache/images/${FILE}`, SHA256]);
  assertEquals(await new Response(ReadableStream.from(files.read(path))).bytes(), CONTENT);
});

const cut = (): Promise<never> => Promise.reject(new Error("Connection reset"));
const BAD_IMAGES: Record<string, [Answer, ErrorCode]> = {
  "a status 404": [() => new Response("", { status: 404 }), "not-found"],
  "a status 500": [() => new Response("", { status: 500 }), "unavailable"],
  "a part that nobody asked for": [() => new Response(CONTENT, { status: 206 }), "unavailable"],
  "another content": [() => new Response("<!doctype html>"), "data-loss"],
  "nothing": [() => new Response(null), "data-loss"],
  "a cut": [() => streamed([CONTENT.subarray(9)], cut), "unavailable"],
  "an early end": [() => streamed([CONTENT.subarray(9)], () => Promise.resolve()), "unavailable"],
  "no connection": [() => Promise.reject(new TypeError("http://user@host/?secret")), "unavailable"],
};

for (const [name, [answer, code]] of Object.entries(BAD_IMAGES)) {
  Deno.test(`fetch() that meets ${name} leaves nothing, and recovers`, async () => {
    const { image, files, web } = await listed();
    web.image = answer;
    await assertRefused(() => image.fetch(), code);
    assertEquals(await files.list("/cache"), []);
    web.image = well;
    assertEquals(await image.fetch(), { changed: true });
  });
}

Deno.test("fetch() tells its progress, and ends with all", async () => {
  const { image, web } = await listed();
  const half = CONTENT.length / 2;
  web.image = () =>
    streamed([CONTENT.subarray(0, half), CONTENT.subarray(half)], () => Promise.resolve());
  const seen: Progress[] = [];
  await image.fetch({ onProgress: (progress) => void seen.push(progress) });
  const total = CONTENT.length;
  assertEquals(seen, [
    { current: 0, total },
    { current: half, total },
    { current: total, total },
  ]);
});

Deno.test("fetch() tells no total that it does not know", async () => {
  const { image, web } = await listed();
  web.image = () => new Response(CONTENT);
  const seen: Progress[] = [];
  await image.fetch({ onProgress: (progress) => void seen.push(progress) });
  assertEquals(seen.some((progress) => "total" in progress), false);
  assertEquals(seen.at(-1)?.current, CONTENT.length);
});

Deno.test("fetch() goes on without a callback that throws or rejects", async () => {
  const { image } = await listed();
  let calls = 0;
  const onProgress = (): never => {
    calls++;
    throw new Error("The callback's own trouble");
  };
  assertEquals(await image.fetch({ onProgress }), { changed: true });
  assertEquals(calls, 1);
  await image.purge();
  const rejects = (): Promise<void> => Promise.reject(new Error("The callback's own trouble"));
  assertEquals(await image.fetch({ onProgress: rejects }), { changed: true });
});

Deno.test("fetch() ends at an abort, and leaves nothing", async () => {
  const { image, files, web } = await listed();
  web.image = stalled;
  const abort = new AbortController();
  await assertRefused(
    () =>
      image.fetch({
        signal: abort.signal,
        onProgress: ({ current }) => void (current > 0 && abort.abort()),
      }),
    "canceled",
  );
  assertEquals(await files.list("/cache"), []);
});

Deno.test("fetch() aborted at its last byte is canceled", async () => {
  const { image, files } = await listed();
  const abort = new AbortController();
  const onProgress = ({ current, total }: Progress): void => {
    if (current === total) abort.abort();
  };
  await assertRefused(() => image.fetch({ signal: abort.signal, onProgress }), "canceled");
  assertEquals(await files.list("/cache"), []);
});

Deno.test("every method is canceled by an aborted signal, before it does anything", async () => {
  const { image, store, web, files } = await listed();
  const requests = web.requests;
  const options = { signal: AbortSignal.abort() };
  for (
    const call of [
      () => image.status(options),
      () => image.fetch(options),
      () => image.fromFile("/file", options),
      () => image.purge(options),
      () => store.get(VERSION, options),
      () => store.localFile(VERSION, options),
    ]
  ) {
    await assertRefused(call, "canceled");
  }
  for (const call of [store.update, store.list, store.versions]) {
    await assertRefused(() => call(options), "canceled", "driver:test");
  }
  assertEquals(web.requests, requests);
  assertEquals(await files.list("/cache"), []);
});

Deno.test("fetch() does not wait for ever for a silent server", async () => {
  const { web, another } = await listed();
  web.image = stalled;
  using virtual = new VirtualClock();
  // Live, nothing holds the clock.
  const clock = {
    now: () => virtual.now(),
    sleep: virtual.sleep,
    timer: virtual.timer.bind(virtual),
    hold: <T>(work: Promise<T>): Promise<T> => work,
  };
  const image = await another({ clock }).get(VERSION);
  const error = await assertRefused(() => image.fetch(), "deadline-exceeded");
  assert(error.retryable);
  assertEquals(clock.now() >= SILENCE_MS, true);
});

Deno.test("virtual time stands still during a fetch", async () => {
  const { another } = await listed();
  using clock = new VirtualClock();
  const image = await another({ clock }).get(VERSION);
  await image.fetch();
  assertEquals(clock.now(), 0);
});

Deno.test("parallel fetches make one transfer", async () => {
  const { image, web, another } = await listed();
  const other = await another().get(VERSION);
  const before = web.requests;
  const ends = await Promise.all([image.fetch(), image.fetch(), other.fetch()]);
  assertEquals(ends.map(({ changed }) => changed), [true, false, false]);
  assertEquals(web.requests, before + 1);
});

Deno.test("a fetch that was aborted leaves the transfer to the next in the row", async () => {
  const { image, web } = await listed();
  web.image = stalled;
  const abort = new AbortController();
  const first = image.fetch({ signal: abort.signal, onProgress: () => abort.abort() });
  const second = image.fetch();
  web.image = (init) => init.signal?.aborted ? stalled(init) : well();
  await assertRefused(() => first, "canceled");
  assertEquals(await second, { changed: true });
});

Deno.test("a changed checksum makes an image not-downloaded, the way back downloaded", async () => {
  const { store, image, web } = await listed();
  await image.fetch();
  web.list = () => Response.json([{ ...ENTRY, sha256: "0".repeat(64) }]);
  await store.update();
  assertEquals(await (await store.get(VERSION)).status(), "not-downloaded");
  await assertRefused(() => image.fetch(), "data-loss");
  web.list = () => Response.json([ENTRY]);
  await store.update();
  assertEquals(await image.status(), "downloaded");
});

Deno.test("a handle from before an update fetches what the list has now", async () => {
  const { store, image, web } = await listed();
  const other = new Uint8Array([1, 2, 3]);
  const sha256 = await digest(other);
  web.list = () => Response.json([{ ...ENTRY, sha256 }]);
  web.image = () => new Response(other);
  await store.update();
  assertEquals(await image.fetch(), { changed: true });
  assertEquals(await (await store.get(VERSION)).status(), "downloaded");
});

for (
  const [name, spoil] of Object.entries({
    removed: (files: Files) => files.remove(`/cache/images/${FILE}`),
    altered: (files: Files) => writeText(files, `/cache/images/${FILE}`, "x"),
    unsealed: (files: Files) => files.remove(`/cache/images/${FILE}.json`),
    "sealed otherwise": (files: Files) => writeText(files, `/cache/images/${FILE}.json`, "x"),
  })
) {
  Deno.test(`an image that was ${name} is not downloaded, and fetch repairs it`, async () => {
    const { image, files, store } = await listed();
    await image.fetch();
    await spoil(files);
    assertEquals(await image.status(), "not-downloaded");
    await assertRefused(() => store.localFile(VERSION), "failed-precondition");
    assertEquals(await image.fetch(), { changed: true });
    assertEquals(await image.status(), "downloaded");
  });
}

Deno.test("fromFile() verifies, copies, and leaves the file", async () => {
  const { image, files } = await listed();
  await using file = await files.create("/there/image");
  await file.write(CONTENT);
  await file.close();
  const before = await files.stat("/there/image");
  assertEquals(await image.fromFile("/there/image"), { changed: true });
  assertEquals(await image.fromFile("/there/image"), { changed: false });
  assertEquals(await image.status(), "downloaded");
  assertEquals(await files.stat("/there/image"), before);
});

Deno.test("fromFile() refuses other content and changes nothing", async () => {
  const { image, files } = await listed();
  await writeText(files, "/wrong", "x");
  await assertRefused(() => image.fromFile("/wrong"), "data-loss");
  assertEquals(await files.list("/cache"), []);
  await image.fetch();
  await assertRefused(() => image.fromFile("/wrong"), "data-loss");
  assertEquals(await image.status(), "downloaded");
});

Deno.test("fromFile() wants a file", async () => {
  const { image } = await listed();
  await assertRefused(() => image.fromFile("/none"), "not-found");
});

Deno.test("purge() removes whatever there is of a version, and of no other", async () => {
  const { image, files } = await listed();
  await image.fetch();
  const others = [`${VERSION}-1-${SHA256.slice(0, 16)}`, `1.30.10-${SHA256.slice(0, 16)}`, "notes"];
  const mine = [
    `${VERSION}-${"0".repeat(16)}`,
    `${FILE}.01234567-89ab-cdef-0123-456789abcdef.part`,
  ];
  for (const name of [...others, ...mine]) await writeText(files, `/cache/images/${name}`, "x");
  assertEquals(await image.purge(), { changed: true });
  assertEquals(await files.list("/cache/images"), others.toSorted());
  assertEquals(await image.purge(), { changed: false });
  assertEquals(await image.status(), "not-downloaded");
});

Deno.test("purge() works for an image that vanished from the list", async () => {
  const { image, files, store, web } = await listed();
  await image.fetch();
  web.list = () => Response.json([]);
  await store.update();
  assertEquals(await image.purge(), { changed: true });
  assertEquals(await files.list("/cache"), []);
});

Deno.test("fetch() removes what a killed one has left", async () => {
  const { image, files } = await listed();
  const left = `/cache/images/${FILE}.01234567-89ab-cdef-0123-456789abcdef.part`;
  await writeText(files, left, "x");
  await image.fetch();
  assertEquals(await files.stat(left), undefined);
});

Deno.test("a full disk is told, and leaves neither image nor part", async () => {
  const { image, disk, files, store } = await listed();
  await using file = await files.create("/image");
  await file.write(CONTENT);
  disk.room = 0;
  await assertRefused(() => image.fetch(), "resource-exhausted");
  await assertRefused(() => image.fromFile("/image"), "resource-exhausted");
  await assertRefused(() => store.update(), "resource-exhausted", "driver:test");
  assertEquals(await files.list("/cache"), []);
  assertEquals(await store.versions(), [VERSION]);
  disk.room = Infinity;
  assertEquals(await image.fetch(), { changed: true });
});

Deno.test("a disk that is full only at the seal leaves no image", async () => {
  const { web, files: { stat } } = await listed();
  const { size = 0 } = await stat("/config/images.json") ?? {};
  const disk = new Disk();
  disk.room = size + CONTENT.length + 20;
  const { files } = disk;
  const store = imageStore({
    ...{ driver: "test", files, clock: systemClock(), fetch: web.fetch, listUrl: LIST_URL },
    ...{ cacheDir: "/cache", configDir: "/config" },
  });
  await store.update();
  await assertRefused(async () => await (await store.get(VERSION)).fetch(), "resource-exhausted");
  assertEquals(await files.list("/cache"), []);
});

Deno.test("localFile() is for a machine: known, downloaded and not deprecated", async () => {
  const { store, image, web } = await listed();
  await assertRefused(() => store.localFile("other"), "not-found", "image:other");
  const missing = await assertRefused(() => store.localFile(VERSION), "failed-precondition");
  assertEquals([missing.reason, missing.operation], ["image-not-downloaded", "machines.create"]);
  await image.fetch();
  web.list = () => Response.json([{ ...ENTRY, deprecated: true }]);
  await store.update();
  const deprecated = await assertRefused(() => store.localFile(VERSION), "failed-precondition");
  assertEquals(deprecated.reason, "image-deprecated");
});

Deno.test("fromJSON() gives the image back, and refuses what is none", async () => {
  const { store, image } = await listed();
  await image.fetch();
  const back = store.fromJSON(JSON.stringify(image));
  assertEquals(back.toJSON(), image.toJSON());
  assertEquals(await back.status(), "downloaded");
  const error = assertThrows(() => store.fromJSON("[]"), DriverError);
  assertEquals([error.code, error.subject], ["invalid-argument", "driver:test"]);
});

Deno.test("a Windows host has its own slashes", async () => {
  const { another, files } = place();
  const store = another({ cacheDir: "C:\\cache", configDir: "C:\\config" });
  await store.update();
  await (await store.get(VERSION)).fetch();
  assertEquals((await store.localFile(VERSION)).path, `C:\\cache\\images\\${FILE}`);
  assertEquals(await readText(files, "C:/config/images.json") !== undefined, true);
});
