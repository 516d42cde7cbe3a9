/**
 * Where everything that the seed of the `task-driver` contract exports has its home: the public names of
 * Nomad's driver for virtual machines.
 *
 * @module
 */

import type { EmulatorConfig, OsConfig, TaskConfig, TaskPluginConfig } from "./config.ts";
import type { TaskNet, VmStartedBuildResponse } from "./net.ts";
import type { TaskHandle, TaskStatus } from "./task.ts";
import type { TaskDriver, TaskExec, TaskSignals } from "./task_driver.ts";

/** What is named in the table; the compiler refuses a name that is no member. */
interface Homes {
  EmulatorConfig: EmulatorConfig;
  OsConfig: OsConfig;
  TaskConfig: TaskConfig;
  TaskDriver: TaskDriver;
  TaskExec: TaskExec;
  TaskHandle: TaskHandle;
  TaskNet: TaskNet;
  TaskPluginConfig: TaskPluginConfig;
  TaskSignals: TaskSignals;
  TaskStatus: TaskStatus;
  VmStartedBuildResponse: VmStartedBuildResponse;
}

/** A symbol of the contract, or a member of one, such as `TaskDriver.waitTask`. */
export type TaskSymbol = {
  [Name in keyof Homes]: Name | `${Name}.${keyof Homes[Name] & string}`;
}[keyof Homes];

/** One exported item of the seed. */
export interface TaskSeedItem {
  /** Package, type and member, such as `virt.VirtDriverPlugin.WaitTask`. */
  readonly item: string;
  /** Its home in the contract. */
  readonly symbol: TaskSymbol;
  /** The ids of the clauses that say what it has to do. */
  readonly clauses: readonly string[];
}

type Row = readonly [item: string, symbol: TaskSymbol, ...clauses: string[]];

const CONFIG: readonly Row[] = [
  ["Config", "TaskPluginConfig", "task.config.invalid", "task.config.again"],
  ["Config.Emulator", "TaskPluginConfig.emulator", "task.config.invalid"],
  ["Config.DataDir", "TaskPluginConfig.data_dir", "task.config.invalid"],
  [
    "Config.ImagePaths",
    "TaskPluginConfig.image_paths",
    "task.image.denied",
    "task.image.detours",
  ],
  ["Emulator", "EmulatorConfig", "task.config.invalid", "task.fingerprint.unhealthy"],
  ["OS", "OsConfig", "task.start.invalid", "task.guest.effect"],
  ["ImageHandler", "TaskConfig.image", "task.image.unchanged", "task.image.headers"],
  ["DomainGetter", "TaskDriver.inspectTask", "task.inspect.live", "task.wait.vanished"],
  ["Virtualizer", "TaskDriver.startTask", "task.start.rollback", "task.destroy.clean"],
];

const TASK: readonly Row[] = [
  ["TaskConfig", "TaskConfig", "task.start.invalid", "task.guest.effect"],
  ["TaskConfig.ImagePath", "TaskConfig.image", "task.image.denied", "task.image.missing"],
  ["TaskConfig.Hostname", "TaskConfig.hostname", "task.guest.hostname"],
  ["TaskConfig.OS", "TaskConfig.os", "task.guest.effect"],
  ["TaskConfig.UserData", "TaskConfig.user_data", "task.guest.effect"],
  ["TaskConfig.TimeZone", "TaskConfig.timezone", "task.guest.effect"],
  ["TaskConfig.CMDs", "TaskConfig.cmds", "task.guest.effect"],
  [
    "TaskConfig.DefaultUserSSHKey",
    "TaskConfig.default_user_authorized_ssh_key",
    "task.guest.effect",
  ],
  [
    "TaskConfig.DefaultUserPassword",
    "TaskConfig.default_user_password",
    "task.guest.effect",
    "task.guest.secrets",
  ],
  ["TaskConfig.UseThinCopy", "TaskConfig.use_thin_copy", "task.image.unchanged"],
  ["TaskConfig.PrimaryDiskSize", "TaskConfig.primary_disk_size", "task.disk.size"],
  [
    "TaskConfig.NetworkInterfacesConfig",
    "TaskConfig.network_interface",
    "task.net.address",
    "task.net.unknown-label",
  ],
  ["TaskState", "TaskHandle.driverState", "task.start.handle", "task.recover.bytes"],
  ["TaskState.TaskConfig", "TaskHandle.config", "task.recover.bytes"],
  ["TaskState.StartedAt", "TaskStatus.startedAt", "task.recover.started-at"],
  ["TaskState.NetTeardown", "VmStartedBuildResponse.teardown", "task.recover.teardown"],
];

