import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { BackendError, type Json } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import {
  type DriverError,
  isDriverError,
  type MachinePlugin,
  type MachineRequest,
  type PluginHost,
  responseOf,
} from "../contract/mod.ts";
import type { KubeBackend, KubeObject } from "./backend.ts";
import { createPlugin } from "./plugin.ts";
import { simulatedPluginHost } from "./plugin_host.ts";
import { redacted } from "./redact.ts";
import { codeOf } from "./status.ts";

/** A call that was made, and what goes wrong with some. */
type Call = readonly [method: string, params: Readonly<Record<string, Json>>];
type Spoil = (call: Call, done: () => Promise<Json>) => Promise<Json> | undefined;

/** A plugin over a simulated cluster, and all that goes between them. */
interface Bench extends AsyncDisposable {
  readonly plugin: MachinePlugin;
  readonly host: PluginHost;
  readonly clock: VirtualClock;
  readonly cluster: KubeBackend;
  readonly request: MachineRequest;
  /** The calls of the plugin so far. */
  readonly calls: Call[];
  /** What goes wrong from now on. */
  spoil?: Spoil;
  get(resource: string, name: string): Promise<KubeObject>;
}

async function bench(settings: Record<string, string> = {}): Promise<Bench> {
  const clock = new VirtualClock();
  const cluster = redacted(simulatedBackend({ clock }));
  const calls: Call[] = [];
  const call = async (method: never, params: never, options: never): Promise<Json> => {
    const made: Call = [method, params];
    calls.push(made);
    const done = (): Promise<Json> => cluster.call(method, params, options);
    return await (it.spoil?.(made, done) ?? done());
  };
  const backend = { ...cluster, call: call as unknown as KubeBackend["call"] };
  const host = simulatedPluginHost(cluster);
  const groups: Readonly<Record<string, string>> = { virtualmachines: "kubevirt.io" };
  const it: Bench = {
    plugin: createPlugin({ backend, clock, owner: "o", settings }),
    host,
    clock,
    cluster,
    calls,
    request: {
      machine: { name: "m1" },
      machineClass: host.samples.machineClass("a"),
      secret: await host.samples.secret("#cloud-config\n"),
    },
    get: (resource, name) =>
      cluster.call("get", {
        group: groups[resource] ?? "",
        version: "v1",
        resource,
        namespace: "default",
        name,
      }),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
  return it;
}

const conflict = (): BackendError =>
  new BackendError("refused", codeOf({ status: 409, reason: "Conflict", causes: [] }), "stale");
const lost = (): BackendError => new BackendError("disconnected", "", "lost");
const changes = (calls: readonly Call[]): string[] =>
  calls.filter(([method]) => !["get", "list"].includes(method))
    .map(([method, { resource }]) => `${method} ${resource}`);

async function refused(call: () => Promise<unknown>): Promise<DriverError> {
  const error = await assertRejects(call);
  assert(isDriverError(error), String(error));
  return error;
}

Deno.test("the Secret comes first, and goes with the machine", async () => {
  await using it = await bench();
  const { providerID } = await it.plugin.createMachine(it.request);
  assertEquals(changes(it.calls), ["create secrets", "create virtualmachines", "patch secrets"]);
  const { metadata } = await it.get("secrets", "o.m1.userdata");
  const { uid } = (await it.get("virtualmachines", "o.m1")).metadata;
  assertEquals(metadata.ownerReferences?.map((it) => it.uid), [uid]);
  assert(providerID.endsWith(`/o.m1/${uid}`), providerID);
});

Deno.test("each change reaches the server once, also when its answer is lost", async () => {
  for (const resource of ["secrets", "virtualmachines"]) {
    for (const method of ["create", "patch"]) {
      await using it = await bench();
      it.spoil = ([called, params], done) => {
        if (called !== method || params.resource !== resource) return undefined;
        it.spoil = undefined;
        return done().then(() => Promise.reject(lost()));
      };
      await it.plugin.createMachine(it.request);
      const made = changes(it.calls);
      assertEquals(new Set(made).size, made.length, made.join());
      assertEquals((await it.host.inventory()).filter((entry) => entry.includes("m1")).length, 2);
    }
  }
});

Deno.test("a Secret that an attempt left is taken over, with the newer user data", async () => {
  await using it = await bench();
  it.spoil = ([method, { resource }]) =>
    method === "create" && resource === "virtualmachines" || method === "delete"
      ? Promise.reject(lost())
      : undefined;
  const error = await refused(() => it.plugin.createMachine(it.request));
  assertEquals(error.leftovers, ["secret:o.m1.userdata"]);
  it.spoil = undefined;
  it.calls.length = 0;
  const secret = await it.host.samples.secret("#cloud-config\nnew: true\n");
  await it.plugin.createMachine({ ...it.request, secret });
  assertEquals(changes(it.calls).slice(0, 2), ["create secrets", "replace secrets"]);
});

Deno.test("a refused machine leaves no Secret, and the refusal names the field", async () => {
  await using it = await bench();
  const causes = [{ reason: "FieldValueInvalid", field: "spec.template" }];
  const code = codeOf({ status: 422, reason: "Invalid", causes });
  it.spoil = ([method, { resource }]) =>
    method === "create" && resource === "virtualmachines"
      ? Promise.reject(new BackendError("refused", code, "admission webhook denied the request"))
      : undefined;
  const error = await refused(() => it.plugin.createMachine(it.request));
  assertEquals(error.code, "invalid-argument");
  assertStringIncludes(error.backend?.code ?? "", "spec.template");
  assertEquals(await it.host.inventory(), []);
});

Deno.test("a conflict is read anew and tried again, a few times at most", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  const { machine: { name }, machineClass: { providerSpec }, secret } = it.request;
  it.calls.length = 0;
  it.spoil = ([method]) => method === "patch" ? Promise.reject(conflict()) : undefined;
  const error = await refused(async () =>
    await it.plugin.spi?.shutDownMachine(name, "", providerSpec, secret)
  );
  assertEquals(error.code, "aborted");
  const methods = it.calls.map(([method]) => method);
  assertEquals(methods, Array.from({ length: 5 }, () => ["get", "patch"]).flat());
});

