/**
 * Requests that the suite asks the plugin with: small machines on any cluster, from empty disks.
 *
 * @module
 */

import type {
  MachineClass,
  PersistentVolumeSpec,
  PluginSamples,
  PluginSecret,
  SampleMistake,
} from "../contract/mod.ts";
import type { KubeBackend } from "./backend.ts";
import { CSI_DRIVER } from "./plugin.ts";
import { fieldsOf } from "./provider_spec_rules.ts";
import { OWNER_LABEL } from "./virtual_machine_names.ts";

/** The tag that tells the suite's classes apart. */
const MARK = "vmtck-mark";

const CLAIM = {
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: "64Mi" } },
};
const ROOT = { source: { blank: {} }, pvc: CLAIM };
const REQUESTS = { cpu: "100m", memory: "64Mi" };

/** A class with some fields in the place of its own. */
function having(machineClass: MachineClass, fields: Readonly<Record<string, unknown>>) {
  const providerSpec = { ...fieldsOf(machineClass.providerSpec, ""), ...fields };
  return { ...machineClass, providerSpec };
}

/** The mistakes: what, which field has to be named, and the fields that have it. */
const MISTAKES: readonly (readonly [what: string, field: string, fields: object])[] = [
  ["no region", "region", { region: undefined }],
  ["an empty zone", "zone", { zone: "" }],
  ["no resources", "resources", { resources: undefined }],
  ["no memory", "resources.requests.memory", { resources: { requests: { cpu: "1" } } }],
  ["memory of zero", "resources.requests.memory", {
    resources: { requests: { ...REQUESTS, memory: "0Mi" } },
  }],
  ["processors in words", "resources.requests.cpu", {
    resources: { requests: { ...REQUESTS, cpu: "two" } },
  }],
  ["no root volume", "rootVolume", { rootVolume: undefined }],
  ["a root volume without a size", "rootVolume.pvc.resources", {
    rootVolume: { source: { blank: {} }, pvc: {} },
  }],
  ["a root volume without a source", "rootVolume.source", { rootVolume: { pvc: CLAIM } }],
  ["a root volume with two sources", "rootVolume.source", {
    rootVolume: { ...ROOT, source: { blank: {}, http: { url: "http://images.test/a" } } },
  }],
  ["a root volume from nowhere", "rootVolume.source.htttp", {
    rootVolume: { ...ROOT, source: { htttp: { url: "http://images.test/a" } } },
  }],
  ["a root volume that nobody can use", "rootVolume.pvc.accessModes", {
    rootVolume: { ...ROOT, pvc: { ...CLAIM, accessModes: [] } },
  }],
  ["a volume without a name", "additionalVolumes[0].name", {
    additionalVolumes: [{ dataVolume: ROOT }],
  }],
  ["two volumes of one name", "additionalVolumes[1].name", {
    additionalVolumes: [{ name: "data", dataVolume: ROOT }, { name: "data", dataVolume: ROOT }],
  }],
  ["a volume that is two", "additionalVolumes[0].volumeSource", {
    additionalVolumes: [{
      name: "data",
      dataVolume: ROOT,
      volumeSource: { configMap: { name: "c" } },
    }],
  }],
  ["a volume from nothing", "additionalVolumes[0].volumeSource", {
    additionalVolumes: [{ name: "data", volumeSource: {} }],
  }],
  ["a disk of no volume", "devices.disks[0].name", { devices: { disks: [{ name: "other" }] } }],
  ["a boot order", "devices.disks[0].bootOrder", {
    devices: { disks: [{ name: "root-disk", bootOrder: 1 }] },
  }],
  ["a disk on no bus", "devices.disks[0].disk.bus", {
    devices: { disks: [{ name: "root-disk", disk: { bus: "virtoi" } }] },
  }],
  ["a key of two lines", "sshKeys[0]", {
    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\nruncmd: [reboot]"],
  }],
  ["a network without a name", "networks[0].name", { networks: [{ default: true }] }],
  ["two default networks", "networks[1].default", {
    networks: [{ name: "a", default: true }, { name: "b", default: true }],
  }],
  ["half a core", "cpu.cores", { cpu: { cores: 0.5 } }],
  ["a guest without memory", "memory.guest", { memory: { guest: "0" } }],
  ["an unknown DNS policy", "dnsPolicy", { dnsPolicy: "Sometimes" }],
  ["no name servers", "dnsConfig.nameservers", { dnsPolicy: "None" }],
  ["a name server that is no address", "dnsConfig.nameservers[0]", {
    dnsConfig: { nameservers: ["10.0.0.256"] },
  }],
  ["a tag that is no label", "tags.team", { tags: { team: "storage," } }],
  ["a tag whose key is none", "tags.50%share", { tags: { "50%share": "x" } }],
  ["tags in a list", "tags", { tags: ["team"] }],
];

