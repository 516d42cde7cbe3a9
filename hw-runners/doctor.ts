/**
 * Tells whether this machine can run the suite live, what is missing, and what mends it.
 *
 *     deno task doctor --driver libvirt [--set KEY=VALUE…] [--json]
 *
 * Ends with 0 if all is there, 2 for wrong use, 3 if something is missing.
 *
 * @module
 */

import {
  assertNoWords,
  type Option,
  optionLines,
  readArguments,
  settingsOf,
} from "../conformance/commands/arguments.ts";
import { runProgram } from "../conformance/commands/program.ts";
import { sentenceOf, unknownName, UsageError } from "../conformance/commands/usage.ts";
import { systemClock } from "../drivers/backend/mod.ts";
import { isDriverError } from "../drivers/contract/mod.ts";
import { driverNames, loadDriver } from "../drivers/registry.ts";
import { KUBEVIRT_PROBES, libvirtProbes } from "./doctor/linux.ts";
import { findings, isReady, type Probe, told } from "./doctor/probe.ts";
import { thisMachine } from "./machine.ts";
import { HCS_PROBES, HYPERV_PROBES } from "./doctor/windows.ts";

type Settings = Readonly<Record<string, string>>;

/** What each driver's machine has to have, before the driver itself is asked. */
const PROBES: Readonly<Record<string, (settings: Settings) => readonly Probe[]>> = {
  libvirt: libvirtProbes,
  kubevirt: () => KUBEVIRT_PROBES,
  hyperv: () => HYPERV_PROBES,
  hcs: () => HCS_PROBES,
};

/** What a driver says of its settings is wrong use. @throws {UsageError} */
function asUse(error: unknown): unknown {
  const isRefusal = isDriverError(error) && error.code === "invalid-argument";
  return isRefusal ? new UsageError(error.message, { cause: error }) : error;
}

/** What a driver's machine has to have. @throws {UsageError} for a setting that decides about it */
export function probesFor(driver: string, settings: Settings): readonly Probe[] {
  try {
    return PROBES[driver]?.(settings) ?? [];
  } catch (error) {
    throw asUse(error);
  }
}

/** The driver itself: it knows best what it lacks. Looking throws a `UsageError` for a wrong setting. */
export function reaches(driver: string, settings: Settings): Probe {
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
        const told = asUse(error);
        if (told instanceof UsageError) throw told;
        return { ok: false, found: sentenceOf(error) };
      }
    },
  };
}

/** Its options. */
export const OPTIONS: readonly Option[] = [
  { name: "driver", value: "NAME", help: driverNames().join(", ") },
  { name: "set", value: "KEY=VALUE", many: true, help: "a setting of the driver; no secrets" },
  { name: "json", help: "the findings as JSON" },
];

const USAGE =
  `Tells whether this machine can run the suite live, what is missing, and what mends it.

  deno task doctor --driver libvirt [--set KEY=VALUE…] [--json]

${optionLines(OPTIONS)}
Ends with 0 all is there, 2 wrong use, 3 something is missing.`;

async function main(args: readonly string[]): Promise<number> {
  const given = readArguments(args, OPTIONS);
  assertNoWords(given);
  const driver = given.one("driver");
  if (driver === undefined) {
    throw new UsageError(`Name a driver: --driver ${driverNames().join("|")}`);
  }
  if (!driverNames().includes(driver)) throw unknownName("driver", driver, driverNames());
  const machine = thisMachine();
  const settings = settingsOf(given.all("set"));
  const all = [
    ...await findings(probesFor(driver, settings), machine),
    ...await findings([reaches(driver, settings)], machine),
  ];
  console.log(
    given.has("json")
      ? JSON.stringify({ driver, ready: isReady(all), findings: all }, null, 2)
      : told(all).trimEnd(),
  );
  return isReady(all) ? 0 : 3;
}

if (import.meta.main) await runProgram(() => USAGE, main);