Deno.test("a machine that never had an instance is switched off without waiting for one", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  const { machine: { name }, machineClass: { providerSpec }, secret } = it.request;
  const before = it.clock.now();
  await it.plugin.spi?.shutDownMachine(name, "", providerSpec, secret);
  assert(it.clock.now() - before < 5000, String(it.clock.now() - before));
  assertEquals(await it.host.powered?.("o.m1"), false);
});

Deno.test("throttling is waited out as long as the server says, and no longer than allowed", async () => {
  await using it = await bench();
  await it.cluster.call("lab.set", { throttled: 2, retryAfterSeconds: 3 });
  const before = it.clock.now();
  await it.plugin.createMachine(it.request);
  assert(it.clock.now() - before >= 6000, String(it.clock.now() - before));
  await it.cluster.call("lab.set", { throttled: 1, retryAfterSeconds: 3600 });
  const error = await refused(() => it.plugin.getMachineStatus(it.request));
  assertEquals([error.code, error.retryable], ["unavailable", true]);
  assertStringIncludes(error.backend?.code ?? "", "retryAfterSeconds=3600");
});

Deno.test("credentials that are not good are tried once", async () => {
  await using it = await bench();
  const { secret = {} } = it.request;
  const request = { ...it.request, secret: it.host.samples.revoked(secret) };
  assertEquals((await refused(() => it.plugin.createMachine(request))).code, "unauthenticated");
  assertEquals(it.calls.length, 1);
});

Deno.test("a deletion names the machine that it means", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  const { uid } = (await it.get("virtualmachines", "o.m1")).metadata;
  await it.plugin.deleteMachine(it.request);
  const [, params] = it.calls.find(([method]) => method === "delete") ?? [];
  assertEquals<unknown>(params?.options, { preconditions: { uid } });
});

