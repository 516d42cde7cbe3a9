import { assert, assertEquals, assertRejects } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { VirtualClock } from "../backend/clock.ts";
import { isDriverError, responseOf } from "../contract/mod.ts";
import { createPlugin } from "./plugin.ts";
import { simulatedPluginHost } from "./plugin_host.ts";

Deno.test("a claim of a disk's name without a data volume is nobody's to take over", async () => {
  using clock = new VirtualClock();
  await using backend = simulatedBackend({ clock });
  const { samples, inventory } = simulatedPluginHost(backend);
  const plugin = createPlugin({ backend, clock, owner: "o", settings: {} });
  await backend.call("create", {
    ...{ group: "", version: "v1", resource: "persistentvolumeclaims", namespace: "default" },
    body: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "o.m1.root-disk" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
    },
  });
  const before = await inventory();
  const error = await assertRejects(async () =>
    await plugin.createMachine({
      machine: { name: "m1" },
      machineClass: samples.machineClass("a"),
      secret: await samples.secret("#cloud-config\n"),
    })
  );
  assert(isDriverError(error));
  assertEquals([error.code, error.reason], ["already-exists", "disk-exists"]);
  assertEquals(await inventory(), before);
});

Deno.test("a machine whose Secret is gone is not told ready, and initializing makes it whole", async () => {
  using clock = new VirtualClock();
  await using backend = simulatedBackend({ clock });
  const { samples } = simulatedPluginHost(backend);
  const plugin = createPlugin({ backend, clock, owner: "o", settings: {} });
  const request = {
    machine: { name: "m1" },
    machineClass: samples.machineClass("a"),
    secret: await samples.secret("#cloud-config\n"),
  };
  const { providerID, nodeName } = await plugin.createMachine(request);
  const secrets = { group: "", version: "v1", resource: "secrets", namespace: "default" };
  await backend.call("delete", { ...secrets, name: "o.m1.userdata" });
  const error = await assertRejects(() => plugin.getMachineStatus(request));
  assert(isDriverError(error));
  assertEquals(error.code, "uninitialized");
  assertEquals(responseOf(error), { providerID, nodeName });
  await plugin.initializeMachine?.(request);
  assertEquals((await plugin.getMachineStatus(request)).providerID, providerID);
});
