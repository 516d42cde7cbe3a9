import type { V1beta1DataVolume } from "@kubevirt-ui-ext/kubevirt-api/containerized-data-importer";
import type { V1VirtualMachine } from "@kubevirt-ui-ext/kubevirt-api/kubevirt";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { NETWORK_DATA } from "./cloud_init.ts";
import { type ProviderSpec, readProviderSpec } from "./provider_spec.ts";
import { isMadeFrom, specHash, userDataSecretOf, virtualMachineOf } from "./virtual_machine.ts";
import { machineNames } from "./virtual_machine_names.ts";

const NAMES = machineNames("o", "m1");
const LABELS = { "machine-plugin.vmtck.dev/owner": "o", "machine-plugin.vmtck.dev/machine": "m1" };
const STORAGE = {
  resources: { requests: { storage: "1Gi" } },
} satisfies NonNullable<V1beta1DataVolume["spec"]>["storage"];
const ROOT = { source: { http: { url: "https://images.test/debian.qcow2" } }, storage: STORAGE };
const SPEC: ProviderSpec = {
  region: "default",
  zone: "z1",
  resources: { requests: { cpu: "1", memory: "1Gi" } },
  devices: { rng: {}, disks: [{ name: "data", disk: { bus: "scsi" } }, { name: "root-disk" }] },
  rootVolume: ROOT,
  additionalVolumes: [
    { name: "data", dataVolume: { source: { blank: {} }, storage: STORAGE } },
    { name: "conf", volumeSource: { configMap: { name: "conf" } } },
  ],
  networks: [{ name: "ns/net" }],
  cpu: { cores: 2 },
  memory: { guest: "1Gi" },
  dnsPolicy: "ClusterFirst",
  tags: { team: "a" },
};

/** What has to come of it. The types are KubeVirt's own: a misspelt field does not compile. */
const EXPECTED = {
  apiVersion: "kubevirt.io/v1",
  kind: "VirtualMachine",
  metadata: {
    name: "o.m1",
    labels: { team: "a", ...LABELS },
    annotations: { "machine-plugin.vmtck.dev/request": specHash(SPEC) },
  },
  spec: {
    runStrategy: "Always",
    dataVolumeTemplates: [
      { metadata: { name: "o.m1.root-disk", labels: LABELS }, spec: ROOT },
      {
        metadata: { name: "o.m1.data", labels: LABELS },
        spec: { source: { blank: {} }, storage: STORAGE },
      },
    ],
    template: {
      metadata: { labels: LABELS },
      spec: {
        hostname: "m1",
        terminationGracePeriodSeconds: 30,
        domain: {
          resources: { requests: { cpu: "1", memory: "1Gi" } },
          cpu: { cores: 2 },
          memory: { guest: "1Gi" },
          devices: {
            rng: {},
            disks: [
              { name: "root-disk", disk: { bus: "virtio" } },
              { name: "cloudinitdisk", disk: { bus: "virtio" } },
              { name: "data", disk: { bus: "scsi" } },
              { name: "conf", disk: { bus: "virtio" } },
            ],
            interfaces: [{ name: "default", bridge: {} }, { name: "net0", bridge: {} }],
          },
        },
        volumes: [
          { name: "root-disk", dataVolume: { name: "o.m1.root-disk" } },
          {
            name: "cloudinitdisk",
            cloudInitNoCloud: {
              secretRef: { name: "o.m1.userdata" },
              networkData: NETWORK_DATA,
            },
          },
          { name: "data", dataVolume: { name: "o.m1.data" } },
          { name: "conf", configMap: { name: "conf" } },
        ],
        networks: [
          { name: "default", pod: {} },
          { name: "net0", multus: { networkName: "ns/net" } },
        ],
        dnsPolicy: "ClusterFirst",
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{
                matchExpressions: [
                  { key: "topology.kubernetes.io/region", operator: "DoesNotExist" },
                  { key: "topology.kubernetes.io/zone", operator: "In", values: ["z1"] },
                ],
              }],
            },
          },
        },
      },
    },
  },
} satisfies V1VirtualMachine;

Deno.test("a machine is what its class says, in KubeVirt's own words", () => {
  assertEquals<unknown>(virtualMachineOf(NAMES, readProviderSpec(SPEC)), EXPECTED);
});

Deno.test("a machine has one run strategy, and never the deprecated switch", () => {
  const { spec } = virtualMachineOf(NAMES, SPEC);
  assertEquals(spec.runStrategy, "Always");
  assert(!("running" in spec));
});

Deno.test("tags do not take the place of the plugin's own labels", () => {
  const tags = { "machine-plugin.vmtck.dev/owner": "x" };
  const { metadata } = virtualMachineOf(NAMES, { ...SPEC, tags });
  assertEquals(metadata.labels, LABELS);
});

Deno.test("a network can take the place of the pod's", () => {
  const networks = [{ name: "a" }, { name: "b", default: true }];
  const { template } = virtualMachineOf(NAMES, { ...SPEC, networks }).spec;
  assertEquals(template.spec.networks, [
    { name: "net0", multus: { networkName: "a" } },
    { name: "net1", multus: { networkName: "b", default: true } },
  ]);
});

Deno.test("without networks all is left to KubeVirt", () => {
  const { template } = virtualMachineOf(NAMES, { ...SPEC, networks: [] }).spec;
  assertEquals(template.spec.networks, undefined);
  assert(!JSON.stringify(template).includes("networkData"));
});

Deno.test("what the server fills in does not make it another machine", () => {
  const made = virtualMachineOf(NAMES, SPEC);
  const domain = { firmware: { uuid: "u" }, machine: { type: "q35" } };
  const live = { ...made, spec: { ...made.spec, template: { spec: { domain } } } };
  assert(isMadeFrom(live, SPEC));
  assert(!isMadeFrom(live, { ...SPEC, cpu: { cores: 4 } }));
});

Deno.test("user data are in a Secret, and make no difference to the machine", () => {
  const secret = userDataSecretOf(NAMES, SPEC, "#cloud-config\n");
  assertEquals(secret.metadata, { name: "o.m1.userdata", labels: LABELS });
  assertEquals(secret.data, { userdata: "I2Nsb3VkLWNvbmZpZwo=" });
  assert(!JSON.stringify(virtualMachineOf(NAMES, SPEC)).includes("I2Nsb3Vk"));
});

Deno.test("names of machines, owners and disks never meet", () => {
  const disks = (owner: string, machine: string, disk: string): string[] => {
    const spec = { ...SPEC, additionalVolumes: [{ name: disk, dataVolume: ROOT }] };
    const vm = virtualMachineOf(machineNames(owner, machine), spec);
    return (vm.spec.dataVolumeTemplates ?? []).map(({ metadata }) => metadata.name ?? "");
  };
  assertNotEquals(disks("o", "m1", "a-b"), disks("o", "m1-a", "b"));
  const longest = disks("o".repeat(63), "m".repeat(63), "d".repeat(63));
  assert(longest.every((name) => name.length <= 253));
});