Deno.test("a machine that is replaced while it is deleted counts as gone, and the new one stays", async () => {
  await using it = await bench();
  const { providerID } = await it.plugin.createMachine(it.request);
  const { plugin } = await successor(it, providerID);
  const machine = { name: "m1", spec: { providerID } };
  await it.plugin.deleteMachine({ ...it.request, machine });
  assertEquals((await plugin.getMachineStatus(it.request)).nodeName, "m1");
});

/** Replaces the machine at the moment when its deletion is sent. */
async function successor(it: Bench, former: string): Promise<{ plugin: MachinePlugin }> {
  const plugin = createPlugin({
    backend: it.cluster,
    clock: it.clock,
    owner: "o",
    settings: {},
  });
  it.spoil = ([method], done) => {
    if (method !== "delete") return undefined;
    it.spoil = undefined;
    const machine = { name: "m1", spec: { providerID: former } };
    return plugin.deleteMachine({ ...it.request, machine })
      .then(() => plugin.createMachine(it.request)).then(done);
  };
  await Promise.resolve();
  return { plugin };
}

Deno.test("a deletion that is held up says by what, and hands on its state", async () => {
  await using it = await bench({ patience: "5" });
  await it.plugin.createMachine(it.request);
  await it.host.running?.("o.m1");
  await it.host.holdDeletion?.("o.m1", true);
  const error = await refused(() => it.plugin.deleteMachine(it.request));
  assertEquals(error.code, "deadline-exceeded");
  assertStringIncludes(error.message, "held by");
  assertStringIncludes(error.message, "vmtck.dev/held");
  const { lastKnownState = "" } = responseOf(error);
  assertEquals(JSON.parse(lastKnownState).disks, ["o.m1.data", "o.m1.root-disk"]);
});

Deno.test("a deletion is done when it is accepted, when compute is gone or when storage is", async () => {
  const left = async (deletion: string): Promise<string[]> => {
    await using it = await bench({ deletion });
    await it.plugin.createMachine(it.request);
    await it.host.running?.("o.m1");
    await it.plugin.deleteMachine(it.request);
    const entries = await it.host.inventory();
    return [...new Set(entries.map((entry) => entry.replace(/:.*/, "")))];
  };
  const [accepted, compute, storage] = [
    await left("accepted"),
    await left("compute"),
    await left("storage"),
  ];
  assert(accepted.includes("machine") && accepted.includes("instance"), accepted.join());
  assert(!compute.includes("machine") && !compute.includes("instance"), compute.join());
  assertEquals(storage, []);
});

Deno.test("a state of another machine neither spares what is left of this one, nor is waited for", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  await it.host.running?.("o.m1");
  await it.host.vanish?.("o.m1");
  await it.host.plantDisk?.("db-data");
  const lastKnownState = JSON.stringify({ uid: "other", disks: ["db-data", "o.m1.a/b"] });
  const machine = { name: "m1", status: { lastKnownState } };
  await it.plugin.deleteMachine({ ...it.request, machine });
  assertEquals(await it.host.inventory(), ["claim:db-data", "disk:db-data"]);
});

Deno.test("a list begins anew when its history is gone between two pages", async () => {
  await using it = await bench();
  for (const name of ["m1", "m2", "m3"]) {
    await it.plugin.createMachine({ ...it.request, machine: { name } });
  }
  await it.host.page?.(1);
  it.spoil = ([method, params], done) => {
    if (method !== "list" || params.continue === undefined) return undefined;
    it.spoil = undefined;
    return it.cluster.call("lab.compact", {}).then(done);
  };
  const { machineList } = await it.plugin.listMachines(it.request);
  assertEquals(Object.values(machineList).sort(), ["m1", "m2", "m3"]);
});

Deno.test("a server that ignores the selector does not widen a list", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  await it.host.plantMachine?.("foreign");
  it.spoil = ([method, { labelSelector: _, ...params }]) =>
    method === "list" ? it.cluster.call("list", params as never) : undefined;
  const { machineList } = await it.plugin.listMachines(it.request);
  assertEquals(Object.values(machineList), ["m1"]);
});

