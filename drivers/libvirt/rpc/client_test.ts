import { assertEquals, assertRejects } from "@std/assert";
import { LibvirtClient } from "./client.ts";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import { events } from "./events.ts";
import { encode, FakeDaemon } from "./fake_daemon_test.ts";
import { Status } from "./frames.ts";
import { ConnTransport } from "./transport.ts";

const DOMAIN = { name: "web", uuid: "00112233-4455-6677-8899-aabbccddeeff", id: 3 };
const VOLUME = { pool: "images", name: "a.qcow2", key: "/images/a.qcow2" };

interface Server extends AsyncDisposable {
  readonly uri: string;
  accept(): Promise<FakeDaemon>;
}

/** A socket with a daemon behind it for every connection. */
async function serve(): Promise<Server> {
  const folder = await Deno.makeTempDir();
  const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
  const daemons: FakeDaemon[] = [];
  return {
    uri: `qemu+unix:///system?socket=${folder}/s`,
    async accept() {
      const daemon = new FakeDaemon(new ConnTransport("client", await listener.accept()));
      daemons.push(daemon);
      return daemon;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const daemon of daemons) await daemon.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function accept(server: Server): Promise<FakeDaemon> {
  const daemon = await server.accept();
  await daemon.open();
  return daemon;
}

/** A client without events, and the daemon's ends of its two connections. */
async function connect(server: Server) {
  const connecting = LibvirtClient.connect(server.uri, { events: [] });
  const quick = await accept(server);
  const slow = await accept(server);
  const client = await connecting;
  return {
    client,
    quick,
    slow,
    async [Symbol.asyncDispose]() {
      await quick.close();
      await slow.close();
      await client.close();
    },
  };
}

function test(name: string, fn: (server: Server) => Promise<void>): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using server = await serve();
      await fn(server);
    },
  });
}

test("reads do not wait behind slow calls", async (server) => {
  await using t = await connect(server);
  const starting = t.client.call("domainCreateWithFlags", { domain: DOMAIN });
  const call = await t.slow.expect("domainCreateWithFlags");
  const state = t.client.call("domainGetState", { domain: DOMAIN });
  await t.quick.answer("domainGetState", { state: 5, reason: 0 });
  assertEquals(await state, { state: 5, reason: 0 });
  await t.slow.reply(call, "domainCreateWithFlags", DOMAIN);
  assertEquals(await starting, DOMAIN);
});

test("events are registered once and come by the quick connection", async (server) => {
  const connecting = LibvirtClient.connect(server.uri, { events: ["domainReboot"] });
  const quick = await accept(server);
  const slow = await accept(server);
  await quick.answer("connectDomainEventCallbackRegisterAny", 0);
  const client = await connecting;
  assertEquals(client.registered, ["domainReboot"]);
  const seen = client.events();
  const { number, body } = events.domainReboot;
  await quick.event(number, encode(body, { domain: DOMAIN }, ""));
  assertEquals<unknown>((await seen.next()).value, { event: "domainReboot", domain: DOMAIN });
  await quick.close();
  await slow.close();
  await assertRejects(() => seen.next(), ConnectionLost);
  await client.close();
});

test("a client that cannot open its second connection leaves nothing open", async (server) => {
  const connecting = assertRejects(() => LibvirtClient.connect(server.uri), LibvirtError);
  const quick = await accept(server);
  const slow = await server.accept();
  await slow.answer("authList", [0]);
  await slow.fail(await slow.expect("connectOpen"), 38, "no");
  await slow.answer("connectClose", undefined);
  await quick.answer("connectClose", undefined);
  await connecting;
});

test("an upload has a connection of its own, which it closes", async (server) => {
  await using t = await connect(server);
  const source = ReadableStream.from([new Uint8Array(3), new Uint8Array(2)]);
  const uploading = t.client.upload(VOLUME, source, 5);
  const daemon = await accept(server);
  const call = await daemon.expect("storageVolUpload");
  assertEquals<unknown>(call.args, { volume: VOLUME, offset: 0, length: 5, flags: 0 });
  await daemon.reply(call, "storageVolUpload", undefined);
  for (const length of [3, 2, 0]) assertEquals((await daemon.next())?.payload.length, length);
  await daemon.packet(call, Status.ok);
  await daemon.answer("connectClose", undefined);
  await uploading;
  assertEquals(await daemon.next(), null);
});

for (const [length, what] of [[6, "shorter"], [4, "longer"]] as const) {
  test(`a source ${what} than announced is an error, and the upload is aborted`, async (server) => {
    await using t = await connect(server);
    const source = ReadableStream.from([new Uint8Array(3), new Uint8Array(2)]);
    const uploading = assertRejects(
      () => t.client.upload(VOLUME, source, length),
      RpcError,
      `The source has 5 bytes instead of ${length}`,
    );
    const daemon = await accept(server);
    await daemon.answer("storageVolUpload", undefined);
    let last;
    while ((last = await daemon.next())?.status === Status.continue);
    assertEquals(last?.status, Status.error);
    await daemon.answer("connectClose", undefined);
    assertEquals((await uploading).code, "stream-ended");
  });
}

test("a download closes its connection before it ends", async (server) => {
  await using t = await connect(server);
  const downloading = t.client.download(VOLUME);
  const daemon = await accept(server);
  const call = await daemon.answer("storageVolDownload", undefined);
  const reader = (await downloading).getReader();
  await daemon.packet(call, Status.continue, Uint8Array.of(7));
  await daemon.packet(call, Status.continue);
  assertEquals((await reader.read()).value, Uint8Array.of(7));
  assertEquals((await daemon.next())?.status, Status.ok);
  await daemon.packet(call, Status.ok);
  const end = reader.read();
  await daemon.answer("connectClose", undefined);
  assertEquals((await end).done, true);
});

test("a download that is given up closes its connection", async (server) => {
  await using t = await connect(server);
  const downloading = t.client.download(VOLUME);
  const daemon = await accept(server);
  await daemon.answer("storageVolDownload", undefined);
  const cancelling = (await downloading).cancel();
  assertEquals((await daemon.next())?.status, Status.error);
  await daemon.answer("connectClose", undefined);
  await cancelling;
  assertEquals(await daemon.next(), null);
});

test("a stream that cannot be opened closes its connection", async (server) => {
  await using t = await connect(server);
  const opening = assertRejects(() => t.client.console(DOMAIN), LibvirtError);
  const daemon = await accept(server);
  await daemon.fail(await daemon.expect("domainOpenConsole"), 55, "domain is not running");
  await daemon.answer("connectClose", undefined);
  assertEquals((await opening).code, 55);
});

test("disposing of a console closes its connection", async (server) => {
  await using t = await connect(server);
  const opening = t.client.console(DOMAIN, { flags: 1 });
  const daemon = await accept(server);
  const call = await daemon.expect("domainOpenConsole");
  assertEquals<unknown>(call.args, { domain: DOMAIN, device: null, flags: 1 });
  await daemon.reply(call, "domainOpenConsole", undefined);
  const console = await opening;
  const disposing = console[Symbol.asyncDispose]();
  assertEquals((await daemon.next())?.status, Status.error);
  await daemon.answer("connectClose", undefined);
  await disposing;
  await assertRejects(() => console.readable.getReader().read(), RpcError, "aborted");
});
