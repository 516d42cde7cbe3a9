import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { systemClock } from "./clock.ts";
import { diskFiles } from "./disk_files.ts";
import { FileError, type Files } from "./files.ts";
import { memoryFiles } from "./memory_files.ts";

const clock = systemClock();
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function write(
  files: Files,
  path: string,
  text: string,
): Promise<void> {
  await using file = await files.create(path);
  await file.write(bytes(text));
  await file.close();
}

async function readText(files: Files, path: string): Promise<string> {
  return await new Response(ReadableStream.from(files.read(path))).text();
}

async function assertKind(kind: string, work: () => Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(work, FileError)).kind, kind);
}

/** What files on disk and in memory have in common: a name, and a proof in an empty folder. */
const table: Record<string, (files: Files, folder: string) => Promise<void>> = {
  "what was written is read, folders are made": async (files, folder) => {
    await write(files, `${folder}/a/b/c`, "content");
    assertEquals(await readText(files, `${folder}/a/b/c`), "content");
  },
  "a path without links and dots leads to the file itself": async (files, folder) => {
    await write(files, `${folder}/real/a`, "content");
    await files.link(`${folder}/link`, `${folder}/real`);
    await files.link(`${folder}/file`, `${folder}/link/a`);
    const root = await files.realPath(`${folder}/real`);
    assertEquals(await files.realPath(`${folder}/file`), `${root}/a`);
    assertEquals(await files.realPath(`${folder}/link/../real/./a`), `${root}/a`);
    assertEquals(await readText(files, `${folder}/file`), "content");
    await assertKind("not-found", () => files.realPath(`${folder}/link/b`));
  },
  "create empties a file": async (files, folder) => {
    await write(files, `${folder}/a`, "first");
    await write(files, `${folder}/a`, "one");
    assertEquals(await readText(files, `${folder}/a`), "one");
  },
  "a missing file cannot be read or renamed": async (files, folder) => {
    await assertKind("not-found", () => readText(files, `${folder}/a`));
    await assertKind("not-found", () => files.rename(`${folder}/a`, `${folder}/b`));
  },
  "a missing file has no stat, is not listed and can be removed": async (files, folder) => {
    assertEquals(await files.stat(`${folder}/a`), undefined);
    assertEquals(await files.list(folder), []);
    await files.remove(`${folder}/a`);
  },
  "a file that was removed is gone": async (files, folder) => {
    await write(files, `${folder}/a`, "content");
    await files.remove(`${folder}/a`);
    assertEquals(await files.stat(`${folder}/a`), undefined);
  },
  "the stamp changes with every content, even of the same size": async (files, folder) => {
    const stamps = new Set<string | undefined>();
    for (const text of ["1", "2", "3", "4"]) {
      await write(files, `${folder}/a`, text);
      stamps.add((await files.stat(`${folder}/a`))?.stamp);
    }
    assertEquals(stamps.size, 4);
  },
  "a rename replaces the file and keeps size and stamp": async (files, folder) => {
    await write(files, `${folder}/a`, "new");
    await write(files, `${folder}/b/c`, "the old one");
    const before = await files.stat(`${folder}/a`);
    await files.rename(`${folder}/a`, `${folder}/b/c`);
    assertEquals(before?.size, 3);
    assertEquals(await files.stat(`${folder}/b/c`), before);
    assertEquals(await files.list(folder), ["b/c"]);
  },
  "a list is deep, relative and sorted": async (files, folder) => {
    for (const name of ["b", "a/z", "a/b/c"]) await write(files, `${folder}/${name}`, "");
    await write(files, `${folder}-other`, "");
    assertEquals(await files.list(folder), ["a/b/c", "a/z", "b"]);
    assertEquals(await files.list(`${folder}/a`), ["b/c", "z"]);
  },
  "a writer that is disposed of lets go": async (files, folder) => {
    {
      await using file = await files.create(`${folder}/a`);
      await file.write(bytes("part"));
    }
    assertEquals(await readText(files, `${folder}/a`), "part");
  },
  "a chunk given away is a copy": async (files, folder) => {
    const chunk = bytes("content");
    await using file = await files.create(`${folder}/a`);
    await file.write(chunk);
    await file.close();
    chunk.fill(0);
    for await (const read of files.read(`${folder}/a`)) read.fill(0);
    assertEquals(await readText(files, `${folder}/a`), "content");
  },
  "reading can end early": async (files, folder) => {
    await write(files, `${folder}/a`, "content");
    for await (const _ of files.read(`${folder}/a`)) break;
  },
  "a lock is held by one at a time": async (files, folder) => {
    let inside = 0;
    let most = 0;
    await Promise.all([1, 2, 3].map(async () => {
      await using _lock = await files.lock(`${folder}/lock`);
      most = Math.max(most, ++inside);
      await files.stat(folder);
      inside--;
    }));
    assertEquals(most, 1);
  },
  "locks of two names do not meet": async (files, folder) => {
    await using _one = await files.lock(`${folder}/1`);
    await using _two = await files.lock(`${folder}/2`);
  },
  "waiting for a lock can be aborted, the others go on": async (files, folder) => {
    const held = await files.lock(`${folder}/lock`);
    const abort = new AbortController();
    const given = files.lock(`${folder}/lock`, { signal: abort.signal });
    const waiting = files.lock(`${folder}/lock`);
    abort.abort(new Error("enough"));
    await assertRejects(() => given, Error, "enough");
    await held[Symbol.asyncDispose]();
    await (await waiting)[Symbol.asyncDispose]();
  },
  "an aborted signal takes no lock": async (files, folder) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => files.lock(`${folder}/lock`, { signal }), Error, "enough");
    await using _lock = await files.lock(`${folder}/lock`);
  },
};

