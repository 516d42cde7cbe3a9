/**
 * What is to be measured: the module that the options name, and what answers.
 *
 * @module
 */

import { loadModule } from "../conformance/compose/load_module.ts";
import type { AnyModule } from "../conformance/compose/load_module.ts";
import { simulationOf } from "../conformance/simulations/mod.ts";
import type { Ledger } from "../conformance/engine/ledger.ts";
import { userPath } from "../conformance/commands/program.ts";
import { lastingLedger, ledgerFolder, passingLedger } from "../conformance/commands/run_ledger.ts";
import { unknownName, UsageError } from "../conformance/commands/usage.ts";
import { driverNames } from "../drivers/registry.ts";
import type { AnyMeasure } from "./measure.ts";
import { MEASURES } from "./measures/mod.ts";
import type { Options } from "./options.ts";

/** What is measured. */
export interface Target {
  /** The module; of the simulation, where that answers. */
  readonly module: AnyModule;
  /** The driver, by name or absolute path. */
  readonly driver: string;
  /** Whether what is made stays if this process dies. */
  readonly isLive: boolean;
}

/** The driver, with an absolute path if it is one of a module. @throws {UsageError} if none is named */
export function driverOf({ driver }: Pick<Options, "driver">): string {
  if (driver === undefined) {
    throw new UsageError(`Name a driver: --driver ${driverNames().join("|")}|./my_driver.ts`);
  }
  return /[\\/]|\.[cm]?[jt]s$/.test(driver) ? userPath(driver).replaceAll("\\", "/") : driver;
}

/** What the options name. @throws {UsageError} if there is no such driver, or nothing that answers */
export async function targetOf(options: Pick<Options, "driver" | "live">): Promise<Target> {
  const driver = driverOf(options);
  const module = await loadModule(driver);
  const isVirtual = "connect" in module && module.time === "virtual";
  if (options.live || isVirtual) return { module, driver, isLive: !isVirtual };
  const simulation = await simulationOf(module.name);
  if (simulation) return { module: simulation, driver, isLive: false };
  throw new UsageError(
    `There is no simulator for driver "${module.name}": add "--live" to measure the hypervisor`,
  );
}

/** The measures of those names; all of them without any. @throws {UsageError} */
export function measuresOf(
  names: readonly string[],
  all: readonly AnyMeasure[] = MEASURES,
): readonly AnyMeasure[] {
  const known = all.map(({ id }) => id);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) throw unknownName("measure", stranger, known);
  return all.filter(({ id }) => names.length === 0 || names.includes(id));
}

/** The ledger: on disk if the host outlives the process, where `conformance reap` finds it. */
export async function ledgerOf(
  { driver, isLive }: Target,
  { settings, startedAt }: { settings: Readonly<Record<string, string>>; startedAt: string },
): Promise<Ledger & AsyncDisposable> {
  if (!isLive) return passingLedger();
  const folder = ledgerFolder((name) => Deno.env.get(name));
  const chance = crypto.getRandomValues(new Uint8Array(5)).toHex();
  const run = `${startedAt.replace(/[^0-9]/g, "")}-bench-${chance}`;
  return await lastingLedger(folder, { run, driver, settings, startedAt });
}
