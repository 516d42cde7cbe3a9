import { assertEquals, assertRejects } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { type Clock, type Driver, DriverError, type Machine } from "../contract/mod.ts";
import type { Json } from "../backend/backend.ts";
import type { Knobs, KubeBackend } from "./backend.ts";
import { createDriver } from "./driver.ts";
import { KubeObjects } from "./objects_client.ts";

interface Scene {
  readonly driver: Driver;
  readonly kube: KubeObjects;
  readonly backend: KubeBackend;
  readonly clock: VirtualClock;
  readonly calls: string[];
  set(knobs: Partial<Knobs>): Promise<void>;
  /** A driver of another process: they share nothing but the cluster. */
  readonly other: Driver;
  /** Makes `c1/m1`. */
  create(): Promise<Machine>;
}

const SPEC = { cluster: "c1", name: "m1", image: "1.0.0" } as const;
const NAME = "me.c1.m1";
const CONTENT = "VMTCK GUEST";

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toHex();
}

function check(
  name: string,
  body: (scene: Scene) => Promise<void>,
  knobs: Partial<Knobs> = {},
): void {
  Deno.test(`KubeVirt driver: ${name}`, async () => {
    using clock = new VirtualClock();
    const files = memoryFiles();
    await using backend = simulatedBackend({ clock, files, knobs });
    const calls: string[] = [];
    const counted: KubeBackend = {
      ...backend,
      call: (method, params, options) => {
        calls.push(method);
        return backend.call(method, params, options);
      },
    };
    const sha256 = await digest(CONTENT);
    const { version, ...image } = { version: SPEC.image, sha256, deprecated: false };
    const entry = { version, url: "http://127.0.0.1:9/image", ...image };
    const home = {
      ...{ backend: counted, clock, files, owner: "me", settings: { patience: "60" } },
      ...{ cacheDir: "/cache", configDir: "/config", imagesUrl: "http://127.0.0.1:9/" },
    };
    await using driver = createDriver(home);
    const itsClock: Clock = {
      now: () => clock.now(),
      sleep: (ms, options) => clock.sleep(ms, options),
      timer: (ms, fire) => clock.timer(ms, fire),
      hold: (work) => clock.hold(work),
    };
    await using other = createDriver({ ...home, clock: itsClock });
    await using writer = await files.create("/image");
    await writer.write(new TextEncoder().encode(CONTENT));
    await writer.close();
    const made = driver.images.fromJSON(JSON.stringify(entry));
    await made.fromFile("/image");
    await using list = await files.create("/config/images.json");
    await list.write(new TextEncoder().encode(JSON.stringify([entry] satisfies Json)));
    await list.close();
    const kube = new KubeObjects({ backend, clock, namespace: "default" });
    await body({
      ...{ driver, other, kube, backend, clock, calls },
      create: () => driver.machines.create(SPEC),
      async set(knobs) {
        await backend.call("lab.set", knobs);
      },
    });
  });
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  const { code, reason } = await assertRejects(work, DriverError);
  return reason === undefined ? code : `${code} ${reason}`;
}

const nothing = async (kube: KubeObjects): Promise<number> => {
  const kinds = ["virtualmachines", "datavolumes", "persistentvolumeclaims"] as const;
  const lists = await Promise.all(kinds.map((kind) => kube.list(kind, {})));
  return lists.reduce((sum, { items }) => sum + items.length, 0);
};

check(
  "a disk of the machine's name that is somebody's is never taken over",
  async ({ kube, create, calls }) => {
    await kube.create("datavolumes", {
      ...{ apiVersion: "cdi.kubevirt.io/v1beta1", kind: "DataVolume" },
      metadata: { name: `${NAME}.root` },
      spec: { source: { blank: {} }, storage: {} },
    });
    assertEquals(await codeOf(create), "already-exists");
    assertEquals(calls.includes("create"), false);
  },
);

check(
  "a disk that finds no room ends the making, and nothing is left",
  async ({ kube, create, set }) => {
    await set({ quota: { persistentvolumeclaims: 0 } });
    assertEquals(await codeOf(create), "resource-exhausted quota");
    assertEquals(await nothing(kube), 0);
  },
);

check("a disk that fails ends the making, and nothing is left", async ({ kube, create, set }) => {
  await set({ volumePhases: { "*": "Failed" } });
  assertEquals(await codeOf(create), "internal disk-failed");
  assertEquals(await nothing(kube), 0);
});

check("a disk that never comes ends the making in time, and nothing is left", async (scene) => {
  const { kube, create, set, clock } = scene;
  await set({ volumePhases: { "*": "Pending" } });
  assertEquals(await codeOf(create), "deadline-exceeded slow-cluster");
  assertEquals(await nothing(kube), 0);
  assertEquals(clock.now() < 70_000, true);
});

check(
  "a machine that finds no node is exhausted, shows error, and can be removed",
  async (scene) => {
    const { driver, create, set } = scene;
    const machine = await create();
    await set({ unschedulable: true });
    assertEquals(await codeOf(() => machine.start()), "resource-exhausted unschedulable");
    const { state, raw, error } = await machine.status();
    assertEquals([state, raw, error?.code], ["error", "ErrorUnschedulable", "resource-exhausted"]);
    await driver.machines.delete(SPEC, { force: true });
    assertEquals(await driver.machines.list(), []);
  },
);

