import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import { FakeDaemon, type Received } from "./fake_daemon_test.ts";
import { MessageType, Status } from "./frames.ts";
import { LibvirtConnection } from "./session.ts";
import type { RpcStream } from "./stream.ts";

const VOLUME = { pool: "images", name: "a.qcow2", key: "/images/a.qcow2" };
const DOMAIN = { name: "web", uuid: "00112233-4455-6677-8899-aabbccddeeff", id: 3 };
const MIB = 1024 * 1024;

interface Session extends AsyncDisposable {
  daemon: FakeDaemon;
  connection: LibvirtConnection;
  call: Received;
  stream: RpcStream;
}

/** A connection with an open stream. */
async function open(name: "storageVolUpload" | "storageVolDownload" | "domainOpenConsole") {
  const { daemon, transport } = FakeDaemon.create();
  const connection = new LibvirtConnection(transport);
  const opening = name === "domainOpenConsole"
    ? connection.openStream(name, { domain: DOMAIN })
    : connection.openStream(name, { volume: VOLUME, offset: 0, length: 0 });
  const call = await daemon.expect(name);
  await daemon.reply(call, name, undefined);
  const session: Session = {
    daemon,
    connection,
    call,
    stream: await opening,
    async [Symbol.asyncDispose]() {
      await daemon.close();
      await connection.close();
    },
  };
  return session;
}

async function expectPacket({ daemon, call }: Session, status: number): Promise<Uint8Array> {
  const packet = await daemon.next();
  const { program, procedure, serial } = call;
  assertEquals({ ...packet, payload: null }, {
    ...{ program, procedure, serial },
    ...{ type: MessageType.stream, status, payload: null },
  });
  return packet!.payload;
}

async function read(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of stream) bytes.push(...chunk);
  return bytes;
}

Deno.test("an upload goes in packets and waits for the daemon's confirmation", async () => {
  await using t = await open("storageVolUpload");
  const data = Uint8Array.from({ length: 600_000 }, (_, i) => i);
  const sent = ReadableStream.from([data]).pipeTo(t.stream.writable).then(() => "confirmed");
  const parts: number[] = [];
  let total = 0;
  while (total < data.length) {
    const part = await expectPacket(t, Status.continue);
    assertEquals(part, data.subarray(total, total + part.length));
    total += part.length;
    parts.push(part.length);
  }
  assertEquals(parts, [262120, 262120, 75760]);
  await expectPacket(t, Status.ok);
  await t.daemon.packet(t.call, Status.ok);
  assertEquals(await sent, "confirmed");
});

Deno.test("an upload that the daemon refuses fails with libvirt's error", async () => {
  await using t = await open("storageVolUpload");
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
  });
  const sending = assertRejects(() => endless.pipeTo(t.stream.writable), LibvirtError, "disk full");
  await expectPacket(t, Status.continue);
  await t.daemon.fail(t.call, 38, "disk full", MessageType.stream);
  assertEquals((await sending).code, 38);
});

Deno.test("an upload whose last confirmation is an error fails", async () => {
  await using t = await open("storageVolUpload");
  const sending = assertRejects(
    () => ReadableStream.from([new Uint8Array(1)]).pipeTo(t.stream.writable),
    LibvirtError,
  );
  await expectPacket(t, Status.continue);
  await expectPacket(t, Status.ok);
  await t.daemon.fail(t.call, 38, "no space", MessageType.stream);
  await sending;
});

Deno.test("an aborted upload is thrown away at the daemon too", async () => {
  await using t = await open("storageVolUpload");
  const controller = new AbortController();
  const idle = new ReadableStream<Uint8Array>();
  const sending = assertRejects(
    () => idle.pipeTo(t.stream.writable, { signal: controller.signal }),
    Error,
    "enough",
  );
  controller.abort(new Error("enough"));
  await expectPacket(t, Status.error);
  await sending;
  // The daemon confirms an abort; and the connection goes on.
  await t.daemon.packet(t.call, Status.ok);
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.answer("connectGetHostname", "h");
  assertEquals(await host, "h");
});