Deno.test("a copy of a machine, with all its labels, is not listed", async () => {
  await using it = await bench();
  await it.plugin.createMachine(it.request);
  const { spec, metadata: { labels = {} } } = await it.get("virtualmachines", "o.m1");
  const at = { group: "kubevirt.io", version: "v1", resource: "virtualmachines" };
  const kind = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachine" };
  const body = { ...kind, metadata: { name: "copy", labels }, spec };
  await it.cluster.call("create", { ...at, namespace: "default", body });
  const { machineList } = await it.plugin.listMachines(it.request);
  assertEquals(Object.values(machineList), ["m1"]);
});

Deno.test("all calls stay in the namespace of the kubeconfig's current context", async () => {
  await using it = await bench();
  const text = new TextDecoder().decode(
    Uint8Array.fromBase64(it.request.secret?.data?.kubeconfig ?? ""),
  );
  const config = JSON.parse(text);
  config.contexts[0].context.namespace = "other";
  const kubeconfig = new TextEncoder().encode(JSON.stringify(config)).toBase64();
  const request = { ...it.request, secret: { data: { ...it.request.secret?.data, kubeconfig } } };
  const { providerID } = await it.plugin.createMachine(request);
  assert(providerID.startsWith("kubevirt://other/"), providerID);
  await it.plugin.listMachines(request);
  await it.plugin.deleteMachine(request);
  assertEquals([...new Set(it.calls.map(([, { namespace }]) => namespace))], ["other"]);
});

Deno.test("an id of another namespace is neither absent nor deleted", async () => {
  await using it = await bench();
  const providerID = "kubevirt://other/o.m1/6b756265-0000-4000-8000-000000000001";
  const request = { ...it.request, machine: { name: "m1", spec: { providerID } } };
  for (const call of [it.plugin.getMachineStatus, it.plugin.deleteMachine]) {
    assertEquals((await refused(() => call(request))).code, "failed-precondition");
  }
  assertEquals(it.calls, []);
});

Deno.test("an id that is none, or of another machine, is refused before anything is sent", async () => {
  await using it = await bench();
  for (const providerID of ["m1", "aws:///m1", "kubevirt://default/o.m2/uid"]) {
    const request = { ...it.request, machine: { name: "m1", spec: { providerID } } };
    assertEquals((await refused(() => it.plugin.deleteMachine(request))).code, "invalid-argument");
  }
  assertEquals(it.calls, []);
});

Deno.test("a kubeconfig that would run a program, read a file or trust anybody is refused", async () => {
  await using it = await bench();
  const users: readonly (readonly [string, object, object])[] = [
    ["exec", { exec: { command: "/bin/sh" } }, {}],
    ["auth-provider", { "auth-provider": { name: "gcp" } }, {}],
    ["tokenFile", { tokenFile: "/etc/passwd" }, {}],
    ["client-key", {
      "client-certificate-data": btoa("CERT"),
      "client-key": "/etc/key",
    }, {}],
    ["insecure-skip-tls-verify", { token: "t" }, { "insecure-skip-tls-verify": true }],
    ["certificate-authority", { token: "t" }, { "certificate-authority": "/etc/ca" }],
  ];
  for (const [field, user, cluster] of users) {
    const config = {
      "current-context": "a",
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      clusters: [{ name: "a", cluster: { server: "https://canary-server:1", ...cluster } }],
      users: [{ name: "a", user }],
    };
    const kubeconfig = new TextEncoder().encode(JSON.stringify(config)).toBase64();
    const secret = { data: { ...it.request.secret?.data, kubeconfig } };
    const error = await refused(() => it.plugin.listMachines({ ...it.request, secret }));
    assertEquals(error.code, "invalid-argument");
    assertStringIncludes(error.message, `"${field}"`);
    assert(!JSON.stringify(error).includes("canary"), error.message);
  }
  assertEquals(it.calls, []);
});
