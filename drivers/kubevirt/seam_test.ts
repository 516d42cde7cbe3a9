import { assert, assertEquals } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { VirtualClock } from "../backend/clock.ts";
import { Recorder } from "../backend/tape/recorder.ts";
import { scanForSecrets } from "../backend/tape/secrets.ts";
import { disguisesOf } from "../contract/mod.ts";
import { createPlugin } from "./plugin.ts";
import { simulatedPluginHost } from "./plugin_host.ts";
import { redacted } from "./redact.ts";
import { SEAM } from "./seam.ts";

const CANARY = "canary+/?=<é>1";
const VM = { group: "kubevirt.io", version: "v1", resource: "virtualmachines", namespace: "n" };

Deno.test("a tape has no user data and no credentials, in any encoding", async () => {
  using clock = new VirtualClock();
  await using cluster = redacted(simulatedBackend({ clock }));
  const recorder = new Recorder(cluster, { clock });
  const { backend } = recorder;
  const plugin = createPlugin({ backend, clock, owner: "o", settings: {} });
  const { samples } = simulatedPluginHost(backend);
  const secret = await samples.secret(`#cloud-config\npassword: "${CANARY}"\n`);
  const machineClass = samples.machineClass("a");
  const request = { machine: { name: "m1" }, machineClass, secret };
  await plugin.createMachine(request);
  await plugin.getMachineStatus(request);
  await plugin.getMachineStatus({ ...request, secret: samples.revoked(secret) }).catch(() => {});
  await plugin.deleteMachine(request);
  const tape = recorder.lines({ seam: SEAM }).map((line) => JSON.stringify(line)).join("\n");
  assert(tape.includes('"create"'), tape);
  for (const value of [CANARY, "simulated-token", "revoked-and-no-secret"]) {
    for (const form of disguisesOf(value)) assert(!tape.includes(form), form);
  }
  assertEquals(scanForSecrets(tape), []);
});

Deno.test("a lane is what a call is about, and a watch has its own", () => {
  const lane = SEAM.lane;
  assertEquals(lane("get", { ...VM, name: "m1" }), "virtualmachines:m1");
  assertEquals(lane("create", { ...VM, body: { metadata: { name: "m1" } } }), "virtualmachines:m1");
  assertEquals(lane("list", VM), "virtualmachines:");
  assertEquals(lane("event", { watch: "w1", type: "CLOSED", broken: false }), "watch:w1");
  assertEquals(lane("lab.set", {}), "cluster");
  assertEquals(lane("version", {}), "cluster");
});

Deno.test("what the cluster makes up is volatile, and what was asked for is not", () => {
  const type = (path: string, value: string | number = "x"): string | undefined =>
    SEAM.volatile("get", path.split("."), value);
  assertEquals(type("result.metadata.uid", "6b756265-0000-4000-8000-000000000007"), "uuid");
  assertEquals(type("result.metadata.creationTimestamp", "2026-01-01T00:00:00Z"), "time");
  assertEquals(type("result.metadata.resourceVersion", "17"), "version");
  assertEquals(type("params.access.token"), "hidden");
  assertEquals(type("params.access.server"), "url");
  assertEquals(type("params.body.data.userdata"), "hidden");
  assertEquals(type("params.body.metadata.name"), undefined);
  assertEquals(type("result.metadata.generation", 2), undefined);
});

Deno.test("reads and watches change nothing, all else does", () => {
  for (const method of ["get", "list", "watch.start", "access", "version"] as const) {
    assertEquals(SEAM.changes(method), false, method);
  }
  for (const method of ["create", "replace", "patch", "delete", "invoke"] as const) {
    assertEquals(SEAM.changes(method), true, method);
  }
});
