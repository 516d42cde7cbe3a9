import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionLost, RpcError } from "./errors.ts";
import { FakeDaemon, type Received } from "./fake_daemon_test.ts";
import { encodeFrame, MessageType, Program, Status } from "./frames.ts";
import { LibvirtConnection } from "./session.ts";

const DOMAIN = { name: "web", uuid: "00112233-4455-6677-8899-aabbccddeeff", id: 3 };
const NOTHING = new Uint8Array(0);
const PING = { program: Program.keepalive, procedure: 1, type: 2, serial: 0, status: 0 };

/** A connection on which nothing has been said, and its daemon; closes without taking leave. */
function start() {
  const { daemon, transport } = FakeDaemon.create();
  const connection = new LibvirtConnection(transport);
  return {
    daemon,
    connection,
    async [Symbol.asyncDispose]() {
      await daemon.close();
      await connection.close();
    },
  };
}

Deno.test("at most four calls are on their way, and the rest follow in order", async () => {
  await using t = start();
  const order: string[] = [];
  const calls = Array.from(
    { length: 7 },
    (_, i) =>
      t.connection.call("domainLookupByName", { name: `d${i}` })
        .then(({ name }) => order.push(name)),
  );
  const arrived: (Received & { args: unknown })[] = [];
  for (let i = 0; i < 4; i++) arrived.push(await t.daemon.expect("domainLookupByName"));
  // Had a fifth call been sent, it would come before the answer to this ping.
  await t.daemon.send(PING, NOTHING);
  assertEquals((await t.daemon.next())?.program, Program.keepalive);
  const answer = (call: Received & { args: unknown }) => {
    const { name } = call.args as { name: string };
    return t.daemon.reply(call, "domainLookupByName", { ...DOMAIN, name });
  };
  await answer(arrived[2]);
  await answer(await t.daemon.expect("domainLookupByName"));
  for (const i of [0, 1, 3]) await answer(arrived[i]);
  for (let i = 0; i < 2; i++) await answer(await t.daemon.expect("domainLookupByName"));
  await Promise.all(calls);
  assertEquals(order, ["d2", "d4", "d0", "d1", "d3", "d5", "d6"]);
});

Deno.test("a message is kept until it has left, whatever is said meanwhile", async () => {
  const { daemon, transport } = FakeDaemon.create();
  const held = Promise.withResolvers<void>();
  const slow = {
    ...transport,
    write: async (bytes: Uint8Array) => {
      await held.promise;
      await transport.write(bytes);
    },
  };
  const connection = new LibvirtConnection(slow);
  const calls = ["a", "b", "c"].map((name) => connection.call("domainLookupByName", { name }));
  const refused = connection.call("domainLookupByName", { name: "\0" });
  await assertRejects(() => refused, RpcError, "without NUL");
  held.resolve();
  const names: unknown[] = [];
  for (const call of calls) {
    const received = await daemon.expect("domainLookupByName");
    names.push(received.args);
    await daemon.reply(received, "domainLookupByName", DOMAIN);
    await call;
  }
  assertEquals(names, [{ name: "a" }, { name: "b" }, { name: "c" }]);
  await daemon.close();
  await connection.close();
});

Deno.test("an aborted call fails with the reason at once and its late reply is dropped", async () => {
  await using t = start();
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const waiting = assertRejects(
    () => t.connection.call("connectGetHostname", {}, options),
    Error,
    "too long",
  );
  const late = await t.daemon.expect("connectGetHostname");
  controller.abort(new Error("too long"));
  await waiting;
  const again = t.connection.call("connectGetHostname", {});
  const call = await t.daemon.expect("connectGetHostname");
  await t.daemon.reply(late, "connectGetHostname", "late");
  await t.daemon.reply(call, "connectGetHostname", "right");
  assertEquals(await again, "right");
});

