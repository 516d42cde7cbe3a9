import { assertEquals, assertRejects } from "@std/assert";
import type { Backend, BackendCallOptions, Json } from "./backend.ts";
import { BackendError } from "./backend.ts";
import { VirtualClock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";

function backendOf(call: (options: BackendCallOptions) => Promise<Json>): Backend {
  return {
    call: (_method, _params, options = {}) => call(options),
    events: async function* () {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("withDeadline() hands a reply on that comes in time", async () => {
  const clock = new VirtualClock();
  const backend = withDeadline(
    backendOf(async () => {
      await clock.sleep(999);
      return "pong";
    }),
    { clock },
  );
  assertEquals(await backend.call("ping", {}, { timeoutMs: 1000 }), "pong");
});

Deno.test("withDeadline() fails a call at its deadline, whatever the backend does", async () => {
  const clock = new VirtualClock();
  let aborted: unknown;
  const backend = withDeadline(
    backendOf(({ signal }) => {
      signal?.addEventListener("abort", () => aborted = signal.reason);
      return new Promise(() => {});
    }),
    { clock },
  );
  const error = await assertRejects(
    () => backend.call("ping", {}, { timeoutMs: 70 }),
    BackendError,
  );
  assertEquals([error.kind, clock.now(), aborted === error], ["timeout", 70, true]);
  await assertRejects(() => backend.call("ping", {}), BackendError, "within 30000 ms");
});

Deno.test("withDeadline() gives what lies below time to start, until it has answered", async () => {
  const clock = new VirtualClock();
  const backend = withDeadline(
    backendOf(async () => {
      await clock.sleep(80);
      return "pong";
    }),
    { clock, startMs: 60 },
  );
  const ping = () => backend.call("ping", {}, { timeoutMs: 30 });
  assertEquals(await ping(), "pong");
  await assertRejects(ping, BackendError, "within 30 ms");
});

Deno.test("withDeadline() drops a late failure", async () => {
  const clock = new VirtualClock();
  const backend = withDeadline(
    backendOf(async () => {
      await clock.sleep(20);
      throw new Error("nobody hears this");
    }),
    { clock },
  );
  await assertRejects(() => backend.call("ping", {}, { timeoutMs: 10 }), BackendError);
  await clock.sleep(20);
});

Deno.test("withDeadline() ends an abandoned call at once, with the caller's reason", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const backend = withDeadline(backendOf(() => new Promise(() => {})), { clock });
  const call = backend.call("ping", {}, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => call, Error, "enough");
  assertEquals(clock.now(), 0);
});

Deno.test("withDeadline() does not send a call whose signal is aborted already", async () => {
  let sent = 0;
  const backend = withDeadline(backendOf(() => Promise.resolve(++sent)), {
    clock: new VirtualClock(),
  });
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => backend.call("ping", {}, { signal }), Error, "enough");
  assertEquals(sent, 0);
});