check(
  "a finalizer that nobody takes away is named, and not taken away",
  async ({ driver, create, kube }) => {
    await create();
    await assertRejects(() => driver.machines.delete(SPEC), DriverError, "example.org/held");
    const { finalizers } = (await kube.find("virtualmachines", NAME))?.metadata ?? {};
    assertEquals(finalizers?.includes("example.org/held"), true);
  },
  { stuckFinalizer: "example.org/held" },
);

check(
  "an instance that somebody deletes is there again, one that was switched off is not",
  async (scene) => {
    const { create, kube, clock } = scene;
    const machine = await create();
    await machine.start();
    await machine.forceStop();
    await clock.sleep(60_000);
    assertEquals(await kube.find("virtualmachineinstances", NAME), undefined);
    assertEquals((await machine.status()).state, "stopped");
  },
);

check("a guest that powers off by itself stays off, and can be started again", async (scene) => {
  const { create, backend, clock } = scene;
  const machine = await create();
  await machine.start();
  await backend.call("lab.guest", { namespace: "default", name: NAME, event: "shutdown" });
  await clock.sleep(60_000);
  assertEquals((await machine.status()).state, "stopped");
  assertEquals(await machine.start(), { changed: true, state: "running" });
});

check(
  "a machine that was made anew under the same name is another one",
  async ({ driver, create }) => {
    const first = await create();
    await driver.machines.delete(SPEC);
    await create();
    assertEquals(await codeOf(() => first.status()), "not-found");
    assertEquals(await codeOf(() => first.start()), "not-found");
  },
);

check(
  "who writes to a machine at the same time loses nothing",
  async ({ create, kube, driver }) => {
    const machine = await create();
    const patch = {
      type: "merge",
      body: { metadata: { labels: { "example.org/a": "b" } } },
    } as const;
    await Promise.all([machine.start(), kube.patch("virtualmachines", NAME, patch)]);
    const vm = await kube.find("virtualmachines", NAME);
    assertEquals(vm?.metadata.labels?.["example.org/a"], "b");
    assertEquals((await (await driver.machines.get(SPEC)).status()).state, "running");
  },
);

check(
  "KubeVirt that is missing is not a machine that is missing",
  async ({ driver, create, set }) => {
    const machine = await create();
    await set({ notInstalled: true });
    assertEquals(await codeOf(() => machine.status()), "failed-precondition not-installed");
    assertEquals(
      await codeOf(() => driver.machines.get(SPEC)),
      "failed-precondition not-installed",
    );
    assertEquals((await driver.status()).state, "error");
  },
);

check(
  "events go on over a cut connection and a forgotten history",
  async ({ driver, create, backend, clock }) => {
    const machine = await create();
    const end = new AbortController();
    const events = await driver.events?.subscribe({ signal: end.signal });
    const states: string[] = [];
    const listening = (async () => {
      for await (const { state } of events ?? []) states.push(state);
    })();
    await machine.start();
    await backend.call("lab.cutWatches", {});
    await machine.forceStop();
    await backend.call("lab.compact", {});
    await driver.machines.delete(SPEC);
    await clock.sleep(1000);
    end.abort();
    await listening;
    const settled = states.filter((it) => ["running", "stopped", "absent"].includes(it));
    assertEquals(settled, ["running", "stopped", "absent"]);
  },
);

check("of the starts of two processes, one says changed", async ({ create, other }) => {
  const machine = await create();
  const theirs = await other.machines.get(SPEC);
  const changes = await Promise.all([machine.start(), theirs.start(), machine.start()]);
  assertEquals(changes.filter(({ changed }) => changed).length, 1);
  assertEquals((await theirs.status()).state, "running");
});

check("of the makings of two processes, one wins and the other leaves it alone", async (scene) => {
  const { driver, other, kube } = scene;
  const makings = [driver, other].map((it) => it.machines.create(SPEC));
  const ends = (await Promise.allSettled(makings)).map((it) =>
    it.status === "fulfilled" ? "made" : it.reason.code
  );
  assertEquals(ends.sort(), ["already-exists", "made"]);
  assertEquals((await kube.list("virtualmachines", {})).items.length, 1);
  assertEquals((await (await driver.machines.get(SPEC)).start()).state, "running");
});

check("a machine that another process starts is not deleted without force", async (scene) => {
  const { create, driver, other } = scene;
  await create();
  const theirs = await other.machines.get(SPEC);
  const [started, removed] = await Promise.allSettled([
    theirs.start(),
    driver.machines.delete(SPEC),
  ]);
  const isThere = (await driver.machines.list()).length === 1;
  // Whoever was first, the other one was told.
  assertEquals([started.status, removed.status].filter((it) => it === "fulfilled").length, 1);
  assertEquals(isThere, started.status === "fulfilled");
});

check(
  "events that the cluster gives no right to any more end with the contract's error",
  async (it) => {
    const controller = new AbortController();
    const events = await it.driver.events?.subscribe({ signal: controller.signal });
    await it.set({ forbidden: ["virtualmachines"] });
    await it.backend.call("lab.compact", {});
    const error = await assertRejects(async () => {
      for await (const _ of events ?? []) assertEquals("an event", "none");
    }, DriverError);
    assertEquals([error.code, error.operation], ["permission-denied", "events.subscribe"]);
    controller.abort();
  },
);
