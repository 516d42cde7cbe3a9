import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Backend, BackendError, type Json } from "../backend.ts";
import { systemClock, VirtualClock } from "../clock.ts";
import { withDeadline } from "../deadline.ts";
import { EventHub } from "../event_hub.ts";
import type { SeamRules } from "../module.ts";
import { Recorder } from "./recorder.ts";
import { Replayer, TapeMismatch } from "./replayer.ts";
import { shareBackend } from "../shared_backend.ts";
import { formatTape, isCall, parseTape, type Tape, type TapeLine } from "./tape.ts";

const seam = {
  lane: (_method, params) => `machine:${(params as { name?: string } | null)?.name ?? "host"}`,
  volatile: (_method, path) => path.at(-1) === "uuid" ? "uuid" : undefined,
  changes: (method) => method !== "state" && method !== "list",
} as Omit<SeamRules, "situations"> as SeamRules;

const provenance: Tape["provenance"] = {
  driver: "fake",
  case: "some.case",
  seed: "s1",
  origin: "simulator",
  versions: {},
  adapter: "0.1.0",
  suite: "0.1.0",
  recordedAt: "2026-01-02T03:04:05.678Z",
  settings: {},
  images: { blank: [], guest: [] },
};

/** A host that takes time, tells events before it answers, and gives identities by chance. */
function fakeHost(clock: VirtualClock): Backend {
  const hub = new EventHub<Json>();
  const machines = new Map<string, { uuid: string; state: string }>();
  const methods: Record<string, (params: { name: string; uuid?: string }) => Promise<Json>> = {
    async create({ name, uuid = crypto.randomUUID() }) {
      await clock.sleep(30);
      machines.set(name, { uuid, state: "off" });
      return { uuid, disk: `/pool/${uuid}.img`, nothing: undefined };
    },
    async start({ name }) {
      await clock.sleep(100);
      const machine = machines.get(name);
      if (!machine) throw new BackendError("refused", "42", `No machine "${name}"`);
      machine.state = "on";
      hub.emit({ name, uuid: machine.uuid, state: "on" });
      await clock.sleep(10);
      return null;
    },
    async state({ name }) {
      await clock.sleep(1);
      return machines.get(name)?.state ?? "none";
    },
    hang: () => new Promise(() => {}),
  };
  return {
    call: (method, params) => methods[method](params as { name: string }),
    events: (options) => hub.subscribe(options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What an adapter might do: concurrent calls, polling, events, a deadline, an error, an own identity. */
async function scenario(backend: Backend, clock: VirtualClock): Promise<unknown[]> {
  const seen: unknown[] = [];
  const controller = new AbortController();
  const events = Array.fromAsync(backend.events(controller), (event) => [clock.now(), event]);
  const boot = async (name: string, uuid?: string): Promise<void> => {
    const made = await backend.call("create", { name, uuid }) as { uuid: string; disk: string };
    seen.push([name, made.disk === `/pool/${made.uuid}.img`, Object.keys(made)]);
    const poll = async (): Promise<void> => {
      while (await backend.call("state", { name }) !== "on") await clock.sleep(40);
      seen.push([name, "on", clock.now()]);
    };
    await Promise.all([backend.call("start", { name }), poll()]);
  };
  await Promise.all([boot("m1"), boot("m2", crypto.randomUUID()), boot("m3")]);
  for (const [method, name] of [["start", "m9"], ["hang", "m1"]]) {
    const error = await assertRejects(
      () => backend.call(method, { name }, { timeoutMs: 500 }),
      BackendError,
    );
    seen.push([error.kind, error.code, error.message, clock.now()]);
  }
  controller.abort();
  for (const [at, event] of await events as [number, { uuid: string }][]) {
    seen.push([at, { ...event, uuid: event.uuid.length }]);
  }
  return seen;
}

async function record(): Promise<{ text: string; seen: unknown[] }> {
  const clock = new VirtualClock();
  const recorder = new Recorder(fakeHost(clock), { clock });
  const backend = withDeadline(shareBackend(recorder.backend), { clock });
  const seen = await scenario(backend, clock);
  return { seen, text: formatTape({ provenance, lines: recorder.lines({ seam }) }) };
}

const name =
  "a replay gives what was recorded: results, errors, events and times, and may do nothing";
Deno.test(name, { permissions: "none" }, async () => {
  const { text, seen } = await record();
  assert(!/[0-9a-f]{8}-[0-9a-f]{4}/.test(text), text);
  const real = systemClock();
  for (let run = 0; run < 3; run++) {
    const clock = new VirtualClock();
    const replayer = new Replayer(parseTape(text, provenance), { clock, seam });
    assertEquals(await scenario(withDeadline(replayer.backend, { clock }), clock), seen);
    assertEquals(replayer.problems(), []);
  }
  assert(real.now() < 500, `${real.now()} ms`);
});

Deno.test("recording the same again gives the same tape", async () => {
  assertEquals((await record()).text, (await record()).text);
});

Deno.test("a Recorder refuses to record a backend that throws something else than its own error", async () => {
  const clock = new VirtualClock();
  const host = fakeHost(clock);
  const recorder = new Recorder(
    { ...host, call: () => Promise.reject(new TypeError("a bug")) },
    { clock },
  );
  await assertRejects(() => recorder.backend.call("x", null), TypeError, "a bug");
  assertThrows(() => recorder.lines({ seam }), Error, 'Cannot record "x"');
});

function replay(lines: TapeLine[]) {
  const clock = new VirtualClock();
  return { clock, replayer: new Replayer({ provenance, lines }, { clock, seam }) };
}

function call(name: string, method: string, more: Json = {}, at = 0): TapeLine {
  const params = { name, ...more as Record<string, Json> };
  return { at, ms: 10, lane: `machine:${name}`, method, params, result: `${name} ${method}` };
}

Deno.test("a Replayer keeps the order within a lane, and lets lanes interleave", async () => {
  const lines = [call("m1", "a"), call("m1", "b"), call("m2", "a"), call("m2", "b")];
  const { replayer: { backend }, replayer } = replay(lines);
  const seen = [];
  for (const [name, method] of [["m2", "a"], ["m1", "a"], ["m2", "b"], ["m1", "b"]]) {
    seen.push(await backend.call(method, { name }));
  }
  assertEquals(seen, ["m2 a", "m1 a", "m2 b", "m1 b"]);
  assertEquals(replayer.problems(), []);
});

Deno.test("a Replayer lets reads of a lane swap places, but nothing pass a change", async () => {
  const lines = [call("m1", "state"), call("m1", "list"), call("m1", "a"), call("m1", "state")];
  const { replayer: { backend }, replayer } = replay(lines);
  const seen = [await backend.call("list", { name: "m1" })];
  await assertRejects(() => backend.call("a", { name: "m1" }), TapeMismatch);
  for (const method of ["state", "a", "state"]) {
    seen.push(await backend.call(method, { name: "m1" }));
  }
  assertEquals(seen, ["m1 list", "m1 state", "m1 a", "m1 state"]);
  assertEquals(replayer.problems().length, 1);
});

Deno.test("a Replayer answers equal calls of a lane in the order of asking", async () => {
  const lines = ["off", "off", "on"].map((result) => ({ ...call("m1", "state"), result }));
  const { replayer: { backend } } = replay(lines);
  const calls = lines.map(() => backend.call("state", { name: "m1" }));
  assertEquals(await Promise.all(calls), ["off", "off", "on"]);
});

Deno.test("a Replayer answers at the recorded time, or at once if that has passed", async () => {
  const { replayer: { backend }, clock } = replay([
    call("m1", "a", {}, 100),
    call("m1", "b", {}, 50),
  ]);
  await backend.call("a", { name: "m1" });
  assertEquals(clock.now(), 110);
  await backend.call("b", { name: "m1" });
  assertEquals(clock.now(), 110);
});

Deno.test("a Replayer tells no event before the calls that were recorded before it", async () => {
  const { replayer: { backend }, clock } = replay([
    call("m1", "start"),
    { at: 5, lane: "machine:m1", event: "started" },
  ]);
  const stream = backend.events(new AbortController())[Symbol.asyncIterator]();
  await clock.sleep(1000);
  const started = backend.call("start", { name: "m1" });
  assertEquals((await stream.next()).value, "started");
  await started;
});

async function mismatch(lines: TapeLine[], method: string, params: Json): Promise<string> {
  const { replayer } = replay(lines);
  const error = await assertRejects(() => replayer.backend.call(method, params), TapeMismatch);
  assertEquals(replayer.problems()[0], error.message);
  return error.message;
}

Deno.test("a Replayer shows where a call differs from the nearest one", async () => {
  const lines = [
    call("m2", "create", { memory: 1 }),
    call("m1", "create", { memory: 2147483648, cpus: 1 }),
  ];
  assertEquals(
    await mismatch(lines, "create", { name: "m1", memory: 2147483647, cpus: 1 }),
    'Cannot replay "create" in lane "machine:m1": nearest is line 3, same method and lane; ' +
      "differs at params.memory: 2147483648 vs 2147483647 (recorded vs called)",
  );
});

Deno.test("a Replayer says what comes instead of a call that is out of order", async () => {
  assertEquals(
    await mismatch([call("m1", "define"), call("m1", "start")], "start", { name: "m1" }),
    'Cannot replay "start" in lane "machine:m1": the tape goes on there with line 2, "define"; ' +
      "the same call comes later, in line 3",
  );
});

Deno.test("a Replayer says that there are no more calls about a subject", async () => {
  assertEquals(
    await mismatch([call("m1", "start")], "stop", { name: "m2" }),
    'Cannot replay "stop" in lane "machine:m2": the tape has no more calls there',
  );
});

Deno.test("a Replayer says which identity is mixed up with another", async () => {
  const uuid = { uuid: "⟨uuid:1⟩" };
  const { replayer: { backend } } = replay([
    call("m1", "create", uuid),
    call("m2", "create", { uuid: "⟨uuid:2⟩" }),
    call("m1", "start", uuid),
  ]);
  await backend.call("create", { name: "m1", uuid: "one" });
  await backend.call("create", { name: "m2", uuid: "two" });
  await assertRejects(
    () => backend.call("start", { name: "m1", uuid: "two" }),
    TapeMismatch,
    'params.uuid: ⟨uuid:1⟩, which is "one" here, vs "two"',
  );
});

Deno.test("a Replayer tells at the end what was not called, and minds no event", async () => {
  const event = { at: 0, lane: "machine:m1", event: "started" };
  const { replayer } = replay([call("m1", "create"), event, call("m1", "start")]);
  await replayer.backend.call("create", { name: "m1" });
  assertEquals(replayer.problems(), ['Line 4, "start" in lane "machine:m1", was not called']);
});

Deno.test("a Replayer never answers a call that was abandoned when recorded", async () => {
  const { at, lane, method, params } = call("m1", "hang") as TapeLine & {
    method: string;
    params: Json;
  };
  const line = { at, lane, method, params };
  assert(isCall(line));
  const { replayer: { backend } } = replay([line]);
  const controller = new AbortController();
  const hanging = backend.call("hang", { name: "m1" }, controller);
  controller.abort(new Error("enough"));
  await assertRejects(() => hanging, Error, "enough");
});