/** On Windows, making links is a right of its own. */
const NEEDS_LINKS = /\blinks\b/;

for (const [name, proof] of Object.entries(table)) {
  Deno.test({
    name: `diskFiles() ${name}`,
    ignore: Deno.build.os === "windows" && NEEDS_LINKS.test(name),
    async fn() {
      const folder = await Deno.makeTempDir();
      await proof(diskFiles({ clock }), `${folder}/below`);
      await Deno.remove(folder, { recursive: true });
    },
  });
  Deno.test(`memoryFiles() ${name}`, () => proof(memoryFiles(), "/folder/below"));
}

Deno.test("memoryFiles() takes both kinds of slashes", async () => {
  const files = memoryFiles();
  await write(files, "C:\\cache\\a", "content");
  assertEquals(await files.list("C:\\cache"), ["a"]);
  assertEquals(await readText(files, "C:/cache/a"), "content");
});

Deno.test({
  name: "diskFiles() tells a full disk",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await assertKind("no-space", () => write(diskFiles({ clock }), "/dev/full", "content"));
  },
});

Deno.test("diskFiles() notices a change of the same size right after its own", async () => {
  const path = await Deno.makeTempFile();
  const files = diskFiles({ clock });
  await write(files, path, "one");
  const before = await files.stat(path);
  await Deno.writeTextFile(path, "two");
  assertNotEquals(await files.stat(path), before);
  await Deno.remove(path);
});

Deno.test("diskFiles() gets the lock of a process that was killed", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lock`;
  const holder = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const f = await Deno.open(${JSON.stringify(path)}, {create: true, write: true});
      await f.lock(true); console.log("held"); setInterval(() => f, 1000);`,
    ],
    stdout: "piped",
  }).spawn();
  const reader = holder.stdout.getReader();
  assert((await reader.read()).value);
  const lock = diskFiles({ clock }).lock(path);
  holder.kill("SIGKILL");
  await (await lock)[Symbol.asyncDispose]();
  await reader.cancel();
  await holder.status;
  await Deno.remove(folder, { recursive: true });
});
