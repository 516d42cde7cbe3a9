/**
 * Finds the module of a driver: one of the package's, or one of a user.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { type DriverModule, type PlainModule, servedBy } from "../../drivers/backend/mod.ts";
import { CONTRACTS } from "../../drivers/contract/mod.ts";
import { driverNames, loadDriver } from "../../drivers/registry.ts";
import { checkedModule } from "./module_shape.ts";
import { NOMAD_PREFIX } from "../commands/options.ts";
import { unknownName, UsageError } from "../commands/usage.ts";

/** Any module that can be put under test. */
export type AnyModule = DriverModule | PlainModule;

/** Whether a value is what a module of a user has to export. */
function isModule(value: unknown): value is AnyModule {
  if (typeof value !== "object" || value === null) return false;
  const { name, serves, connect, seam } = value as Partial<DriverModule>;
  const isServing = typeof serves === "object" && serves !== null &&
    servedBy({ serves }).length > 0;
  const isWhole = connect === undefined || typeof connect === "function" && !!seam;
  return typeof name === "string" && isServing && isWhole;
}

/**
 * Loads a driver by its name, a user's module by its path, or the module of a plugin by its path.
 *
 * @throws {UsageError}
 */
export async function loadModule(
  driver: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<AnyModule> {
  if (driver.startsWith(NOMAD_PREFIX)) {
    const { nomadModule } = await import("./nomad_module.ts");
    return await nomadModule(driver.slice(NOMAD_PREFIX.length), settings);
  }
  if (!/[\\/]/.test(driver)) {
    const known = await loadDriver(driver);
    if (known) return known;
    throw unknownName("driver", driver, driverNames());
  }
  let loaded: { default?: unknown };
  try {
    loaded = await import(pathToFileURL(driver).href);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const plain = stripVTControlCharacters(message);
    throw new UsageError(`Cannot load the module "${driver}": ${plain}`, { cause });
  }
  if (isModule(loaded.default)) {
    return "connect" in loaded.default ? loaded.default : checkedModule(loaded.default);
  }
  throw new UsageError(
    `The module "${driver}" exports no driver: its default export must be a PlainModule ` +
      '({ name, serves }) or a DriverModule ({ name, serves, connect, seam }), whose "serves" has a ' +
      `row for one of the contracts: ${CONTRACTS.join(", ")}`,
  );
}
