/**
 * What a Linux machine needs for libvirt, and for a KubeVirt cluster.
 *
 * @module
 */

import { type Probe, programProbe, systemProbe } from "./probe.ts";

/** Where sudo looks for programs there is seldom a Deno. */
const INSTALL = 'sudo env "PATH=$PATH" deno task provision --for libvirt';

/** For libvirt. */
export const LIBVIRT_PROBES: readonly Probe[] = [
  systemProbe("linux", "Linux"),
  programProbe("qemu-system-x86_64", ["--version"], { what: "QEMU", mend: INSTALL }),
  programProbe("qemu-img", ["--version"], { what: "QEMU's disk tool", mend: INSTALL }),
  programProbe("dnsmasq", ["--version"], { what: "libvirt's DHCP server", mend: INSTALL }),
  programProbe("iptables", ["--version"], { what: "the firewall's tool", mend: INSTALL }),
  programProbe("mkfs.ext4", ["-V"], {
    what: "what the test guest is built with",
    mend: INSTALL,
    without: 'name the folder of a built guest with "--set guest=DIR"',
  }),
  {
    id: "socket",
    what: "libvirtd's socket",
    mend: "sudo systemctl enable --now libvirtd, or run in hw-runners/sandbox.sh",
    async look(machine) {
      const paths = ["/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock"];
      for (const path of paths) if (await machine.exists(path)) return { ok: true, found: path };
      return { ok: false, found: `neither ${paths.join(" nor ")}` };
    },
  },
  {
    id: "kvm",
    what: "hardware virtualization",
    mend: "switch virtualization on in the firmware, and load the module kvm_intel or kvm_amd",
    without: "guests run in software, a hundred times slower; that it works only a guest can tell",
    async look(machine) {
      const ok = await machine.exists("/dev/kvm");
      return { ok, found: ok ? "/dev/kvm is there; whether it works, the driver tells" : "none" };
    },
  },
  {
    id: "group",
    what: "this user may talk to libvirt",
    mend: "sudo usermod -aG libvirt $USER, and log in anew",
    async look(machine) {
      const ran = await machine.run("id", ["-Gn"]);
      const groups = ran?.out.split(" ") ?? [];
      const ok = groups.includes("libvirt") || groups.includes("root");
      return { ok, found: `groups ${groups.join(" ")}` };
    },
  },
];

/** For a cluster on a Linux machine. */
export const KUBEVIRT_PROBES: readonly Probe[] = [
  programProbe("kubectl", ["version", "--client"], {
    what: "kubectl",
    mend: "install it by https://kubernetes.io/docs/tasks/tools/; k3s brings one",
    without: "the driver has a client of its own; kubectl is for people",
  }),
];
