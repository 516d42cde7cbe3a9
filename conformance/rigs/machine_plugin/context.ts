/**
 * What a case of the `machine-plugin` contract gets.
 *
 * @module
 */

import type {
  MachineAnswer,
  MachineClass,
  MachinePlugin,
  MachineRequest,
  PluginFacet,
  PluginSecret,
} from "../../../drivers/contract/mod.ts";
import type { CommonContext } from "../../case.ts";
import { commonContext, type ContextParts } from "../rig.ts";
import { FreshRequests } from "./fresh.ts";

/** The facets of a plugin that a case can need. */
export type PluginNeed = PluginFacet;

/** A machine that was made, and the request that made it, with its id. */
export interface MadeMachine extends MachineAnswer {
  /** For later calls about it. */
  readonly request: MachineRequest;
}

/** Makes requests with names of their own; what is made by them goes when the case ends. */
export interface PluginFresh {
  /** A new label that the plugin's rule accepts, different from all others of the run. */
  name(): string;
  /** A class of small machines with a mark of its own. */
  machineClass(): MachineClass;
  /** Good credentials, and user data with the case's canary. */
  secret(): Promise<PluginSecret>;
  /** A request for a machine that there is not; by default of the case's own class. */
  request(machineClass?: MachineClass): Promise<MachineRequest>;
  /** A machine. */
  machine(machineClass?: MachineClass): Promise<MadeMachine>;
  /** A text in the user data of every request, which must show up nowhere else. */
  readonly canary: string;
}

/** What a case gets. */
export interface PluginContext extends CommonContext<"machine-plugin"> {
  /** The plugin under test; what is made through it is tracked. */
  readonly plugin: MachinePlugin;
  /** Makes requests. */
  readonly fresh: PluginFresh;
  /** What went through the seam so far, as a failure would show it. */
  trace(): readonly string[];
}

/** What the case's function gets. */
export function pluginContext(parts: ContextParts<"machine-plugin">): PluginContext {
  const { stage: { world }, subject: plugin, names, host, discretion } = parts;
  return {
    ...commonContext(parts),
    plugin,
    fresh: new FreshRequests({ plugin, names, host, discretion }),
    trace: () => world.trace().map((line) => JSON.stringify(line)),
  };
}
