import { assertEquals } from "@std/assert";
import type { LibvirtEvent } from "../backend.ts";
import { DomainState, LifecycleDetail, LifecycleType, ShutoffReason } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import { Endings } from "./endings.ts";
import { refusal, scriptedSession } from "./scripted_backend_test.ts";

const domain = { name: "o.t", uuid: "u1" };
const { SHUTOFF } = DomainState;

async function look(state: number, reason: number, events: LibvirtEvent[] = []) {
  const { session, hub } = scriptedSession({ domainGetState: () => ({ state, reason }) });
  const endings = new Endings(session);
  const abort = new AbortController();
  const seen = Array.fromAsync(endings.changes(abort.signal));
  for (const event of events) hub.emit(event);
  hub.end();
  await seen;
  const sight = await endings.look(domain, {});
  abort.abort();
  return sight.state === "ended" ? sight.reason : sight.state;
}

const told = (event: number, detail: number, uuid = "u1"): LibvirtEvent => ({
  type: "lifecycle",
  domain: { ...domain, uuid },
  event,
  detail,
});
const stopped = (detail: number, uuid?: string): LibvirtEvent =>
  told(LifecycleType.STOPPED, detail, uuid);

Deno.test("a machine has ended exactly if it is off", async () => {
  const { RUNNING, BLOCKED, PAUSED, SHUTDOWN, PMSUSPENDED, NOSTATE, CRASHED } = DomainState;
  for (const state of [RUNNING, BLOCKED, PAUSED, SHUTDOWN, PMSUSPENDED]) {
    assertEquals(await look(state, 0), "running");
  }
  assertEquals(await look(NOSTATE, 0), "unknown");
  assertEquals(await look(CRASHED, 0), "crashed");
});

Deno.test("only a guest that switched itself off ended well", async () => {
  const found = new Map<number, string>();
  for (const reason of Object.values(ShutoffReason)) found.set(reason, await look(SHUTOFF, reason));
  assertEquals(found.get(ShutoffReason.SHUTDOWN), "off");
  found.delete(ShutoffReason.SHUTDOWN);
  assertEquals([...found.values()].includes("off"), false);
  assertEquals(found.get(ShutoffReason.DESTROYED), "forced");
  assertEquals(await look(SHUTOFF, 99), "crashed");
});

Deno.test("an event tells a QEMU that was killed from a guest that panicked", async () => {
  const { FAILED, CRASHED } = LifecycleDetail.STOPPED;
  assertEquals(await look(SHUTOFF, ShutoffReason.CRASHED, [stopped(FAILED)]), "killed");
  assertEquals(await look(SHUTOFF, ShutoffReason.CRASHED, [stopped(CRASHED)]), "crashed");
  assertEquals(await look(SHUTOFF, ShutoffReason.CRASHED, [stopped(FAILED, "u2")]), "crashed");
});

Deno.test("an event tells a QEMU that a signal asked to end from a guest that ended itself", async () => {
  const { GUEST, HOST } = LifecycleDetail.SHUTDOWN;
  const shutdown = (detail: number): LibvirtEvent => told(LifecycleType.SHUTDOWN, detail);
  const off = stopped(LifecycleDetail.STOPPED.SHUTDOWN);
  assertEquals(await look(SHUTOFF, ShutoffReason.SHUTDOWN, [shutdown(GUEST), off]), "off");
  assertEquals(await look(SHUTOFF, ShutoffReason.SHUTDOWN, [shutdown(HOST), off]), "killed");
  assertEquals(await look(SHUTOFF, ShutoffReason.DESTROYED, [shutdown(HOST)]), "forced");
});

Deno.test("a machine that is not there is gone", async () => {
  const { session } = scriptedSession({
    domainGetState: () => Promise.reject(refusal(ErrorNumber.NO_DOMAIN)),
  });
  assertEquals(await new Endings(session).look(domain, {}), { state: "gone" });
});

Deno.test("what happens to machines of others is no reason to look", async () => {
  const { session, hub } = scriptedSession({});
  const abort = new AbortController();
  const seen = Array.fromAsync(new Endings(session).changes(abort.signal));
  hub.emit({ ...stopped(0), domain: { name: "other.t", uuid: "u3" } } as LibvirtEvent);
  hub.emit({ type: "lost" });
  hub.end();
  assertEquals(await seen, [{ type: "lost" }]);
});