Deno.test("an aborted call keeps its place until the daemon has answered it", async () => {
  await using t = start();
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const aborted = Array.from(
    { length: 4 },
    () => assertRejects(() => t.connection.call("domainSuspend", { domain: DOMAIN }, options)),
  );
  const received: Received[] = [];
  for (let i = 0; i < 4; i++) received.push(await t.daemon.expect("domainSuspend"));
  controller.abort();
  await Promise.all(aborted);
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.reply(received[1], "domainSuspend", undefined);
  await t.daemon.answer("connectGetHostname", "h");
  assertEquals(await host, "h");
});

Deno.test("a call aborted while it waits for its turn is never sent", async () => {
  await using t = start();
  const controller = new AbortController();
  const calls = Array.from({ length: 4 }, () => t.connection.call("connectGetHostname", {}));
  const options = { signal: controller.signal };
  const aborted = assertRejects(() => t.connection.call("connectGetType", {}, options));
  const last = t.connection.call("connectGetUri", {});
  controller.abort();
  await aborted;
  for (let i = 0; i < 4; i++) await t.daemon.answer("connectGetHostname", "h");
  await t.daemon.answer("connectGetUri", "u");
  await Promise.all([...calls, last]);
});

Deno.test("a call with an aborted signal is never sent", async () => {
  await using t = start();
  const options = { signal: AbortSignal.abort() };
  await assertRejects(() => t.connection.call("connectGetType", {}, options));
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.answer("connectGetHostname", "h");
  await host;
});

Deno.test("a lost connection fails all calls and tells which had been sent", async () => {
  await using t = start();
  const calls = Array.from({ length: 6 }, () =>
    assertRejects(
      () => t.connection.call("connectGetHostname", {}),
      ConnectionLost,
      'The connection to "fake" was lost: The daemon closed the connection',
    ));
  for (let i = 0; i < 4; i++) await t.daemon.expect("connectGetHostname");
  await t.daemon.close();
  const sent = (await Promise.all(calls)).map((error) => error.sent);
  assertEquals(sent, [true, true, true, true, false, false]);
  const late = await assertRejects(
    () => t.connection.call("connectGetHostname", {}),
    ConnectionLost,
  );
  assertEquals(late.sent, false);
});

const garbled: [string, (call: Received) => Uint8Array, string][] = [
  ["an oversize frame", () => Uint8Array.of(255, 255, 255, 255), "cannot be 4294967295 bytes"],
  ["text of another protocol", () => new TextEncoder().encode("HTTP/1.1 400 Bad"), "cannot be"],
  [
    "a reply to nothing",
    (call) => encodeFrame({ ...call, type: MessageType.reply, serial: 99 }, NOTHING),
    "serial 99",
  ],
  [
    "a reply that goes on",
    (call) => encodeFrame({ ...call, type: MessageType.reply, status: Status.continue }, NOTHING),
    "serial",
  ],
];
for (const [what, bytes, message] of garbled) {
  Deno.test(`${what} ends the connection as malformed`, async () => {
    await using t = start();
    const waiting = assertRejects(
      () => t.connection.call("connectGetHostname", {}),
      ConnectionLost,
      message,
    );
    await t.daemon.raw(bytes(await t.daemon.expect("connectGetHostname")));
    assertEquals(((await waiting).cause as RpcError).code, "malformed");
    assertEquals(await t.daemon.next(), null);
  });
}

Deno.test("an end within a frame is told from a clean one", async () => {
  await using t = start();
  const waiting = assertRejects(
    () => t.connection.call("connectGetHostname", {}),
    ConnectionLost,
    "10 bytes into a message",
  );
  await t.daemon.expect("connectGetHostname");
  await t.daemon.raw(Uint8Array.of(0, 0, 0, 40, 1, 2, 3, 4, 5, 6));
  await t.daemon.close();
  await waiting;
});

Deno.test("a ping of the daemon is answered", async () => {
  await using t = start();
  await t.daemon.send(PING, NOTHING);
  assertEquals(await t.daemon.next(), { ...PING, procedure: 2, payload: NOTHING });
});
