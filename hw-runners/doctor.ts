/**
 * Tells whether this machine can run the suite live, what is missing, and what mends it.
 *
 *     deno task doctor --driver libvirt [--set KEY=VALUE…] [--json]
 *
 * Ends with 0 if all is there, 2 for wrong use, 3 if something is missing.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { systemClock } from "../drivers/backend/mod.ts";
import { driverNames, loadDriver } from "../drivers/registry.ts";
import { KUBEVIRT_PROBES, LIBVIRT_PROBES } from "./doctor/linux.ts";
import { findings, isReady, type Probe, told } from "./doctor/probe.ts";
import { thisMachine } from "./machine.ts";
import { HCS_PROBES, HYPERV_PROBES } from "./doctor/windows.ts";

/** What each driver's machine has to have, before the driver itself is asked. */
const PROBES: Readonly<Record<string, readonly Probe[]>> = {
  libvirt: LIBVIRT_PROBES,
  kubevirt: KUBEVIRT_PROBES,
  hyperv: HYPERV_PROBES,
  hcs: HCS_PROBES,
};

/** The driver itself: it knows best what it lacks. */
function reaches(driver: string, settings: Readonly<Record<string, string>>): Probe {
  return {
    id: "driver",
    what: `driver "${driver}" reaches its hypervisor`,
    mend: "what the driver says, after all that is missing above",
    async look() {
      const module = await loadDriver(driver);
      if (!module) return { ok: false, found: "no such driver" };
      try {
        const { backend, host } = await module.connect({ settings, clock: systemClock() });
        await backend[Symbol.asyncDispose]();
        const versions = Object.entries(host.versions).map((it) => it.join(" ")).join(", ");
        return { ok: true, found: `${host.origin}: ${versions}` };
      } catch (error) {
        return { ok: false, found: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

class Misuse extends Error {}

function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new Misuse(`"--set" needs KEY=VALUE: "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArgs([...args], {
    string: ["driver", "set"],
    boolean: ["json"],
    collect: ["set"],
    unknown(arg) {
      throw new Misuse(`Unknown argument "${arg}"`);
    },
  });
  const driver = parsed.driver ?? "";
  if (!driverNames().includes(driver)) {
    throw new Misuse(`Name a driver: --driver ${driverNames().join("|")}`);
  }
  const probes = [...PROBES[driver] ?? [], reaches(driver, settingsOf(parsed.set ?? []))];
  const all = await findings(probes, thisMachine());
  console.log(
    parsed.json
      ? JSON.stringify({ driver, ready: isReady(all), findings: all }, null, 2)
      : told(all).trimEnd(),
  );
  return isReady(all) ? 0 : 3;
}

if (import.meta.main) {
  const code = await main(Deno.args).catch((error) => {
    if (!(error instanceof Misuse)) throw error;
    console.error(error.message);
    return 2;
  });
  Deno.exit(code);
}
