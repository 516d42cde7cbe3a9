import { assertEquals, assertThrows } from "@std/assert";
import { blankQcow2, PROBE_BYTES, probeImage, qcow2With } from "./qcow2.ts";

const head = (): Uint8Array<ArrayBuffer> => blankQcow2(1).slice(0, PROBE_BYTES);

Deno.test("a qcow2 is told by its first bytes, with the size that the guest sees", () => {
  assertEquals(probeImage(head(), 4096), { format: "qcow2", capacity: 2 ** 20 });
});

Deno.test("whatever is not qcow2 is raw, in whole sectors", () => {
  assertEquals(probeImage(new TextEncoder().encode("QFI"), 1025), {
    format: "raw",
    capacity: 1536,
  });
  assertEquals(probeImage(new Uint8Array(PROBE_BYTES), 2048), { format: "raw", capacity: 2048 });
});

Deno.test("an image that refers to another file is refused: it could be any file of the host", () => {
  const backed = head();
  new DataView(backed.buffer).setBigUint64(8, 104n);
  assertThrows(() => probeImage(backed, 4096), RangeError, "refers to another file");
  const external = head();
  new DataView(external.buffer).setBigUint64(72, 4n);
  assertThrows(() => probeImage(external, 4096), RangeError, "refers to another file");
});

Deno.test({
  name: "QEMU finds a disk with content sound, and reads what was put there",
  ignore: Deno.env.get("VMTCK_LIVE") !== "1",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeFile(`${folder}/a.qcow2`, qcow2With(1, new TextEncoder().encode("content")));
      const run = async (...args: string[]): Promise<number> =>
        (await new Deno.Command("qemu-img", { args, cwd: folder }).output()).code;
      assertEquals(await run("check", "a.qcow2"), 0);
      assertEquals(await run("convert", "-O", "raw", "a.qcow2", "a.raw"), 0);
      const raw = await Deno.readFile(`${folder}/a.raw`);
      assertEquals(raw.length, 2 ** 20);
      assertEquals(new TextDecoder().decode(raw.subarray(0, 8)), "content\0");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
