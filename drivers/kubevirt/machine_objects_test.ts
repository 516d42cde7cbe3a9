import type { V1VirtualMachine } from "@kubevirt-ui-ext/kubevirt-api/kubevirt";
import { assertEquals } from "@std/assert";
import { isPartOf, newMachine, refOf } from "./machine_objects.ts";
import { readSettings } from "./settings.ts";

const LABELS = {
  "driver.vmtck.dev/owner": "me",
  "driver.vmtck.dev/cluster": "c1",
  "driver.vmtck.dev/name": "m1",
};

/** What has to come of it. The types are KubeVirt's own: a misspelt field does not compile. */
const EXPECTED = {
  apiVersion: "kubevirt.io/v1",
  kind: "VirtualMachine",
  metadata: {
    name: "me.c1.m1",
    labels: LABELS,
    annotations: { "driver.vmtck.dev/creation": "c", "driver.vmtck.dev/image": "1.0.0" },
  },
  spec: {
    runStrategy: "Halted",
    dataVolumeTemplates: [{
      metadata: {
        name: "me.c1.m1.root",
        labels: LABELS,
        annotations: { "cdi.kubevirt.io/storage.bind.immediate.requested": "true" },
      },
      spec: {
        source: { upload: {} },
        storage: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "7Gi" } },
          storageClassName: "fast",
        },
      },
    }],
    template: {
      metadata: { labels: LABELS },
      spec: {
        terminationGracePeriodSeconds: 1800,
        domain: {
          cpu: { cores: 2 },
          memory: { guest: "256Mi" },
          devices: {
            disks: [{ name: "root", disk: { bus: "virtio" } }],
            interfaces: [{ name: "default", masquerade: {} }],
            rng: {},
          },
        },
        networks: [{ name: "default", pod: {} }],
        volumes: [{ name: "root", dataVolume: { name: "me.c1.m1.root" } }],
      },
    },
  },
} satisfies V1VirtualMachine;

const made = newMachine({
  owner: "me",
  vm: "me.c1.m1",
  spec: { cluster: "c1", name: "m1", image: "1.0.0", cpus: 2, memoryMiB: 256 },
  settings: readSettings({ disk: "7", "storage-class": "fast" }),
  creation: "c",
});

Deno.test("a driver's machine is made of what KubeVirt knows", () => {
  assertEquals(JSON.parse(JSON.stringify(made)), EXPECTED);
});

Deno.test("a machine is told from those of other owners and names by its labels", () => {
  assertEquals(refOf(made, "me"), { cluster: "c1", name: "m1" });
  assertEquals(refOf(made, "you"), undefined);
  assertEquals(isPartOf(made, "me", { cluster: "c1", name: "m2" }), false);
  assertEquals(refOf({ metadata: { name: "me.c1.m1" } }, "me"), undefined);
});
