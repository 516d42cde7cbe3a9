/**
 * The drivers of this package: the only list of them.
 *
 * @module
 */

import type { DriverModule } from "./backend/module.ts";
import { Registry } from "./contract/mod.ts";

/** How each driver's module is got; nothing of it is loaded before. */
const DRIVERS = new Registry<() => Promise<DriverModule>>();
DRIVERS.register("memory", async () => (await import("./memory/mod.ts")).MEMORY);

/** The names of the drivers. */
export function driverNames(): string[] {
  return DRIVERS.names();
}

/** Loads a driver's module, named in any letter case; undefined if there is none of that name. */
export async function loadDriver(name: string): Promise<DriverModule | undefined> {
  return await DRIVERS.get(name)?.();
}

/** The driver's name that is most like a name which is none; undefined if all are too different. */
export function nearestDriver(name: string): string | undefined {
  const [nearest] = driverNames()
    .map((known) => ({ known, edits: editDistance(name.toLowerCase(), known) }))
    .filter(({ known, edits }) => edits <= known.length / 2)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.known;
}

/** How many characters have to be put in, taken out or replaced to make one text of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, char] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
