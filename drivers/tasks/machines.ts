/**
 * What a task driver asks of the hypervisor below it. An adapter that wants to serve tasks implements
 * this; orders, identities, waits, undoing and handles are `taskDriver`'s.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { MeaningOf } from "../backend/driver_errors.ts";
import type { Undo } from "../backend/undo.ts";
import type {
  CallOptions,
  CommandResult,
  Schema,
  TaskCapabilities,
  TaskConfig,
  TaskFacet,
  TaskFingerprint,
  TaskId,
  TaskNet,
  TaskPluginConfig,
  TaskResourceUsage,
  TaskSpec,
} from "../contract/mod.ts";
import type { ImagePaths } from "./image_paths.ts";

/** A task whose specification was checked. */
export interface TaskPlan {
  /** What it is made from. */
  readonly spec: TaskSpec;
  /** The author's part, as the schema says; what was `null` is absent. */
  readonly config: TaskConfig;
  /** The machine's name: a label of at most 23 letters that no other task has. */
  readonly machine: string;
  /** How many processors. */
  readonly cpus: number;
  /** The real path of `config.image`, in a folder that the configuration allows. */
  readonly image?: string;
  /** Says whether other files are allowed, too. */
  readonly images: ImagePaths;
}

/** A machine: all that is needed to find it again, also by another process. Lies in handles. */
export type MachineNote = {
  /** The hypervisor's name of it. */
  readonly name: string;
  /** The hypervisor's identity of it: another machine of that name has another one. */
  readonly id: string;
  /** What else the adapter needs to find or remove it. */
  readonly more?: Json;
};

/** Why a machine is off. */
export type EndReason =
  /** The guest, or whoever was asked politely, switched it off. */
  | "off"
  /** It was forced off. */
  | "forced"
  /** The guest crashed. */
  | "crashed"
  /** The host's process of it was ended. */
  | "killed"
  /** The host had no memory left for it. */
  | "out-of-memory";

/** What a look at a machine saw. */
export type Sight =
  /** It has not ended: it runs, or is on its way up or down, or is paused. */
  | { readonly state: "running" }
  /** Nobody can tell at the moment. */
  | { readonly state: "unknown" }
  /** It is off. */
  | { readonly state: "ended"; readonly reason: EndReason; readonly detail?: string }
  /** There is none of that identity. */
  | { readonly state: "gone" };

/** The machines of one owner. Calls throw whatever they like: `meaningOf` reads it. */
export interface TaskMachines {
  /** The plugin's name and version. */
  readonly plugin: { readonly name: string; readonly version: string };
  /** What every task can do. */
  readonly facets: readonly TaskFacet[];
  /** What the plugin declares. */
  readonly capabilities: TaskCapabilities;
  /** The schema of the plugin's configuration. */
  readonly configSchema: Schema;
  /** The schema of a task's. */
  readonly taskConfigSchema: Schema;
  /** The least memory of a task in MiB; by default 1. */
  readonly leastMemoryMiB?: number;
  /** What errors of the hypervisor mean. */
  readonly meaningOf?: MeaningOf;
  /** The network, if there is one to build. */
  readonly net?: TaskNet;
  /**
   * Checks, without any side effect, what a schema cannot say about the plugin's configuration.
   *
   * @throws {Trouble} `invalid-argument` naming the key
   */
  checkConfig?(config: TaskPluginConfig): void;
  /** Takes a checked configuration over. */
  configure?(config: TaskPluginConfig): void;
  /**
   * Checks, without any side effect, what a schema cannot say about a task.
   *
   * @throws {Trouble} `invalid-argument` naming the key
   */
  check?(plan: TaskPlan): void;
  /** How well the hypervisor is. */
  health(options: CallOptions): Promise<TaskFingerprint>;
  /**
   * Makes a task's machine and switches it on. Each thing made is added to `undo`, before it is made
   * unless there may be one already that is not this task's.
   */
  launch(plan: TaskPlan, undo: Undo, options: CallOptions): Promise<MachineNote>;
  /** Hardware addresses of a machine's interfaces, for {@linkcode net}. */
  macs?(note: MachineNote, options: CallOptions): Promise<readonly string[]>;
  /** Looks at a machine. */
  look(note: MachineNote, options: CallOptions): Promise<Sight>;
  /** Each item is a reason to look again. */
  changes?(signal: AbortSignal): AsyncIterable<unknown>;
  /** Asks the guest to switch itself off, and does not wait. */
  askToStop(note: MachineNote, options: CallOptions): Promise<void>;
  /** Switches a machine off; answers whether it was on. */
  switchOff(note: MachineNote, options: CallOptions): Promise<boolean>;
  /**
   * Removes everything of a task that is there, also what runs; answers whether there was anything. What
   * is gone already is no error. There is no note of a task that this process never knew.
   */
  remove(id: TaskId, note: MachineNote | undefined, options: CallOptions): Promise<boolean>;
  /** Runs a command in a machine's guest; for the facet `exec`. One whose signal aborts is ended. */
  exec?(
    note: MachineNote,
    argv: readonly string[],
    options: CallOptions,
  ): Promise<CommandResult>;
  /** What a machine uses; for the facet `stats`. `percent` is since the last call for that stream. */
  usage?(
    note: MachineNote,
    before: TaskResourceUsage | undefined,
    options: CallOptions,
  ): Promise<Omit<TaskResourceUsage, "timestamp">>;
}
