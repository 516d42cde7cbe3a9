import { assertEquals, assertRejects } from "@std/assert";
import { encode } from "./codec.ts";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import { events } from "./events.ts";
import { FakeDaemon, nameOf, type Received } from "./fake_daemon.ts";
import { encodeFrame, MessageType, Program, Status } from "./frames.ts";
import { LibvirtConnection, openSession } from "./session.ts";

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

function lifecycle(type: number): Uint8Array {
  return encode(events.domainLifecycle.body, { domain: DOMAIN, type, detail: 0 }, "");
}

Deno.test("opening asks for the authentication, then opens the URI", async () => {
  const { daemon, transport } = FakeDaemon.create();
  const opening = openSession(transport, "qemu:///system");
  await daemon.answer("authList", [0]);
  const call = await daemon.expect("connectOpen");
  assertEquals(call.args, { uri: "qemu:///system", flags: 0 });
  await daemon.reply(call, "connectOpen", undefined);
  const connection = await opening;
  const closing = connection.close();
  await daemon.answer("connectClose", undefined);
  await closing;
  assertEquals(await daemon.next(), null);
});

Deno.test("polkit is one more call", async () => {
  const { daemon, transport } = FakeDaemon.create();
  const opening = openSession(transport, "qemu:///system");
  await daemon.answer("authList", [2]);
  await daemon.answer("authPolkit", 1);
  await daemon.answer("connectOpen", undefined);
  const connection = await opening;
  await daemon.close();
  await connection.close();
});

Deno.test("an unknown authentication is refused and leaves nothing open", async () => {
  const { daemon, transport } = FakeDaemon.create();
  const opening = assertRejects(() => openSession(transport, "qemu:///system"), RpcError, "+ssh");
  await daemon.answer("authList", [1]);
  await daemon.answer("connectClose", undefined);
  assertEquals((await opening).code, "unsupported-auth");
  assertEquals(await daemon.next(), null);
});

Deno.test("a refused opening is libvirt's error and leaves nothing open", async () => {
  const { daemon, transport } = FakeDaemon.create();
  const opening = assertRejects(
    () => openSession(transport, "nope:///"),
    LibvirtError,
    "no driver",
  );
  await daemon.answer("authList", []);
  await daemon.fail(await daemon.expect("connectOpen"), 5, "no driver");
  await daemon.answer("connectClose", undefined);
  assertEquals((await opening).code, 5);
});

Deno.test("replies may come in any order", async () => {
  await using t = start();
  const type = t.connection.call("connectGetType", {});
  const host = t.connection.call("connectGetHostname", {});
  const first = await t.daemon.expect("connectGetType");
  await t.daemon.answer("connectGetHostname", "h");
  assertEquals(await host, "h");
  await t.daemon.reply(first, "connectGetType", "QEMU");
  assertEquals(await type, "QEMU");
});

Deno.test("an error keeps its numbers and its message", async () => {
  await using t = start();
  const error = assertRejects(
    () => t.connection.call("domainLookupByName", { name: "x" }),
    LibvirtError,
    "Domain not found",
  );
  await t.daemon.fail(await t.daemon.expect("domainLookupByName"), 42, "Domain not found");
  const { code, domain, level } = await error;
  assertEquals({ code, domain, level }, { code: 42, domain: 10, level: 2 });
});

Deno.test("a bad argument is refused before anything is sent", async () => {
  await using t = start();
  await assertRejects(
    () => t.connection.call("domainLookupByUuid", { uuid: "web" }),
    RpcError,
    '"domainLookupByUuid.uuid" must be a UUID',
  );
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.answer("connectGetHostname", "h");
  await host;
});

Deno.test("a reply that cannot be decoded fails its call alone", async () => {
  await using t = start();
  const type = assertRejects(() => t.connection.call("connectGetType", {}), RpcError);
  const call = await t.daemon.expect("connectGetType");
  await t.daemon.send({ ...call, type: MessageType.reply }, Uint8Array.of(0, 0, 0, 9));
  assertEquals((await type).code, "malformed");
  const host = t.connection.call("connectGetHostname", {});
  await t.daemon.answer("connectGetHostname", "h");
  assertEquals(await host, "h");
});