Deno.test("a download ends after the daemon confirmed it", async () => {
  await using t = await open("storageVolDownload");
  const bytes = read(t.stream.readable);
  await t.daemon.packet(t.call, Status.continue, Uint8Array.of(1, 2));
  await t.daemon.packet(t.call, Status.continue, Uint8Array.of(3));
  await t.daemon.packet(t.call, Status.continue);
  await expectPacket(t, Status.ok);
  await t.daemon.packet(t.call, Status.ok);
  assertEquals(await bytes, [1, 2, 3]);
});

Deno.test("a download that breaks off is an error, not an end", async () => {
  await using failed = await open("storageVolDownload");
  const first = assertRejects(() => read(failed.stream.readable), LibvirtError, "I/O error");
  await failed.daemon.packet(failed.call, Status.continue, Uint8Array.of(1));
  await failed.daemon.fail(failed.call, 38, "I/O error", MessageType.stream);
  await first;
  await using lost = await open("storageVolDownload");
  const second = assertRejects(() => read(lost.stream.readable), ConnectionLost);
  await lost.daemon.packet(lost.call, Status.continue, Uint8Array.of(1));
  await lost.daemon.close();
  await second;
});

Deno.test("a download that is given up is thrown away, and late packets are ignored", async () => {
  await using t = await open("storageVolDownload");
  await t.stream.readable.cancel();
  await expectPacket(t, Status.error);
  await t.daemon.packet(t.call, Status.continue, Uint8Array.of(1));
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.answer("connectGetHostname", "h");
  assertEquals(await host, "h");
});

Deno.test("a reader that is behind holds the connection back until it reads on", async () => {
  await using t = await open("storageVolDownload");
  let answered = false;
  const host = t.connection.call("connectGetHostname", {}).then(() => answered = true);
  const call = await t.daemon.expect("connectGetHostname");
  for (let i = 0; i < 4; i++) await t.daemon.packet(t.call, Status.continue, new Uint8Array(MIB));
  await t.daemon.reply(call, "connectGetHostname", "h");
  const reader = t.stream.readable.getReader();
  for (let i = 0; i < 2; i++) assertEquals((await reader.read()).value?.length, MIB);
  assertEquals(answered, false);
  for (let i = 0; i < 2; i++) assertEquals((await reader.read()).value?.length, MIB);
  await host;
});

Deno.test("closing the connection frees a stream that is held back", async () => {
  await using t = await open("storageVolDownload");
  for (let i = 0; i < 3; i++) await t.daemon.packet(t.call, Status.continue, new Uint8Array(MIB));
  await t.connection.close();
  await assertRejects(() => read(t.stream.readable), ConnectionLost);
});

Deno.test("a console works in both directions and ends with its domain", async () => {
  await using t = await open("domainOpenConsole");
  const reader = t.stream.readable.getReader();
  const writer = t.stream.writable.getWriter();
  await t.daemon.packet(t.call, Status.continue, Uint8Array.of(36));
  assertEquals((await reader.read()).value, Uint8Array.of(36));
  await writer.write(Uint8Array.of(10));
  assertEquals(await expectPacket(t, Status.continue), Uint8Array.of(10));
  await t.daemon.packet(t.call, Status.continue);
  await expectPacket(t, Status.ok);
  await t.daemon.packet(t.call, Status.ok);
  assertEquals((await reader.read()).done, true);
  const error = await assertRejects(() => writer.write(Uint8Array.of(10)), RpcError);
  assertEquals(error.code, "stream-ended");
});

Deno.test("a stream that cannot be opened fails with libvirt's error", async () => {
  const { daemon, transport } = FakeDaemon.create();
  await using connection = new LibvirtConnection(transport);
  const opening = assertRejects(
    () => connection.openStream("domainOpenConsole", { domain: DOMAIN }),
    LibvirtError,
  );
  await daemon.fail(await daemon.expect("domainOpenConsole"), 55, "domain is not running");
  assertEquals((await opening).code, 55);
  await daemon.close();
});