function mistaken(
  machineClass: MachineClass,
  [what, field, fields]: typeof MISTAKES[number],
): SampleMistake {
  return { what, field, machineClass: having(machineClass, { ...fields }) };
}

/** The samples, with the credentials of a connection. */
export function samplesOf(backend: KubeBackend): PluginSamples {
  return {
    machineClass: (mark) => ({
      name: `class-${mark}`,
      provider: "KubeVirt",
      providerSpec: {
        region: "default",
        zone: "default",
        resources: { requests: REQUESTS },
        rootVolume: ROOT,
        additionalVolumes: [{ name: "data", dataVolume: ROOT }],
        tags: { [MARK]: mark },
      },
    }),
    altered: (machineClass) =>
      having(machineClass, { resources: { requests: { ...REQUESTS, memory: "96Mi" } } }),
    unmarked: (machineClass) => having(machineClass, { tags: {} }),
    mistakes: (machineClass) => MISTAKES.map((mistake) => mistaken(machineClass, mistake)),
    misspelt: (machineClass) =>
      mistaken(machineClass, ["a field in the singular", "network", { network: [] }]),
    spoofed: (machineClass) => {
      const tags = { [MARK]: "m", [OWNER_LABEL]: "somebody" };
      return mistaken(machineClass, ["a label of the plugin's", OWNER_LABEL, { tags }]);
    },
    secret: async (userData) => ({
      data: { kubeconfig: base64(await kubeconfig(backend)), userData: base64(userData) },
    }),
    revoked: (secret) =>
      withConfig(secret, (config) => {
        config.users = [{ name: "vmtck", user: { token: "revoked-and-no-secret" } }];
      }),
    untrusted: (secret) =>
      UNTRUSTED.map(([list, part, field, value]) => ({
        field,
        secret: withConfig(secret, (config) => {
          const [entry] = config[list];
          // What is given in the file's place would do without the file.
          entry[part] = {
            ...fieldsOf(entry[part], ""),
            [`${field}-data`]: undefined,
            [field]: value,
          };
        }),
      })),
    secretKeys: ["kubeconfig", "userData"],
    volumes: { own: volume, foreign: FOREIGN },
  };
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** The connection's own way, as a kubeconfig. */
async function kubeconfig(backend: KubeBackend): Promise<string> {
  const access = await backend.call("access", {});
  const { server, namespace, certificateAuthority, token, clientCertificate, clientKey } = access;
  const data = (text: string | undefined) => text === undefined ? undefined : base64(text);
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "vmtck",
    contexts: [{ name: "vmtck", context: { cluster: "vmtck", user: "vmtck", namespace } }],
    clusters: [{
      name: "vmtck",
      cluster: {
        server,
        "certificate-authority-data": data(certificateAuthority),
        "proxy-url": access.proxy,
      },
    }],
    users: [{
      name: "vmtck",
      user: {
        token,
        "client-certificate-data": data(clientCertificate),
        "client-key-data": data(clientKey),
      },
    }],
  });
}

/** What a kubeconfig must not be obeyed in: where it stands, which field, and what it says. */
const UNTRUSTED = [
  ["users", "user", "exec", { apiVersion: "client.authentication.k8s.io/v1", command: "true" }],
  ["users", "user", "auth-provider", { name: "gcp" }],
  ["users", "user", "tokenFile", "/var/run/secrets/kubernetes.io/serviceaccount/token"],
  ["users", "user", "client-certificate", "/etc/kubernetes/admin.crt"],
  ["clusters", "cluster", "certificate-authority", "/etc/kubernetes/ca.crt"],
  ["clusters", "cluster", "insecure-skip-tls-verify", true],
] as const;

/** The parts of a kubeconfig that are changed here. */
interface Config {
  users: Record<string, unknown>[];
  clusters: Record<string, unknown>[];
}

/** The secret, whose kubeconfig says something else. */
function withConfig(secret: PluginSecret, change: (config: Config) => void): PluginSecret {
  const bytes = Uint8Array.fromBase64(secret.data?.kubeconfig ?? "");
  const config: Config = JSON.parse(new TextDecoder().decode(bytes));
  change(config);
  return { data: { ...secret.data, kubeconfig: base64(JSON.stringify(config)) } };
}

function volume(id: string): PersistentVolumeSpec {
  return { capacity: { storage: "1Gi" }, csi: { driver: CSI_DRIVER, volumeHandle: id } };
}

const FOREIGN: readonly PersistentVolumeSpec[] = [
  { csi: { driver: "ebs.csi.aws.com", volumeHandle: "vol-1" } },
  { awsElasticBlockStore: { volumeID: "aws://eu-1/vol-2" } },
  { csi: null },
  { csi: { driver: CSI_DRIVER } },
  {},
];
