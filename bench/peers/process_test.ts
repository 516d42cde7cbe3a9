import { assertEquals, assertRejects } from "@std/assert";
import { ProcessPeer } from "./process.ts";

/** A peer in a line: it answers as the real ones do. */
const FAKE = [
  Deno.execPath(),
  "eval",
  `console.log('{"ready":1}');
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of lines) {
    if (JSON.parse(line).operation === "now") console.log('{"event":3,"at":7}\\n{"now":5}');
    else console.log('{"ms":[1,2]}');
  }`,
];

Deno.test("a peer answers with its own times, and its events are kept apart", async () => {
  await using peer = await ProcessPeer.start("fake", FAKE);
  assertEquals(await peer.times("list", 2), [1, 2]);
  await peer.clockAhead();
  assertEquals(peer.heard[0], { event: 3, at: 7 });
});

Deno.test("a peer that is not there, or that ends, says why", async () => {
  await assertRejects(() => ProcessPeer.start("gone", ["./no-such-peer"]), Error, "ENOENT");
  const failing = [Deno.execPath(), "eval", 'console.error("no module"); Deno.exit(3)'];
  await assertRejects(() => ProcessPeer.start("bad", failing), Error, "ended with 3: no module");
});
