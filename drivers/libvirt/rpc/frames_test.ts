import { assertEquals, assertThrows } from "@std/assert";
import { RpcError } from "./errors.ts";
import {
  encodeFrame,
  type Frame,
  FrameSplitter,
  MAX_FRAME,
  MessageType,
  Program,
  Status,
} from "./frames.ts";

const HEADER = {
  program: Program.remote,
  procedure: 212,
  type: MessageType.reply,
  serial: 7,
  status: Status.ok,
};

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function* framesOf(chunk: Uint8Array, splitter = new FrameSplitter()): Generator<Frame> {
  splitter.add(chunk);
  for (let frame; (frame = splitter.next());) yield frame;
}

Deno.test("a frame has the bytes that libvirt expects", () => {
  const hex = "0000002020008086" + "00000001000000d4" + "0000000100000007" + "00000000" +
    "01020304";
  assertEquals(encodeFrame(HEADER, Uint8Array.of(1, 2, 3, 4)).toHex(), hex);
});

Deno.test("frames are found however the stream is cut", () => {
  const frames = [Uint8Array.of(1, 2, 3, 4), new Uint8Array(0), new Uint8Array(100_000).fill(5)];
  const encoded = frames.map((payload) => encodeFrame(HEADER, payload));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  encoded.reduce((at, frame) => (bytes.set(frame, at), at + frame.length), 0);
  for (const size of [1, 3, 28, 29, 61, 4096, 65536, bytes.length]) {
    const splitter = new FrameSplitter();
    const seen: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      for (const { payload, ...header } of framesOf(bytes.subarray(at, at + size), splitter)) {
        assertEquals(header, HEADER);
        seen.push(payload.rest().slice());
      }
    }
    splitter.end();
    assertEquals(seen.map(({ length }) => length), [4, 0, 100_000], `pieces of ${size}`);
    assertEquals(seen, frames);
  }
});

for (const size of [0, 27, MAX_FRAME + 1, 0x48545450, 0xffffffff]) {
  Deno.test(`a frame of ${size} bytes is refused by its first word`, () => {
    const error = assertThrows(() => [...framesOf(word(size))], RpcError);
    assertEquals(error.code, "malformed");
  });
}

for (
  const [what, at, value] of [
    ["of another program", 4, 0x20008088],
    ["of another version", 8, 2],
    ["that is a call", 16, 0],
    ["of an unknown type", 16, 6],
    ["of an unknown status", 24, 3],
  ] as const
) {
  Deno.test(`a frame ${what} is refused`, () => {
    const frame = encodeFrame(HEADER, new Uint8Array(0));
    frame.set(word(value), at);
    assertThrows(() => [...framesOf(frame)], RpcError, "Not a message of libvirt");
  });
}

Deno.test("an end within a frame is refused", () => {
  const splitter = new FrameSplitter();
  assertEquals([...framesOf(encodeFrame(HEADER, new Uint8Array(4)).subarray(0, 30), splitter)], []);
  assertThrows(() => splitter.end(), RpcError, "30 bytes into a message");
});
