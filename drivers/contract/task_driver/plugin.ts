/**
 * What a task driver says about itself as a plugin, and how it is configured.
 *
 * @module
 */

/** What a plugin is. */
export interface TaskPluginInfo {
  /** What jobs name in `driver = "…"`. */
  readonly name: string;
  /** Always `driver`. */
  readonly type: "driver";
  /** The plugin API versions that it speaks, such as `v0.1.0`. */
  readonly apiVersions: readonly string[];
  /** Its own version, as semantic versioning says. */
  readonly version: string;
}

/** The only version of the plugin API that there is. */
export const TASK_API_VERSION = "v0.1.0";

/** What the agent tells a plugin about itself; nothing, while configurations are only validated. */
export interface TaskAgentConfig {
  /** The lowest port that the plugin may use. */
  readonly minPort?: number;
  /** The highest. */
  readonly maxPort?: number;
  /** Processor cores that tasks may reserve. */
  readonly cores?: readonly number[];
}

/** What `setConfig` gets. */
export interface TaskPluginSettings {
  /**
   * The plugin's configuration: a {@linkcode TaskPluginConfig} for drivers of virtual machines. It
   * comes from a user's file, so the driver holds it to its schema; absent means that there is none.
   */
  readonly config?: unknown;
  /** The plugin API version that the agent picked; {@linkcode TASK_API_VERSION} if absent. */
  readonly apiVersion?: string;
  /** Absent while configurations are only validated. */
  readonly agent?: TaskAgentConfig;
}

/** How tasks are kept apart from the host's files. */
export type FsIsolation = "none" | "chroot" | "image" | "unveil";

/** How tasks can be kept apart from the host's network. */
export type NetIsolation = "host" | "group" | "task" | "none";

/**
 * What a driver declares, in the plugin API's own words; stable over its life. `sendSignals`, `exec`
 * and `mustInitiateNetwork` are there exactly if the driver has the facets of those calls.
 */
export interface TaskCapabilities {
  /** Whether tasks take signals: the facet `signals`. */
  readonly sendSignals: boolean;
  /** Whether commands run in tasks: the facet `exec`. */
  readonly exec: boolean;
  /** How tasks are kept apart from the host's files; `image` for virtual machines. */
  readonly fsIsolation: FsIsolation;
  /** The ways in which tasks can be kept apart from the host's network. */
  readonly netIsolationModes: readonly NetIsolation[];
  /** Whether the agent has to ask the driver for networks: the facet `networks`. */
  readonly mustInitiateNetwork: boolean;
  /** Whether host folders can be mounted into tasks. */
  readonly mountConfigs: "all" | "none";
  /** Whether the agent should not collect the logs of tasks. */
  readonly disableLogCollection: boolean;
  /** Whether tasks may run as users that are made for them alone. */
  readonly dynamicWorkloadUsers: boolean;
}

/**
 * How well a driver is: `undetected` where what it needs is absent, `unhealthy` where that is there
 * but does not work.
 */
export type TaskHealth = "undetected" | "unhealthy" | "healthy";

/** One fact about a host. A string must not have a unit. */
export interface TaskAttribute {
  /** The value; its type never changes. */
  readonly value: string | number | boolean;
  /** The unit of a number, such as `MiB`. */
  readonly unit?: string;
}

/** What a driver found out about its host. */
export interface TaskFingerprint {
  /** How well it is. */
  readonly health: TaskHealth;
  /** Why, for people; `Healthy` by default. Never empty where something is wrong. */
  readonly description: string;
  /** By key, such as `driver.virt.version`: all begin with `driver.<name>`. Without secrets. */
  readonly attributes: Readonly<Record<string, TaskAttribute>>;
}

/** The text of a fingerprint where nothing is wrong. */
export const HEALTHY = "Healthy";
