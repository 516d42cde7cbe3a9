import { assertEquals, assertRejects } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { BackendError, type Json } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import type { Knobs, KubeBackend, Secret } from "./backend.ts";
import { KubeObjects } from "./objects_client.ts";
import { parseCode } from "./status.ts";

interface Scene {
  readonly kube: KubeObjects;
  readonly backend: KubeBackend;
  readonly clock: VirtualClock;
  /** The methods called so far. */
  readonly calls: string[];
  set(knobs: Partial<Knobs>): Promise<void>;
}

function check(name: string, body: (scene: Scene) => Promise<void>, namespace = "default"): void {
  Deno.test(name, async () => {
    using clock = new VirtualClock();
    await using backend = simulatedBackend({ clock });
    const calls: string[] = [];
    const counted: KubeBackend = {
      ...backend,
      call: (method, params, options) => {
        calls.push(method);
        return backend.call(method, params, options);
      },
    };
    const kube = new KubeObjects({ backend: counted, clock, namespace });
    const set = async (knobs: Partial<Knobs>): Promise<void> => {
      await backend.call("lab.set", knobs);
    };
    await body({ kube, backend, clock, calls, set });
  });
}

const secret = (name: string): Secret => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });

async function fill({ kube }: Scene, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await kube.create("secrets", secret(`s${1000 + i}`));
}

check("a list has all pages", async (scene) => {
  await fill(scene, 501);
  const { items } = await scene.kube.list("secrets", {});
  assertEquals([items.length, new Set(items.map((it) => it.metadata.name)).size], [501, 501]);
  assertEquals(scene.calls.filter((it) => it === "list").length, 3);
});

check("a list whose history is gone between two pages begins anew", async (scene) => {
  await fill(scene, 251);
  const { backend, clock } = scene;
  let compacted = false;
  const kube = new KubeObjects({
    clock,
    namespace: "default",
    backend: {
      ...backend,
      async call(method, params, options) {
        const result = await backend.call(method, params, options);
        if (!compacted && method === "list") await backend.call("lab.compact", {});
        compacted = true;
        return result;
      },
    },
  });
  assertEquals((await kube.list("secrets", {})).items.length, 251);
});

check("find() takes but the object itself for missing", async ({ kube, set }) => {
  assertEquals(await kube.find("virtualmachines", "m1"), undefined);
  await set({ notInstalled: true });
  const error = await assertRejects(() => kube.find("virtualmachines", "m1"), BackendError);
  assertEquals(error.code, "404");
});

check("a missing namespace is no missing object", async ({ kube }) => {
  const error = await assertRejects(() => kube.create("secrets", secret("s1")), BackendError);
  assertEquals(parseCode(error.code).kind, "namespaces");
}, "elsewhere");

check(
  "a server that is too busy is asked again, when it says so",
  async ({ kube, set, clock, calls }) => {
    await set({ throttled: 2, retryAfterSeconds: 5 });
    const begun = clock.now();
    await kube.create("secrets", secret("s1"));
    assertEquals(calls, ["create", "create", "create"]);
    const seconds = (clock.now() - begun) / 1000;
    assertEquals([seconds >= 10, seconds <= 12.6], [true, true], `${seconds}`);
  },
);

check("calls that were sent away together do not come back together", async (scene) => {
  const { kube, set, clock } = scene;
  const pauseOf = async (name: string): Promise<number> => {
    await set({ throttled: 1, retryAfterSeconds: 5 });
    const begun = clock.now();
    await kube.find("secrets", name);
    return Math.round(clock.now() - begun);
  };
  const names = ["s1", "s2", "s3", "s4"];
  const pauses: number[] = [];
  for (const name of names) pauses.push(await pauseOf(name));
  assertEquals(new Set(pauses).size, names.length, pauses.join());
  assertEquals(await pauseOf("s1"), pauses[0], "the same call waits as long each time");
});

check("a server that stays too busy is not asked for ever", async ({ kube, set, calls }) => {
  await set({ throttled: 100 });
  const error = await assertRejects(() => kube.find("secrets", "s1"), BackendError);
  assertEquals([parseCode(error.code).status, calls.length], [429, 4]);
});

check(
  "a server that wants too long a pause is believed, and not waited for",
  async ({ kube, set, clock }) => {
    await set({ throttled: 1, retryAfterSeconds: 3600 });
    const error = await assertRejects(() => kube.find("secrets", "s1"), BackendError);
    assertEquals(parseCode(error.code).retryAfterSeconds, 3600);
    assertEquals(clock.now() < 1000, true);
  },
);

check("a change that may have been made is not made again", async ({ kube, set, calls }) => {
  await set({ webhookDown: true, verbsDown: true });
  const vm = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachine", metadata: { name: "m1" } };
  const spec = { template: { spec: {} } };
  await assertRejects(() => kube.create("virtualmachines", { ...vm, spec }), BackendError);
  await assertRejects(() => kube.invoke("virtualmachines", "m1", "start"), BackendError);
  assertEquals(calls, ["create", "invoke"]);
});

/** A client of a server that answers one thing to everything. */
function clientOf(answer: Json, clock: VirtualClock): KubeObjects {
  const backend = {
    call: () => Promise.resolve(answer),
    async *events() {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as KubeBackend;
  return new KubeObjects({ backend, clock, namespace: "default" });
}

Deno.test("an answer that is not about what was asked for is garbled, and never an empty list", async () => {
  using clock = new VirtualClock();
  const other = { metadata: { name: "other", uid: "u" }, spec: {} };
  const lists: Json[] = [
    ...[other, { metadata: {}, items: null }, { items: [] }, { metadata: {}, items: [null] }],
    // It would never end.
    { metadata: { continue: "again" }, items: [] },
  ];
  for (const answer of lists) {
    const list = () => clientOf(answer, clock).list("secrets", {});
    assertEquals((await assertRejects(list, BackendError)).kind, "garbled", JSON.stringify(answer));
  }
  for (const answer of [other, {}, { metadata: { name: "s1" } }]) {
    const get = () => clientOf(answer, clock).find("secrets", "s1");
    assertEquals((await assertRejects(get, BackendError)).kind, "garbled", JSON.stringify(answer));
  }
  for (const answer of [other, null, { kind: "Status", details: { name: "other" } }]) {
    const remove = () => clientOf(answer, clock).delete("secrets", "s1");
    assertEquals((await assertRejects(remove, BackendError)).kind, "garbled");
  }
});

check(
  "a server that says to come again before now is asked at once",
  async ({ kube, set, calls }) => {
    await set({ throttled: 1, retryAfterSeconds: -5 });
    assertEquals(await kube.find("secrets", "s1"), undefined);
    assertEquals(calls.length, 2);
  },
);
