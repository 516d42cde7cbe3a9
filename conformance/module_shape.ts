/**
 * What a user's module has to look like: types are gone when it is loaded, so it is looked at.
 *
 * @module
 */

import type { Driver } from "../drivers/contract/mod.ts";
import { UsageError } from "./usage.ts";

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

/** A module that opens a driver. */
interface Opening<Context> {
  readonly name: string;
  open(context: Context): Driver | Promise<Driver>;
}

/** The same module, which refuses to open what is no driver. */
export function checkedModule<Context, M extends Opening<Context>>(module: M): M {
  return new Proxy(module, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "open") return typeof value === "function" ? value.bind(target) : value;
      return async (context: Context) => checkedDriver(target.name, await target.open(context));
    },
  });
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
