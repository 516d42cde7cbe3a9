import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import { Trouble } from "../backend/driver_errors.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import type { Files } from "../backend/files.ts";
import { imageStore, listImage } from "./store.ts";

const image = (version: string, digit: string): Parameters<typeof listImage>[1] => ({
  version,
  sha256: digit.repeat(64),
  url: "https://files.invalid/x",
  deprecated: false,
});

const CONFIG = "/config";

function versions(files: Files, clock: VirtualClock): Promise<string[]> {
  const folders = { cacheDir: "/cache", configDir: CONFIG };
  return imageStore({ ...folders, files, clock, driver: "d", listUrl: "http://127.0.0.1:9/" })
    .versions();
}

Deno.test("images of files are listed beside each other, each version once", async () => {
  using clock = new VirtualClock();
  const files = memoryFiles();
  const list = { files, configDir: CONFIG };
  await Promise.all(["a", "b", "c"].map((version) => listImage(list, image(version, "1"))));
  await listImage(list, image("b", "2"));
  assertEquals(await versions(files, clock), ["a", "b", "c"]);
});

Deno.test("an image that is listed already is not written again", async () => {
  const files = memoryFiles();
  const list = { files, configDir: CONFIG };
  await listImage(list, image("a", "1"));
  const before = await files.stat(`${CONFIG}/images.json`);
  await listImage(list, image("a", "1"));
  assertEquals(await files.stat(`${CONFIG}/images.json`), before);
});

Deno.test("a list that is damaged is told, and stays", async () => {
  const files = memoryFiles();
  {
    await using writer = await files.create(`${CONFIG}/images.json`);
    await writer.write(new TextEncoder().encode("{"));
  }
  const add = (): Promise<void> => listImage({ files, configDir: CONFIG }, image("a", "1"));
  assertEquals((await assertRejects(add, Trouble)).code, "data-loss");
  assertEquals((await files.stat(`${CONFIG}/images.json`))?.size, 1);
});

Deno.test("what is no image is refused", async () => {
  const add = (): Promise<void> =>
    listImage({ files: memoryFiles(), configDir: CONFIG }, image("../x", "1"));
  await assertRejects(add, Trouble);
});
