import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { readProviderSpec, readTags } from "./provider_spec.ts";

const DISK = {
  source: { blank: {} },
  pvc: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const SPEC = {
  region: "eu",
  zone: "default",
  resources: {
    requests: { cpu: "500m", memory: "1.5Gi" },
    limits: { cpu: 2, memory: "2Gi" },
    overcommitGuestOverhead: false,
  },
  devices: {
    disks: [{ name: "root-disk", disk: { bus: "sata" }, cache: "none" }, { name: "data" }],
    rng: {},
    blockMultiQueue: true,
    networkInterfaceMultiqueue: true,
  },
  rootVolume: { sourceRef: { kind: "DataSource", name: "debian" }, storage: DISK.pvc },
  additionalVolumes: [
    { name: "data", dataVolume: DISK },
    { name: "conf", volumeSource: { configMap: { name: "conf" } } },
    { name: "shared", volumeSource: { persistentVolumeClaim: { claimName: "c", readOnly: true } } },
    { name: "keys", volumeSource: { secret: { secretName: "s" } } },
  ],
  sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@there"],
  networks: [{ name: "ns/net", default: true }, { name: "net2" }],
  cpu: { cores: 2, sockets: 1, threads: 1, model: "host-passthrough" },
  memory: { guest: "1Gi", hugepages: { pageSize: "2Mi" } },
  dnsPolicy: "None",
  dnsConfig: { nameservers: ["10.0.0.1", "fd00::1"], searches: ["a.b"], options: [{ name: "x" }] },
  tags: { "example.org/team": "storage", pool: "a" },
};

/** What is wrong with a spec, in the words of the error. */
function complaint(fields: object): string {
  return assertThrows(() => readProviderSpec({ ...SPEC, ...fields }), Trouble).message;
}

Deno.test("a spec with every field is taken as it is", () => {
  assertEquals(readProviderSpec(SPEC), SPEC);
});

Deno.test("every mistake is told with its field", () => {
  const mistakes: readonly (readonly [field: string, fields: object])[] = [
    ["region", { region: undefined }],
    ["region", { region: "eu," }],
    ["zone", { zone: null }],
    ["resources.requests.cpu", { resources: { requests: { cpu: "0", memory: "1Gi" } } }],
    ["resources.requests.memory", { resources: { requests: { cpu: "1", memory: "-1Gi" } } }],
    ["resources.requests.disk", {
      resources: { requests: { ...SPEC.resources.requests, disk: 1 } },
    }],
    ["resources.limits.memory", { resources: { ...SPEC.resources, limits: { memory: "1 Gi" } } }],
    ["devices.rng.source", { devices: { rng: { source: "/dev/random" } } }],
    ["devices.gpus", { devices: { gpus: [] } }],
    ["devices.disks", { devices: { disks: {} } }],
    ["devices.disks[1].name", { devices: { disks: [{ name: "data" }, { name: "data" }] } }],
    ["devices.disks[0].name", { devices: { disks: [{ name: "cloudinitdisk" }] } }],
    ["devices.disks[0].cache", { devices: { disks: [{ name: "data", cache: "all" }] } }],
    ["devices.disks[0].disk.bus", {
      devices: { disks: [{ name: "data", disk: { bus: "virtoi" } }] },
    }],
    ["devices.disks[0].disk.buss", {
      devices: { disks: [{ name: "data", disk: { buss: "sata" } }] },
    }],
    ["devices.disks[0].lun", { devices: { disks: [{ name: "data", disk: {}, lun: {} }] } }],
    ["devices.disks[0].blockSize.size", {
      devices: { disks: [{ name: "data", blockSize: { size: 512 } }] },
    }],
    ["rootVolume.source.htttp", { rootVolume: { ...DISK, source: { htttp: {} } } }],
    ["rootVolume.source.http", { rootVolume: { ...DISK, source: { http: null } } }],
    ["rootVolume.source.http.url", { rootVolume: { ...DISK, source: { http: {} } } }],
    ["rootVolume.source.http.url", { rootVolume: { ...DISK, source: { http: { url: "image" } } } }],
    ["rootVolume.source.pvc.namespace", {
      rootVolume: { ...DISK, source: { pvc: { name: "golden" } } },
    }],
    ["rootVolume.sourceRef.kind", {
      rootVolume: { sourceRef: { kind: "datasource", name: "debian" }, storage: DISK.pvc },
    }],
    ["rootVolume.pvc.accessModes", {
      rootVolume: { ...DISK, pvc: { resources: DISK.pvc.resources } },
    }],
    ["rootVolume.pvc.accessModes", {
      rootVolume: { ...DISK, pvc: { ...DISK.pvc, accessModes: [] } },
    }],
    ["rootVolume.pvc.accessModes", {
      rootVolume: { ...DISK, pvc: { ...DISK.pvc, accessModes: ["ReadWriteOnce", "ReadOnlyMany"] } },
    }],
    ["rootVolume.pvc.selector.pool", {
      rootVolume: { ...DISK, pvc: { ...DISK.pvc, selector: { pool: "a" } } },
    }],
    ["rootVolume.source", {
      rootVolume: { ...DISK, pvc: { ...DISK.pvc, dataSourceRef: { kind: "Filler", name: "f" } } },
    }],
    ["cpu.numa.nodes", { cpu: { numa: { nodes: 2 } } }],
    ["memory.hugepages.pageSize", { memory: { hugepages: {} } }],
    ["dnsConfig.nameservers[0]", { dnsConfig: { nameservers: ["999.1.1.1"] } }],
    ["dnsConfig.nameservers", { dnsConfig: { nameservers: ["::1", "::2", "::3", "::4"] } }],
    ["tags.a..b/c", { tags: { "a..b/c": "x" } }],
    ["rootVolume", { rootVolume: "image" }],
    ["rootVolume.pvc", { rootVolume: { source: { blank: {} } } }],
    ["rootVolume.storage", { rootVolume: { ...DISK, storage: {} } }],
    ["rootVolume.pvc.resources.requests.storage", {
      rootVolume: { ...DISK, pvc: { ...DISK.pvc, resources: { requests: {} } } },
    }],
    ["rootVolume.sourceRef", {
      rootVolume: { ...DISK, sourceRef: { kind: "DataSource", name: "b" } },
    }],
    ["additionalVolumes[0].name", { additionalVolumes: [{ name: "root-disk", dataVolume: DISK }] }],
    ["additionalVolumes[0].dataVolume", { additionalVolumes: [{ name: "data" }] }],
    ["additionalVolumes[0].volumeSource.hostPath", {
      additionalVolumes: [{ name: "data", volumeSource: { hostPath: { path: "/" } } }],
    }],
    ["sshKeys[0]", { sshKeys: ["ssh-rsa"] }],
    ["networks[1].name", { networks: [{ name: "a" }, { name: "a" }] }],
    ["networks[0].name", { networks: [{ name: "a/b/c" }] }],
    ["networks[0].default", { networks: [{ name: "a", default: "yes" }] }],
    ["cpu.cores", { cpu: { cores: 0 } }],
    ["cpu.features[0].policy", { cpu: { features: [{ name: "vmx", policy: "maybe" }] } }],
    ["memory.hugepages.pageSize", { memory: { hugepages: { pageSize: "big" } } }],
    ["dnsConfig.nameservers", { dnsConfig: {} }],
    ["dnsConfig.nameservers[0]", { dnsConfig: { nameservers: ["dns.example"] } }],
    ["tags", { tags: {} }],
    ["tags.a b", { tags: { "a b": "c" } }],
    ["tags.team", { tags: { team: 7 } }],
    ["tags.kubevirt.io/vm", { tags: { "kubevirt.io/vm": "m" } }],
    ["tags.x.vmtck.dev/owner", { tags: { "x.vmtck.dev/owner": "m" } }],
    ["colour", { colour: "red" }],
  ];
  for (const [field, fields] of mistakes) {
    assertStringIncludes(complaint(fields), JSON.stringify(field), JSON.stringify(fields));
  }
});

Deno.test("a field that every object has is no field of a spec", () => {
  const spec = { ...SPEC, ["constructor"]: {} };
  assertStringIncludes(
    assertThrows(() => readProviderSpec(spec), Trouble).message,
    '"constructor" does not exist',
  );
});

Deno.test("tags alone are read from a spec that is otherwise wrong", () => {
  assertEquals(readTags({ tags: { a: "b" }, colour: "red" }), { a: "b" });
  for (const spec of [{}, { tags: null }, { tags: {} }, null, [], "tags"]) {
    assertThrows(() => readTags(spec), Trouble);
  }
});

Deno.test("a volume that somebody else provides or fills is taken", () => {
  const ready = { ...DISK.pvc, storageClassName: "", volumeName: "disk-7" };
  readProviderSpec({ ...SPEC, rootVolume: { ...DISK, pvc: ready } });
  const filled = { ...DISK.pvc, dataSourceRef: { apiGroup: "a.b", kind: "Filler", name: "f" } };
  readProviderSpec({ ...SPEC, rootVolume: { pvc: filled } });
});
