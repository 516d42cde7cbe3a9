/**
 * What a user's module has to look like: types are gone when it is loaded, so it is looked at.
 *
 * @module
 */

import type { PlainModule } from "../../drivers/backend/mod.ts";
import type { Driver } from "../../drivers/contract/mod.ts";
import { UsageError } from "../commands/usage.ts";

/** What every driver has, of whatever make; its other members are facets. */
const MEMBERS = [
  "name",
  "owner",
  "nameRule",
  "status",
  "qualifiedMachineName",
  "machineFacets",
  "machines",
  "images",
  Symbol.asyncDispose,
] as const satisfies (keyof Driver)[];

/** The same module, which refuses to open what is no driver. */
export function checkedModule<M extends PlainModule>(module: M): M {
  const { driver } = module.serves;
  if (!driver) return module;
  const checked: typeof driver = {
    host: driver.host?.bind(driver),
    open: async (context) => checkedDriver(module.name, await driver.open(context)),
  };
  return { ...module, serves: { ...module.serves, driver: checked } };
}

function checkedDriver(name: string, opened: unknown): Driver {
  const lacking = typeof opened !== "object" || opened === null
    ? MEMBERS
    : MEMBERS.filter((member) => (opened as Partial<Driver>)[member] === undefined);
  if (lacking.length === 0) return opened as Driver;
  const shown = lacking.map((member) =>
    typeof member === "string" ? `"${member}"` : `[${member.description}]`
  );
  throw new UsageError(
    `What "open" of module "${name}" answers is no driver: it lacks ${shown.join(", ")}`,
  );
}
