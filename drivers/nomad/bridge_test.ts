import { assertEquals, assertRejects } from "@std/assert";
import { type Backend, BackendError, type Json } from "../backend/backend.ts";
import { bridge, bridged, bridgeEnds } from "./bridge.ts";

/** A backend that repeats what it is asked, and fails where it is asked to. */
function echo(): Backend & { aborted: Promise<void> } {
  const aborted = Promise.withResolvers<void>();
  return {
    aborted: aborted.promise,
    call(method, params, { signal, timeoutMs } = {}): Promise<Json> {
      if (method === "fail") throw new BackendError("refused", "E1", "No");
      if (method === "echo") return Promise.resolve([params, timeoutMs ?? null]);
      signal?.addEventListener("abort", () => aborted.resolve());
      return new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason))
      );
    },
    async *events() {
      yield "a";
      yield { b: 1 };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("calls, their deadlines, errors and events go over a bridge", async () => {
  await using ends = await bridge(echo());
  await using backend = bridged(ends.target);
  assertEquals(await backend.call("echo", { a: [1, null] }, { timeoutMs: 5 }), [
    { a: [1, null] },
    5,
  ]);
  const error = await assertRejects(() => backend.call("fail", null), BackendError);
  assertEquals([error.kind, error.code, error.message], ["refused", "E1", "No"]);
  const events: Json[] = [];
  for await (const event of backend.events(new AbortController())) events.push(event);
  assertEquals(events, ["a", { b: 1 }]);
});

Deno.test("an abort goes over a bridge", async () => {
  const below = echo();
  await using ends = await bridge(below);
  await using backend = bridged(ends.target);
  const controller = new AbortController();
  const call = backend.call("hang", null, { signal: controller.signal });
  await backend.call("echo", null);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => call, RangeError, "enough");
  await below.aborted;
});

Deno.test("who stands on a bridge hears when it is gone", async () => {
  const ends = await bridge(echo());
  const gone = bridgeEnds(ends.target, new AbortController().signal);
  await using backend = bridged(ends.target);
  await backend.call("echo", null);
  await ends[Symbol.asyncDispose]();
  await gone;
});