Deno.test("an event may come before the reply of the call that caused it", async () => {
  await using t = start();
  const seen = t.connection.events();
  const suspended = t.connection.call("domainSuspend", { domain: DOMAIN });
  const call = await t.daemon.expect("domainSuspend");
  await t.daemon.event(events.domainLifecycle.number, lifecycle(3));
  const event = { event: "domainLifecycle", domain: DOMAIN, type: 3, detail: 0 };
  assertEquals<unknown>((await seen.next()).value, event);
  await t.daemon.reply(call, "domainSuspend", undefined);
  await suspended;
});

Deno.test("every reader gets every event in order, also while calls are waiting", async () => {
  await using t = start();
  const readers = [t.connection.events(), t.connection.events()];
  for (let type = 0; type < 9; type++) {
    await t.daemon.event(events.domainLifecycle.number, lifecycle(type));
    await t.daemon.event(4711, NOTHING);
  }
  for (const reader of readers) {
    for (let type = 0; type < 9; type++) {
      const { value } = await reader.next();
      assertEquals(value?.event === "domainLifecycle" && value.type, type);
    }
  }
});

Deno.test("events end quietly with close, and with an error when the connection is lost", async () => {
  const closed = start();
  const quiet = closed.connection.events();
  await closed[Symbol.asyncDispose]();
  await using lost = start();
  const loud = lost.connection.events();
  await lost.daemon.close();
  await assertRejects(() => loud.next(), ConnectionLost);
  assertEquals(await loud.next(), { value: undefined, done: true });
  await assertRejects(() => lost.connection.events().next(), ConnectionLost);
  await assertRejects(() => quiet.next(), ConnectionLost);
  const own = FakeDaemon.create();
  const connection = new LibvirtConnection(own.transport);
  const calm = connection.events();
  const closing = connection.close();
  await own.daemon.answer("connectClose", undefined);
  await closing;
  assertEquals(await calm.next(), { value: undefined, done: true });
});

Deno.test("a reader that leaves stops the others in nothing", async () => {
  await using t = start();
  const [left, stays] = [t.connection.events(), t.connection.events()];
  await left.return?.();
  await t.daemon.event(events.domainLifecycle.number, lifecycle(2));
  assertEquals((await left.next()).done, true);
  assertEquals((await stays.next()).done, false);
});

Deno.test("an event that cannot be decoded ends the connection", async () => {
  await using t = start();
  const seen = t.connection.events();
  await t.daemon.event(events.domainLifecycle.number, Uint8Array.of(1));
  const error = await assertRejects(() => seen.next(), ConnectionLost, "ends too early");
  assertEquals((error.cause as RpcError).code, "malformed");
});

Deno.test("registering leaves out what the hypervisor does not have", async () => {
  await using t = start();
  const registered = t.connection.register(["domainLifecycle", "networkLifecycle", "poolRefresh"]);
  const call = await t.daemon.expect("connectDomainEventCallbackRegisterAny");
  assertEquals(call.args, { event: 0, domain: null });
  await t.daemon.reply(call, "connectDomainEventCallbackRegisterAny", 1);
  await t.daemon.fail(await t.daemon.expect("connectNetworkEventRegisterAny"), 3, "no support");
  const pool = await t.daemon.answer("connectStoragePoolEventRegisterAny", 2);
  assertEquals(pool.payload.toHex(), "0000000100000000");
  assertEquals(await registered, ["domainLifecycle", "poolRefresh"]);
});

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

Deno.test("the agent's command goes to the QEMU program", async () => {
  await using t = start();
  const args = { domain: DOMAIN, command: '{"execute":"guest-ping"}', timeout: -2 };
  const answer = t.connection.call("domainAgentCommand", args);
  const call = await t.daemon.next();
  assertEquals(call && [call.program, nameOf(call)], [Program.qemu, "domainAgentCommand"]);
  await t.daemon.reply(call!, "domainAgentCommand", '{"return":{}}');
  assertEquals(await answer, '{"return":{}}');
});

Deno.test("closing twice is closing once", async () => {
  const { daemon, connection } = start();
  const closing = Promise.all([connection.close(), connection.close()]);
  await daemon.answer("connectClose", undefined);
  await closing;
  await connection.close();
});

Deno.test("a daemon that answers nothing any more does not hold up a close", async () => {
  const { daemon, connection } = start();
  const closing = connection.close();
  await daemon.expect("connectClose");
  await closing;
  assertEquals(await daemon.next(), null);
});
