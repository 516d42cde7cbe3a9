/**
 * What a Linux machine needs for libvirt, and for a KubeVirt cluster.
 *
 * @module
 */

import { parseUri } from "../../drivers/libvirt/rpc/uri.ts";
import { readSettings } from "../../drivers/libvirt/settings.ts";
import { type Probe, programProbe, systemProbe } from "./probe.ts";

/** Where sudo looks for programs there is seldom a Deno. */
const INSTALL = 'sudo env "PATH=$PATH" deno task provision --for libvirt';

const SYSTEM = systemProbe("linux", "Linux");

const QEMU_IMG = programProbe("qemu-img", ["--version"], {
  what: "QEMU's disk tool",
  mend: INSTALL,
});

const GUEST = programProbe("mkfs.ext4", ["-V"], {
  what: "what the test guest is built with",
  mend: INSTALL,
  without: 'name the folder of a built guest with "--set guest=DIR"',
});

/** For libvirt on this machine, with one of those sockets. */
function localProbes(sockets: readonly string[]): readonly Probe[] {
  return [
    SYSTEM,
    programProbe("qemu-system-x86_64", ["--version"], { what: "QEMU", mend: INSTALL }),
    QEMU_IMG,
    programProbe("dnsmasq", ["--version"], { what: "libvirt's DHCP server", mend: INSTALL }),
    programProbe("iptables", ["--version"], { what: "the firewall's tool", mend: INSTALL }),
    GUEST,
    {
      id: "socket",
      what: "libvirtd's socket",
      mend: "sudo systemctl enable --now libvirtd, or run in hw-runners/sandbox.sh",
      async look(machine) {
        for (const path of sockets) {
          if (await machine.exists(path)) return { ok: true, found: path };
        }
        const none = sockets.length > 1 ? `neither ${sockets.join(" nor ")}` : `no ${sockets[0]}`;
        return { ok: false, found: none };
      },
    },
    {
      id: "kvm",
      what: "hardware virtualization",
      mend: "switch virtualization on in the firmware, and load the module kvm_intel or kvm_amd",
      without:
        "guests run in software, a hundred times slower; that it works only a guest can tell",
      async look(machine) {
        const ok = await machine.exists("/dev/kvm");
        const found = ok ? "/dev/kvm is there; whether it works, the driver tells" : "none";
        return { ok, found };
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
}

/** For libvirt on another machine: what is there, is judged there alone. */
function remoteProbes(uri: string, isBySsh: boolean): readonly Probe[] {
  const ssh = programProbe("ssh", ["-V"], {
    what: "OpenSSH's client, the way to that host",
    mend: "sudo apt-get install openssh-client",
  });
  return [
    ...(isBySsh ? [ssh] : []),
    { ...QEMU_IMG, without: 'name the folder of a built guest with "--set guest=DIR"' },
    GUEST,
    {
      id: "host",
      what: "libvirt's host has what it needs",
      mend: 'run "deno task doctor --driver libvirt" there',
      without: "what the driver says is all that is known of that host; and what the suite does " +
        "behind libvirt's back, such as ending QEMU, is for a libvirt on this machine alone",
      look: () =>
        Promise.resolve({
          ok: false,
          found: `"${uri}" is another machine; not looked at there: ` +
            "QEMU, dnsmasq, iptables, sockets, groups, /dev/kvm",
        }),
    },
  ];
}

/** For libvirt, where the settings say that it is. @throws {DriverError} `invalid-argument` */
export function libvirtProbes(settings: Readonly<Record<string, string>>): readonly Probe[] {
  const { uri } = readSettings(settings);
  const endpoint = parseUri(uri);
  if (endpoint.kind === "unix") return localProbes(endpoint.paths);
  return remoteProbes(uri, endpoint.kind === "command");
}

/** For a cluster on a Linux machine. */
export const KUBEVIRT_PROBES: readonly Probe[] = [
  programProbe("kubectl", ["version", "--client"], {
    what: "kubectl",
    mend: "install it by https://kubernetes.io/docs/tasks/tools/; k3s brings one",
    without: "the driver has a client of its own; kubectl is for people",
  }),
];
