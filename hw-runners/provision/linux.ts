/**
 * A Linux machine that runs the suite against libvirt, or against a KubeVirt cluster of its own.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Command, says, type Step, succeeds } from "./step.ts";

/** The account's name. It has no other right than to talk to libvirt. */
export const RUNNER_USER = "vmtck-runner";

/** Where the workflow looks for it. */
const KUBECONFIG = `/home/${RUNNER_USER}/.kube/config`;

const IN_NAMESPACE = ["--namespace", "vmtck"] as const;

const virsh = (...args: string[]): Command => ["virsh", "--connect", "qemu:///system", ...args];

/** Where the machines' disks are. */
const POOL = "/var/lib/libvirt/images";

/** The account that runner services run as. */
const ACCOUNT: Step = {
  id: "account",
  what: `the account "${RUNNER_USER}" is there, without a password`,
  isDone: succeeds("id", RUNNER_USER),
  commands: [["useradd", "--create-home", "--shell", "/usr/sbin/nologin", RUNNER_USER]],
};

/** Hardware virtualization; which of both modules it is, the processor decides. */
const KVM: Step = {
  id: "kvm",
  what: "hardware virtualization is there: /dev/kvm",
  isDone: (machine) => machine.exists("/dev/kvm"),
  commands: [["modprobe", "--all", "--quiet", "kvm_intel", "kvm_amd"]],
  without: "guests run in software; switch virtualization on in the firmware, or let it be nested",
};

/** For libvirt. */
export function libvirtSteps(root: string): Step[] {
  return [
    {
      id: "packages",
      what: "libvirt, QEMU and what the test guest is built with are installed",
      isDone: async (machine) => {
        const tools = ["libvirtd", "qemu-system-x86_64", "qemu-img", "mkfs.ext4", "xorriso"];
        const found = await Promise.all(tools.map((tool) => machine.run(tool, ["--version"])));
        return found.every((ran) => ran !== undefined);
      },
      commands: [["bash", `${root}hw-runners/install-libvirt-debian.sh`]],
    },
    {
      id: "service",
      what: "libvirtd runs, now and after a restart",
      isDone: succeeds("systemctl", "is-active", "--quiet", "libvirtd"),
      commands: [["systemctl", "enable", "--now", "libvirtd"]],
    },
    KVM,
    ACCOUNT,
    {
      id: "group",
      what: `"${RUNNER_USER}" may talk to libvirt`,
      isDone: says("libvirt", "id", "-Gn", RUNNER_USER),
      commands: [["usermod", "--append", "--groups", "libvirt", RUNNER_USER]],
    },
    {
      id: "pool",
      what: 'the pool "default" is there',
      isDone: succeeds(...virsh("pool-info", "default")),
      commands: [
        virsh("pool-define-as", "default", "dir", "--target", POOL),
        virsh("pool-build", "default"),
      ],
    },
    {
      id: "pool.active",
      what: 'the pool "default" is active',
      isDone: says("running", ...virsh("pool-info", "default")),
      commands: [virsh("pool-start", "default")],
    },
    {
      id: "pool.autostart",
      what: 'the pool "default" is active after a restart, too',
      isDone: says("default", ...virsh("pool-list", "--all", "--autostart", "--name")),
      commands: [virsh("pool-autostart", "default")],
    },
  ];
}

/** A cluster of one node with KubeVirt and CDI, by k3s and their published manifests. */
export function kubevirtSteps(
  versions: { readonly kubevirt: string; readonly cdi: string },
): Step[] {
  const kubectl = (...args: string[]): Command => ["k3s", "kubectl", ...args];
  const release = (project: string, version: string, file: string): string =>
    `https://github.com/kubevirt/${project}/releases/download/${version}/${file}`;
  const apply = (url: string): Command => kubectl("apply", "--filename", url);
  return [
    KVM,
    ACCOUNT,
    {
      id: "cluster",
      what: "k3s runs; install it by its own instructions first, pinned to a version",
      isDone: succeeds("systemctl", "is-active", "--quiet", "k3s"),
      commands: [["systemctl", "enable", "--now", "k3s"]],
    },
    {
      id: "kubevirt",
      what: `KubeVirt ${versions.kubevirt} is deployed`,
      isDone: says(
        "Deployed",
        ...kubectl(
          ...["get", "kubevirt", "kubevirt", "--namespace", "kubevirt"],
          ...["--output", "jsonpath={.status.phase}"],
        ),
      ),
      commands: [
        apply(release("kubevirt", versions.kubevirt, "kubevirt-operator.yaml")),
        apply(release("kubevirt", versions.kubevirt, "kubevirt-cr.yaml")),
        kubectl(
          ...["wait", "kubevirt", "kubevirt", "--namespace", "kubevirt"],
          ...["--for", "jsonpath={.status.phase}=Deployed", "--timeout", "15m"],
        ),
      ],
    },
    {
      id: "cdi",
      what: `CDI ${versions.cdi} is deployed`,
      isDone: says(
        "Deployed",
        ...kubectl(
          ...["get", "cdi", "cdi", "--output", "jsonpath={.status.phase}"],
        ),
      ),
      commands: [
        apply(release("containerized-data-importer", versions.cdi, "cdi-operator.yaml")),
        apply(release("containerized-data-importer", versions.cdi, "cdi-cr.yaml")),
        kubectl(
          ...["wait", "cdi", "cdi", "--for", "jsonpath={.status.phase}=Deployed"],
          ...["--timeout", "15m"],
        ),
      ],
    },
    {
      id: "namespace",
      what: 'the namespace "vmtck" is there: the suite touches no other',
      isDone: succeeds(...kubectl("get", "namespace", "vmtck")),
      commands: [kubectl("create", "namespace", "vmtck")],
    },
    {
      id: "service-account",
      what: 'the service account "vmtck" is there',
      isDone: succeeds(...kubectl("get", "serviceaccount", "vmtck", ...IN_NAMESPACE)),
      commands: [kubectl("create", "serviceaccount", "vmtck", ...IN_NAMESPACE)],
    },
    {
      id: "rights",
      what: "it may do anything in its namespace, and nothing elsewhere",
      isDone: succeeds(...kubectl("get", "rolebinding", "vmtck", ...IN_NAMESPACE)),
      commands: [
        kubectl(
          ...["create", "rolebinding", "vmtck", ...IN_NAMESPACE],
          // KubeVirt and CDI add their own objects to what an "admin" may use.
          ...["--clusterrole", "admin", "--serviceaccount", "vmtck:vmtck"],
        ),
      ],
    },
    {
      id: "kubeconfig",
      what: `"${RUNNER_USER}" has a kubeconfig of it in ${KUBECONFIG}`,
      isDone: (machine) => machine.exists(KUBECONFIG),
      commands: [["bash", fileURLToPath(new URL("../write-kubeconfig.sh", import.meta.url))]],
    },
  ];
}
