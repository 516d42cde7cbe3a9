import { assertEquals, assertThrows } from "@std/assert";
import { blankQcow2, PROBE_BYTES, probeImage } from "./qcow2.ts";

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
