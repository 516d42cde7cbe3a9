import { assertEquals, assertRejects } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { BackendError } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import type { KubeBackend } from "./backend.ts";
import { KubeObjects } from "./objects_client.ts";
import { follow, type Sighting } from "./watch.ts";

interface Scene {
  readonly kube: KubeObjects;
  readonly backend: KubeBackend;
  readonly clock: VirtualClock;
  /** What was seen so far, such as `changed s1 a`. */
  readonly seen: string[];
  /** Makes or changes a secret, and lets that be seen. */
  put(name: string, value: string): Promise<void>;
}

function check(
  name: string,
  body: (scene: Scene) => Promise<void>,
  { timeoutSeconds = 300, labelSelector = "" } = {},
): void {
  Deno.test(name, async () => {
    using clock = new VirtualClock();
    await using backend = simulatedBackend({ clock });
    const kube = new KubeObjects({ backend, clock, namespace: "default" });
    const end = new AbortController();
    const of = { ...kube.at("secrets"), ...(labelSelector && { labelSelector }) };
    const seen: string[] = [];
    const following = (async () => {
      for await (const it of follow({ backend, clock, of, signal: end.signal, timeoutSeconds })) {
        seen.push(told(it));
      }
    })();
    await clock.sleep(100);
    const put = async (name: string, value: string): Promise<void> => {
      const metadata = { name, labels: { value } };
      const secret = { apiVersion: "v1", kind: "Secret", metadata };
      if (await kube.find("secrets", name)) await kube.replace("secrets", name, secret);
      else await kube.create("secrets", secret);
      await clock.sleep(50);
    };
    await body({ kube, backend, clock, seen, put });
    end.abort();
    await following;
  });
}

function told(it: Sighting): string {
  if (it.type === "all") return `all ${it.objects.map(({ metadata }) => metadata.name)}`;
  return `${it.type} ${it.object.metadata.name} ${it.object.metadata.labels?.value}`;
}

check(
  "a server that is too busy for a watch is left alone for as long as it says",
  async (scene) => {
    const { backend, clock, seen, put } = scene;
    await backend.call("lab.set", { throttled: 1, retryAfterSeconds: 5 });
    await backend.call("lab.cutWatches", {});
    await clock.sleep(4900);
    await put("s1", "a");
    assertEquals(seen, ["all "]);
    await clock.sleep(1500);
    assertEquals(seen, ["all ", "changed s1 a"]);
  },
);

check("all that happens is told, in order", async ({ seen, put, kube, clock }) => {
  await put("s1", "a");
  await put("s1", "b");
  await kube.delete("secrets", "s1");
  await clock.sleep(50);
  assertEquals(seen, ["all ", "changed s1 a", "changed s1 b", "gone s1 b"]);
});

check(
  "a cut connection is gone on from, and nothing is told twice",
  async ({ seen, put, backend }) => {
    await put("s1", "a");
    await backend.call("lab.cutWatches", {});
    await put("s1", "b");
    assertEquals(seen, ["all ", "changed s1 a", "changed s1 b"]);
  },
);

check("after a 410 all is looked at again", async ({ seen, put, backend, clock }) => {
  await put("s1", "a");
  await backend.call("lab.compact", {});
  await clock.sleep(50);
  await put("s2", "b");
  assertEquals(seen, ["all ", "changed s1 a", "all s1", "changed s2 b"]);
});

check("a watch that the server ends goes on", async ({ seen, put, clock }) => {
  await put("s1", "a");
  await clock.sleep(35_000);
  await put("s1", "b");
  assertEquals(seen, ["all ", "changed s1 a", "changed s1 b"]);
}, { timeoutSeconds: 10 });

check(
  "what does not match any more is told as gone, and may be there",
  async ({ seen, put, kube }) => {
    await put("s1", "a");
    await put("s1", "b");
    assertEquals(seen, ["all ", "changed s1 a", "gone s1 b"]);
    assertEquals((await kube.find("secrets", "s1"))?.metadata.labels?.value, "b");
  },
  { labelSelector: "value=a" },
);

check(
  "a server that is out of order for a while is waited for",
  async ({ seen, put, backend, clock }) => {
    await backend.call("lab.set", { throttled: 5 });
    await backend.call("lab.compact", {});
    await clock.sleep(60_000);
    await put("s1", "a");
    assertEquals(seen.at(-1), "changed s1 a");
  },
);

Deno.test("what is refused for good ends it", async () => {
  using clock = new VirtualClock();
  await using backend = simulatedBackend({ clock, knobs: { forbidden: ["secrets"] } });
  const of = new KubeObjects({ backend, clock, namespace: "default" }).at("secrets");
  const { signal } = new AbortController();
  const error = await assertRejects(
    () => follow({ backend, clock, of, signal }).next(),
    BackendError,
  );
  assertEquals(error.code.startsWith("403 Forbidden"), true);
});

Deno.test("a connection that is silent for too long is opened anew", async () => {
  using clock = new VirtualClock();
  await using simulated = simulatedBackend({ clock });
  let starts = 0;
  // The first watch never says anything, not even that it is over.
  const backend: KubeBackend = {
    ...simulated,
    call(method, params, options) {
      if (method === "watch.start" && ++starts === 1) {
        return Promise.resolve({ watch: "silent" }) as ReturnType<
          typeof simulated.call<typeof method>
        >;
      }
      return simulated.call(method, params, options);
    },
  };
  const kube = new KubeObjects({ backend, clock, namespace: "default" });
  const end = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const it of follow({ backend, clock, of: kube.at("secrets"), signal: end.signal })) {
      seen.push(told(it));
    }
  })();
  await clock.sleep(400_000);
  const metadata = { name: "s1", labels: { value: "a" } };
  await kube.create("secrets", { apiVersion: "v1", kind: "Secret", metadata });
  await clock.sleep(100);
  assertEquals(seen, ["all ", "changed s1 a"]);
  end.abort();
  await following;
});
