import { assertEquals, assertThrows } from "@std/assert";
import { releaseMessage } from "./dhcp.ts";

const release = { server: "10.0.0.1", client: "10.0.0.200", mac: "52:54:00:0a:0b:ff" };

Deno.test("a release names the address, its holder and the server", () => {
  const message = releaseMessage(release);
  assertEquals(message.length, 300);
  assertEquals([...message.subarray(0, 4)], [1, 1, 6, 0]);
  assertEquals([...message.subarray(12, 16)], [10, 0, 0, 200]);
  assertEquals([...message.subarray(28, 34)], [0x52, 0x54, 0, 0x0a, 0x0b, 0xff]);
  assertEquals([...message.subarray(236, 250)], [
    99,
    130,
    83,
    99,
    53,
    1,
    7,
    54,
    4,
    10,
    0,
    0,
    1,
    255,
  ]);
});

Deno.test("what is no address is refused", () => {
  for (const wrong of [{ server: "x" }, { client: "1.2.3" }, { mac: "52:54" }]) {
    assertThrows(() => releaseMessage({ ...release, ...wrong }), RangeError);
  }
});
