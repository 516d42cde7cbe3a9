import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import { events } from "./events.ts";
import { encode, FakeDaemon, nameOf } from "./fake_daemon_test.ts";
import { MessageType, Program } from "./frames.ts";
import { LibvirtConnection, openSession } from "./session.ts";

const DOMAIN = { name: "web", uuid: "00112233-4455-6677-8899-aabbccddeeff", id: 3 };
const NOTHING = new Uint8Array(0);

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
