import { assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../backend/clock.ts";
import { diskFiles } from "../backend/disk_files.ts";
import { DriverError, type ErrorCode, type Image } from "../contract/mod.ts";
import { imageStore } from "./store.ts";

const CONTENT = new Uint8Array(300_000).map((_, index) => index * 7);
const VERSION = "1.30.1";

type Handler = (request: Request) => Response;

/** A real server, real files and an image of the list. */
async function onDisk(
  work: (it: { folder: string; image: Image; listUrl: string }) => Promise<void>,
  serve: Handler = () => new Response(CONTENT),
): Promise<void> {
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", CONTENT)).toHex();
  const folder = await Deno.makeTempDir();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      request.url.endsWith("/list")
        ? Response.json([{ version: VERSION, sha256, url: "image", deprecated: false }])
        : serve(request),
  );
  const listUrl = `http://127.0.0.1:${server.addr.port}/list`;
  const clock = systemClock();
  const store = imageStore({
    ...{ driver: "test", files: diskFiles({ clock }), clock, listUrl },
    ...{ cacheDir: `${folder}/cache`, configDir: `${folder}/config` },
  });
  try {
    await store.update();
    await work({ folder, image: await store.get(VERSION), listUrl });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertCode(work: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  assertEquals((await assertRejects(work, DriverError)).code, code);
}

async function cached(folder: string): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/cache/images`));
  return entries.length;
}

Deno.test("an image on disk is fetched, noticed when altered, repaired and purged", () =>
  onDisk(async ({ folder, image }) => {
    assertEquals(await image.fetch(), { changed: true });
    assertEquals(await image.fetch(), { changed: false });
    const path = (await Array.fromAsync(Deno.readDir(`${folder}/cache/images`)))
      .map(({ name }) => name).find((name) => !name.endsWith(".json"));
    const file = `${folder}/cache/images/${path}`;
    assertEquals(await Deno.readFile(file), CONTENT);
    await Deno.writeFile(file, CONTENT.toReversed());
    assertEquals(await image.status(), "not-downloaded");
    assertEquals(await image.fetch(), { changed: true });
    assertEquals(await image.status(), "downloaded");
    assertEquals(await image.purge(), { changed: true });
    assertEquals(await cached(folder), 0);
  }));

Deno.test("a redirect is followed", () =>
  onDisk(
    async ({ image }) => assertEquals(await image.fetch(), { changed: true }),
    ({ url }) =>
      url.endsWith("/image")
        ? Response.redirect(url.replace("/image", "/moved"))
        : new Response(CONTENT),
  ));

Deno.test("a redirect to a local file is not", () =>
  onDisk(
    async ({ image }) => await assertCode(() => image.fetch(), "unavailable"),
    () => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
  ));

Deno.test("a folder is no file to import", () =>
  onDisk(({ folder, image }) => assertCode(() => image.fromFile(folder), "not-found")));

Deno.test("two processes that fetch one image at once make one transfer", async () => {
  let transfers = 0;
  await onDisk(async ({ folder, listUrl }) => {
    const program = `
      import { systemClock } from ${JSON.stringify(import.meta.resolve("../backend/clock.ts"))};
      import { diskFiles } from ${JSON.stringify(import.meta.resolve("../backend/disk_files.ts"))};
      import { imageStore } from ${JSON.stringify(import.meta.resolve("./store.ts"))};
      const [folder, listUrl] = Deno.args;
      const clock = systemClock();
      const store = imageStore({
        driver: "test", files: diskFiles({ clock }), clock, listUrl,
        cacheDir: folder + "/cache", configDir: folder + "/config",
      });
      const image = await store.get("${VERSION}");
      console.log(JSON.stringify([await image.fetch(), await image.status()]));`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const outputs = await Promise.all([1, 2].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-config", `${folder}/program.ts`, folder, listUrl],
      }).output()
    ));
    const decoder = new TextDecoder();
    const said = outputs.map(({ stdout, stderr }) =>
      decoder.decode(stdout) + decoder.decode(stderr)
    );
    assertEquals(said.toSorted(), [
      '[{"changed":false},"downloaded"]\n',
      '[{"changed":true},"downloaded"]\n',
    ]);
    assertEquals(transfers, 1);
    assertEquals(await cached(folder), 2);
  }, () => {
    transfers++;
    return new Response(CONTENT);
  });
});
