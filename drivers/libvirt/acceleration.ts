/**
 * Whether guests run on KVM. Only a guest that runs proves it: there are hosts that have the device,
 * start the machine, and then never execute an instruction of it.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import type { Acceleration } from "./backend.ts";
import { Flags } from "./rpc/constants.ts";
import { LibvirtError } from "./rpc/errors.ts";
import type { Console, LibvirtClient } from "./rpc/client.ts";
import type { Domain } from "./rpc/wire_types.ts";
import type { JsonML } from "./jsonml.ts";
import { toXml } from "./xml.ts";

/**
 * How long the BIOS may take to find that out. Emulation needs a twentieth of it: a KVM that is slower
 * than that, as inside another virtual machine, is worse than none.
 */
const PATIENCE_MS = 3000;
/** The last words of the BIOS. */
const LAST_WORDS = "No bootable device";

/** A machine without disk: its BIOS has to say that there is nothing to boot from. */
export function probeXml(type: "kvm" | "qemu", uuid: string): JsonML {
  return [
    "domain",
    { type },
    ["name", {}, `vmtck-probe-${uuid}`],
    ["uuid", {}, uuid],
    ["memory", { unit: "MiB" }, "16"],
    ["vcpu", {}, "1"],
    ["os", {}, ["type", { arch: "x86_64", machine: "q35" }, "hvm"], ["bios", { useserial: "yes" }]],
    [
      "devices",
      {},
      ["serial", { type: "pty" }, ["target", { port: "0" }]],
      ["console", { type: "pty" }, ["target", { type: "serial", port: "0" }]],
      ["controller", { type: "usb", model: "none" }],
      ["memballoon", { model: "none" }],
    ],
  ];
}

/** Runs the probe, and leaves nothing of it. */
export async function probeAcceleration(
  client: LibvirtClient,
  clock: Clock,
  type: "kvm" | "qemu" = "kvm",
): Promise<Acceleration> {
  const { PAUSED, AUTODESTROY } = Flags.domainCreate;
  const xml = toXml(probeXml(type, crypto.randomUUID()));
  let domain: Domain;
  try {
    domain = await client.call("domainCreateXml", { xml, flags: PAUSED | AUTODESTROY });
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    return { acceleration: "none", why: `the host starts no machine on it (error ${error.code})` };
  }
  try {
    await using console = await client.console(domain);
    await client.call("domainResume", { domain });
    return await ends(console, clock) ? { acceleration: "kvm", why: "a machine on it ran" } : {
      acceleration: "none",
      why: `a machine on it came to no end within ${PATIENCE_MS / 1000} s`,
    };
  } finally {
    await client.call("domainDestroyFlags", { domain });
  }
}

async function ends(console: Console, clock: Clock): Promise<boolean> {
  const abort = new AbortController();
  const reader = console.readable.getReader();
  const late = clock.sleep(PATIENCE_MS, { signal: abort.signal }).then(() => reader.cancel());
  let text = "";
  try {
    const decoder = new TextDecoder();
    for (let it = await reader.read(); !it.done; it = await reader.read()) {
      text += decoder.decode(it.value, { stream: true });
      if (text.includes(LAST_WORDS)) return true;
    }
  } catch {
    // The console broke: the machine is gone.
  } finally {
    abort.abort();
    await late.catch(() => {});
    await reader.cancel().catch(() => {});
  }
  return false;
}
