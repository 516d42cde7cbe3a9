import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { FaultPlan } from "../contract/mod.ts";
import { type Backend, BackendError } from "./backend.ts";
import { VirtualClock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { Faults } from "./faults.ts";
import type { SeamRules } from "./module.ts";

const refused = new BackendError("refused", "38", "No space left on device");
const seam: SeamRules = {
  lane: () => "host",
  changes: (method) => method !== "read",
  volatile: () => undefined,
  situations: {
    "unavailable": refused,
    "permission-denied": refused,
    "no-memory": refused,
    "disk-full": refused,
    "busy": refused,
    "internal": new BackendError("refused", "1", "Internal error"),
  },
};

function world() {
  const clock = new VirtualClock();
  const done: string[] = [];
  const faults = new Faults({ seam, clock });
  const below: Backend = {
    call(method, params) {
      done.push(method);
      const { name } = params as { name?: string };
      return Promise.resolve(name === undefined ? `${method} done` : `${method} ${name}`);
    },
    events: async function* () {
      yield "event";
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const backend = withDeadline(faults.wrap(below), { clock });
  const failure = async (fault: FaultPlan): Promise<string> => {
    faults.plan(fault);
    const error = await assertRejects(() => backend.call("write", {}), BackendError);
    return `${error.kind} ${error.code}`.trim();
  };
  return { clock, done, faults, backend, failure };
}

for (
  const [kind, error, done] of [
    ["timeout", "timeout", []],
    ["late-reply", "timeout", ["write"]],
    ["lost-reply", "disconnected", ["write"]],
    ["garbled-reply", "garbled", ["write"]],
    ["disconnect", "disconnected", []],
    ["error", "refused 1", []],
  ] as const
) {
  Deno.test(`a planned ${kind} is a backend error "${error}", ${done.length ? "after" : "before"} the call is done`, async () => {
    const { failure, done: seen } = world();
    assertEquals(await failure({ kind, call: 1 }), error);
    assertEquals(seen, [...done]);
  });
}

Deno.test("a planned timeout takes until the call's own deadline, or one second", async () => {
  const { clock, faults, backend } = world();
  faults.plan({ kind: "timeout", call: 1, times: 2 });
  await assertRejects(() => backend.call("write", {}, { timeoutMs: 50 }), BackendError);
  assertEquals(clock.now(), 50);
  await assertRejects(() => backend.call("write", {}), BackendError);
  assertEquals(clock.now(), 1050);
});

Deno.test("a planned other reply is what the last call of the method was answered", async () => {
  const { done, faults, backend } = world();
  await backend.call("write", { name: "a" });
  await backend.call("read", { name: "r" });
  faults.plan({ kind: "other-reply", call: 1 });
  assertEquals(await backend.call("write", { name: "b" }), "write a");
  assertEquals(await backend.call("write", { name: "c" }), "write c");
  assertEquals(done, ["write", "read", "write", "write"]);
});

Deno.test("an overtaken call is made when the other client is done", async () => {
  const { done, faults, backend } = world();
  const onMet = async (): Promise<void> => void await backend.call("read", {});
  faults.plan({ kind: "overtaken", among: "changes", call: 1, onMet });
  assertEquals(await backend.call("write", {}), "write done");
  assertEquals(done, ["read", "write"]);
  assertEquals(faults.clear(), 1);
});

Deno.test("a planned error is worded by the hypervisor's own situation", async () => {
  const { failure } = world();
  assertEquals(await failure({ kind: "error", situation: "disk-full", call: 1 }), "refused 38");
});

async function outcomes(fault: FaultPlan, methods: string[]): Promise<[string, number]> {
  const { faults, backend } = world();
  faults.plan(fault);
  const seen: string[] = [];
  for (const method of methods) {
    seen.push(await backend.call(method, {}).then(() => "ok", () => "failed"));
  }
  return [seen.join(" "), faults.clear()];
}

Deno.test("a fault meets the calls from the planned one on, as often as planned", async () => {
  const methods = ["write", "read", "write", "write"];
  assertEquals(await outcomes({ kind: "error", call: 2 }, methods), ["ok failed ok ok", 1]);
  assertEquals(await outcomes({ kind: "error", call: 2, times: 2 }, methods), [
    "ok failed failed ok",
    2,
  ]);
  assertEquals(await outcomes({ kind: "error", call: 1, times: Infinity }, methods), [
    "failed failed failed failed",
    4,
  ]);
  assertEquals(await outcomes({ kind: "error", call: 2, among: "changes" }, methods), [
    "ok ok failed ok",
    1,
  ]);
  assertEquals(await outcomes({ kind: "error", call: 9 }, methods), ["ok ok ok ok", 0]);
});

Deno.test("a cleared fault meets nobody, and a new plan counts anew", async () => {
  const { faults, backend } = world();
  faults.plan({ kind: "error", call: 1, times: Infinity });
  await assertRejects(() => backend.call("write", {}), BackendError);
  assertEquals(faults.clear(), 1);
  assertEquals(await backend.call("write", {}), "write done");
  faults.plan({ kind: "error", call: 2 });
  assertEquals(await backend.call("write", {}), "write done");
  assertEquals(faults.clear(), 0);
});

Deno.test("a fault lets events pass", async () => {
  const { faults, backend } = world();
  faults.plan({ kind: "disconnect", call: 1, times: Infinity });
  const { signal } = new AbortController();
  assertEquals(await Array.fromAsync(backend.events({ signal })), ["event"]);
});

Deno.test("a fault plan with counts that make no sense is refused", () => {
  const { faults } = world();
  for (const bad of [{ call: 0 }, { call: 1.5 }, { call: 1, times: 0 }, { call: NaN }]) {
    assertThrows(() => faults.plan({ kind: "error", ...bad }), RangeError, "Cannot plan a fault");
  }
});
