/**
 * What answers for a driver: itself, its simulator, or recordings of either.
 *
 * @module
 */

import type { Origin } from "../../drivers/contract/mod.ts";
import type { Mode } from "../engine/events.ts";
import { UsageError } from "../commands/usage.ts";
import { simulationOf } from "../simulations/mod.ts";
import type { AnyModule } from "./load_module.ts";

/** Whether answers can come from nowhere but the module itself. */
function answersItself(module: AnyModule): boolean {
  return !("connect" in module) || module.time === "virtual";
}

/** The simulation of a module's host. @throws {UsageError} if there is none */
export async function simulated(module: AnyModule): Promise<AnyModule> {
  if (answersItself(module)) return module;
  const simulation = await simulationOf(module.name);
  if (simulation) return simulation;
  throw new UsageError(
    `There is no simulator for driver "${module.name}": leave out "--simulated"`,
  );
}

/** The origin of the recordings in a folder, if the first can be read; undefined where there are none. */
export async function recordedOrigin(folder: string): Promise<Origin | "unreadable" | undefined> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".ndjson")) continue;
      const text = await Deno.readTextFile(`${folder}/${name}`);
      return (JSON.parse(text.slice(0, text.indexOf("\n"))) as { origin: Origin }).origin;
    }
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    // What is wrong with a recording is told by the case that it is of.
    if (error instanceof SyntaxError) return "unreadable";
    if (!isAbsent) throw error;
  }
  return undefined;
}

/** The module whose answers are asked for, and where they come from. */
export interface Answering {
  /** The module. */
  readonly module: AnyModule;
  /** `itself` may be a simulated host. */
  readonly by: "itself" | "recordings" | "recordings of a simulator";
}

/** What answers. @throws {UsageError} if there is no simulator, and one is asked for */
export async function answering(
  module: AnyModule,
  { mode, fixtures }: { readonly mode: Mode; readonly fixtures: string },
): Promise<Answering> {
  if (mode === "simulated") return { module: await simulated(module), by: "itself" };
  if (mode === "live" || answersItself(module)) return { module, by: "itself" };
  const origin = await recordedOrigin(`${fixtures}/${module.name}`);
  const simulation = origin === "simulator" ? await simulationOf(module.name) : undefined;
  return simulation
    ? { module: simulation, by: "recordings of a simulator" }
    : { module, by: "recordings" };
}
