import { assertEquals, assertRejects } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import type { Files } from "../backend/files.ts";
import { assertReferences } from "./image_header.ts";
import { imagePaths } from "./image_paths.ts";

async function write(
  files: Files,
  path: string,
  content: Uint8Array = new Uint8Array(1),
): Promise<void> {
  await using writer = await files.create(path);
  await writer.write(content);
}

/** Files inside and outside of the allowed folder, and ways between them. */
async function world(): Promise<Files> {
  const files = memoryFiles();
  for (const path of ["/srv/images/a.img", "/srv/images/deep/b.img", "/srv/images-evil/c.img"]) {
    await write(files, path);
  }
  for (const path of ["/etc/shadow", "/alloc/web/own.img"]) await write(files, path);
  await files.link("/srv/images/out.img", "/etc/shadow");
  await files.link("/srv/images/folder", "/etc");
  await files.link("/home", "/srv/images");
  await files.link("/srv/linked-images", "/srv/images");
  return files;
}

const FOLDERS = ["/srv/images/", "/alloc", "/absent"];

const ALLOWED: Readonly<Record<string, string>> = {
  "/srv/images/a.img": "/srv/images/a.img",
  "/srv/images/deep/b.img": "/srv/images/deep/b.img",
  "/srv/images/deep/../a.img": "/srv/images/a.img",
  "/srv//images/./a.img": "/srv/images/a.img",
  "/home/a.img": "/srv/images/a.img",
  "own.img": "/alloc/web/own.img",
};

for (const [path, real] of Object.entries(ALLOWED)) {
  Deno.test(`"${path}" is allowed`, async () => {
    const images = imagePaths(await world(), { folders: FOLDERS, base: "/alloc/web" });
    assertEquals(await images.resolve(path), real);
  });
}

const DENIED: Readonly<Record<string, Trouble["code"]>> = {
  "/etc/shadow": "permission-denied",
  "/etc/absent": "permission-denied",
  "/srv/images-evil/c.img": "permission-denied",
  "/srv/images/../../etc/shadow": "permission-denied",
  "/srv/images/../absent": "permission-denied",
  "/srv/images/out.img": "permission-denied",
  "/srv/images/folder/shadow": "permission-denied",
  "/srv/images": "permission-denied",
  "../../etc/shadow": "permission-denied",
  "/absent/x": "not-found",
  "/srv/images/absent.img": "not-found",
  "": "not-found",
};

for (const [path, code] of Object.entries(DENIED)) {
  Deno.test(`"${path}" is ${code}`, async () => {
    const images = imagePaths(await world(), { folders: FOLDERS, base: "/alloc/web" });
    assertEquals((await assertRejects(() => images.resolve(path), Trouble)).code, code);
  });
}

Deno.test("an allowed folder may be a link, and a relative path needs a base", async () => {
  const images = imagePaths(await world(), { folders: ["/srv/linked-images"] });
  assertEquals(await images.resolve("/srv/linked-images/a.img"), "/srv/images/a.img");
  assertEquals(await images.resolve("/srv/images/a.img"), "/srv/images/a.img");
  await assertRejects(() => images.resolve("a.img"), Trouble);
});

/** A qcow2 file that is the rest of another one. */
function overlay(name: string, version = 3, features = 0): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, version);
  const encoded = new TextEncoder().encode(name);
  if (name !== "") view.setBigUint64(8, 600n);
  view.setUint32(16, encoded.length);
  bytes.set(encoded, 600);
  view.setUint32(76, features);
  return bytes;
}

const HEADERS: Readonly<Record<string, [Uint8Array, boolean]>> = {
  "of a whole file": [overlay(""), true],
  "that names a file beside it": [overlay("a.img"), true],
  "that names an allowed file": [overlay("/srv/images/deep/b.img", 2), true],
  "that names a file outside": [overlay("/etc/shadow", 2), false],
  "that leads outside": [overlay("../images-evil/c.img"), false],
  "that names a server": [overlay("nbd://192.0.2.1/x"), false],
  "that is JSON": [overlay('json:{"file.filename":"/etc/shadow"}'), false],
  "with its data elsewhere": [overlay("", 3, 4), false],
  "that names itself": [overlay("header.qcow2"), false],
  "that lies": [overlay("x").fill(0xff, 8, 20), false],
  "of another format": [new Uint8Array(1024).fill(0xff), true],
  "that is too short": [new Uint8Array([0x51, 0x46, 0x49, 0xfb]), true],
};

for (const [which, [content, isAllowed]] of Object.entries(HEADERS)) {
  Deno.test(`an image with a header ${which} is ${isAllowed ? "allowed" : "denied"}`, async () => {
    const files = await world();
    const path = "/srv/images/header.qcow2";
    await write(files, path, content);
    const check = (): Promise<void> =>
      assertReferences(files, imagePaths(files, { folders: FOLDERS }), path);
    if (isAllowed) return await check();
    assertEquals((await assertRejects(check, Trouble)).code, "permission-denied");
  });
}