const NET: readonly Row[] = [
  ["Net", "TaskNet", "task.net.teardown"],
  ["Net.Init", "TaskNet.init", "task.open.no-effect", "task.config.again"],
  ["Net.Fingerprint", "TaskNet.fingerprint", "task.fingerprint.attributes"],
  ["Net.VMStartedBuild", "TaskNet.vmStartedBuild", "task.net.address", "task.net.timeout"],
  [
    "Net.VMTerminatedTeardown",
    "TaskNet.vmTerminatedTeardown",
    "task.net.teardown",
    "task.recover.teardown",
    "task.destroy.partial",
  ],
];

const PLUGIN: readonly Row[] = [
  ["NewPlugin", "TaskDriver", "task.open.no-effect"],
  ["VirtDriverPlugin", "TaskDriver", "task.open.no-effect", "task.dispose"],
  [
    "VirtDriverPlugin.Capabilities",
    "TaskDriver.capabilities",
    "task.capabilities.stable",
    "task.capabilities.facets",
  ],
  [
    "VirtDriverPlugin.ConfigSchema",
    "TaskDriver.configSchema",
    "task.plugin.schema",
    "task.plugin.unconfigured",
  ],
  [
    "VirtDriverPlugin.DestroyTask",
    "TaskDriver.destroyTask",
    "task.destroy.running",
    "task.destroy.force",
    "task.destroy.clean",
    "task.destroy.forgotten",
  ],
  [
    "VirtDriverPlugin.ExecTask",
    "TaskExec.execTask",
    "task.exec.result",
    "task.exec.timeout",
    "task.capabilities.undeclared",
  ],
  [
    "VirtDriverPlugin.Fingerprint",
    "TaskDriver.fingerprint",
    "task.fingerprint.at-once",
    "task.fingerprint.unhealthy",
    "task.fingerprint.readers",
  ],
  [
    "VirtDriverPlugin.InspectTask",
    "TaskDriver.inspectTask",
    "task.inspect.fields",
    "task.inspect.live",
  ],
  [
    "VirtDriverPlugin.PluginInfo",
    "TaskDriver.pluginInfo",
    "task.plugin.info",
    "task.plugin.unconfigured",
  ],
  [
    "VirtDriverPlugin.RecoverTask",
    "TaskDriver.recoverTask",
    "task.recover.goes-on",
    "task.recover.gone",
    "task.recover.bad",
  ],
  [
    "VirtDriverPlugin.SetConfig",
    "TaskDriver.setConfig",
    "task.config.again",
    "task.config.invalid",
  ],
  [
    "VirtDriverPlugin.SignalTask",
    "TaskSignals.signalTask",
    "task.signal.unknown",
    "task.capabilities.undeclared",
  ],
  [
    "VirtDriverPlugin.StartTask",
    "TaskDriver.startTask",
    "task.start.running",
    "task.start.exists",
    "task.start.rollback",
    "task.net.address",
  ],
  [
    "VirtDriverPlugin.StopTask",
    "TaskDriver.stopTask",
    "task.stop.kept",
    "task.stop.graceful",
    "task.stop.forced",
  ],
  [
    "VirtDriverPlugin.TaskConfigSchema",
    "TaskDriver.taskConfigSchema",
    "task.plugin.schema",
    "task.plugin.unconfigured",
  ],
  [
    "VirtDriverPlugin.TaskEvents",
    "TaskDriver.taskEvents",
    "task.events.all",
    "task.events.abort",
  ],
  [
    "VirtDriverPlugin.TaskStats",
    "TaskDriver.taskStats",
    "task.stats.interval",
    "task.stats.bytes",
    "task.stats.exit",
  ],
  [
    "VirtDriverPlugin.WaitTask",
    "TaskDriver.waitTask",
    "task.wait.before-stop",
    "task.wait.exited",
    "task.wait.abort",
    "task.wait.missing",
  ],
];

/** The table, in the seed's own order. */
export const TASK_SEED_ITEMS: readonly TaskSeedItem[] = [...CONFIG, ...TASK, ...NET, ...PLUGIN]
  .map(([item, symbol, ...clauses]) => ({ item: `virt.${item}`, symbol, clauses }));
