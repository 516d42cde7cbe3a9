/**
 * Where everything that the seeds of the `driver` contract export has its home: the public names of
 * kutti's Hyper-V driver and of kutti's core, each with a symbol of the contract and its clauses.
 *
 * @module
 */

import type { Driver } from "./driver.ts";
import type { Image, Images } from "./image.ts";
import type { Commands, Forwards, Machine, Machines, MachineStatus } from "./machine.ts";
import type { Network, Networks } from "./network.ts";
import type { POWER_STATES } from "./power.ts";
import type { directories } from "./directories.ts";
import type { Registry } from "./registry.ts";
import type { SshClient } from "./ssh.ts";
import type { OpenOptions } from "../world.ts";

/** What is named in the table; the compiler refuses a name that is no member. */
interface Homes {
  Commands: Commands;
  Driver: Driver;
  Forwards: Forwards;
  Image: Image;
  Images: Images;
  Machine: Machine;
  MachineStatus: MachineStatus;
  Machines: Machines;
  Network: Network;
  Networks: Networks;
  OpenOptions: OpenOptions;
  POWER_STATES: typeof POWER_STATES;
  Registry: Registry<unknown>;
  SshClient: SshClient;
  directories: typeof directories;
}

/** A symbol of the contract, or a member of one, such as `Machine.wait`. */
export type ContractSymbol = {
  [Name in keyof Homes]: Homes[Name] extends
    string | readonly unknown[] | ((...args: never) => unknown) ? Name
    : Name | `${Name}.${keyof Homes[Name] & string}`;
}[keyof Homes];

/** One exported item of a seed. */
export interface SeedItem {
  /** Package, type and member, such as `driverhyperv.Machine.Start`. */
  readonly item: string;
  /** Its home in the contract. */
  readonly symbol: ContractSymbol;
  /** The ids of the clauses that say what it has to do. */
  readonly clauses: readonly string[];
}

type Row = readonly [item: string, symbol: ContractSymbol, ...clauses: string[]];

const HYPERV_PACKAGE: readonly Row[] = [
  ["MachineStatusStarting", "POWER_STATES", "machine.status.declared"],
  ["MachineStatusStopping", "POWER_STATES", "machine.status.declared"],
  ["MachineStatusCreating", "POWER_STATES", "machine.status.declared"],
  ["ImagesVersion", "OpenOptions.imagesUrl", "image.update"],
  ["ImagesSourceURL", "OpenOptions.imagesUrl", "image.update", "image.update.unreachable"],
];

const HYPERV_DRIVER: readonly Row[] = [
  ["Driver", "Driver", "driver.open.no-effect", "driver.stable", "driver.dispose"],
  [
    "Driver.DeleteMachine",
    "Machines.delete",
    "machine.delete.gone",
    "machine.delete.complete",
    "machine.delete.again",
    "machine.delete.running",
  ],
  ["Driver.DeleteNetwork", "Networks.delete", "network.delete", "network.delete.missing"],
  ["Driver.Description", "Driver.description", "driver.stable"],
  ["Driver.Error", "Driver.status", "driver.status.error", "driver.unavailable"],
  ["Driver.GetImage", "Images.get", "image.get"],
  ["Driver.GetMachine", "Machines.get", "error.missing", "machine.adopt"],
  ["Driver.K8sVersions", "Images.versions", "image.versions"],
  ["Driver.ListImages", "Images.list", "image.update", "image.persists"],
  ["Driver.Name", "Driver.name", "registry.name", "driver.stable"],
  [
    "Driver.NewMachine",
    "Machines.create",
    "machine.create.stopped",
    "machine.create.spec",
    "machine.create.exists",
    "error.rollback",
  ],
  ["Driver.NewNetwork", "Networks.create", "network.create", "network.create.exists"],
  ["Driver.QualifiedMachineName", "Driver.qualifiedMachineName", "name.injective"],
  ["Driver.QualifiedNetworkName", "Networks.qualifiedName", "network.injective"],
  ["Driver.Status", "Driver.status", "driver.status.ready", "driver.status.error"],
  ["Driver.UpdateImageList", "Images.update", "image.update", "image.update.malformed"],
  ["Driver.UsesNATNetworking", "Driver.reachability", "driver.stable"],
  ["Driver.UsesPerClusterNetworking", "Driver.networks", "driver.stable", "network.create"],
  ["Driver.ValidK8sVersion", "Images.versions", "image.versions", "machine.create.unknown-image"],
];

const HYPERV_IMAGE: readonly Row[] = [
  ["Image", "Image", "image.handle", "image.persists"],
  ["Image.Deprecated", "Image.deprecated", "image.deprecated", "machine.create.deprecated"],
  ["Image.Fetch", "Image.fetch", "image.fetch", "image.fetch.checksum"],
  ["Image.FetchWithProgress", "Image.fetch", "image.progress", "image.progress.throws"],
  ["Image.FromFile", "Image.fromFile", "image.from-file", "image.from-file.wrong"],
  ["Image.K8sVersion", "Image.version", "image.get"],
  ["Image.MarshalJSON", "Image.toJSON", "image.json"],
  ["Image.PurgeLocal", "Image.purge", "image.purge"],
  ["Image.Status", "Image.status", "image.status.declared", "machine.create.image-missing"],
  ["Image.UnmarshalJSON", "Images.fromJSON", "image.json", "image.json.bad"],
];

const HYPERV_MACHINE: readonly Row[] = [
  ["Machine", "Machine", "driver.facets.stable", "machine.identity"],
  ["Machine.Error", "MachineStatus.error", "machine.status.declared", "error.isolated"],
  [
    "Machine.ExecuteCommand",
    "Commands.execute",
    "machine.commands.params",
    "machine.commands.rename",
    "machine.commands.stopped",
  ],
  ["Machine.ForceStop", "Machine.forceStop", "machine.force-stop.stopped"],
  ["Machine.ForwardPort", "Forwards.add", "forward.add"],
  ["Machine.ForwardSSHPort", "Forwards.add", "forward.ssh"],
  ["Machine.IPAddress", "Machine.address", "machine.address.literal", "machine.address.none"],
  ["Machine.ImplementsCommand", "Commands.implements", "machine.commands.honest"],
  ["Machine.Name", "Machine.name", "name.exact"],
  ["Machine.SSHAddress", "Machine.sshAddress", "machine.ssh-address", "machine.ssh-address.none"],
  ["Machine.Start", "Machine.start", "machine.start.running", "machine.start.idempotent"],
  ["Machine.Status", "Machine.status", "machine.status.declared", "machine.status.live"],
  ["Machine.Stop", "Machine.stop", "machine.stop.stopped", "machine.stop.graceful"],
  ["Machine.UnforwardPort", "Forwards.remove", "forward.remove"],
  [
    "Machine.WaitForStateChange",
    "Machine.wait",
    "machine.wait.reached",
    "machine.wait.timeout",
    "machine.wait.failed",
  ],
];

const CORE_PACKAGE: readonly Row[] = [
  ["CacheDir", "directories", "driver.directories"],
  ["ConfigDir", "directories", "driver.open.no-effect", "image.persists"],
  ["ForEachDriver", "Registry.forEach", "registry.stop"],
  ["RegisterDriver", "Registry.register", "registry.replace", "registry.case", "registry.name"],
  ["SSHClient", "SshClient", "ssh.run"],
  ["SSHClient.RunWithResults", "SshClient.run", "ssh.run", "ssh.argv", "ssh.unreachable"],
  ["SSHClient.RunInterativeShell", "SshClient.shell", "ssh.unreachable"],
];

const CORE_DRIVER: readonly Row[] = [
  ["VMDriver", "Driver", "driver.stable"],
  ["VMDriver.Name", "Driver.name", "registry.name"],
  ["VMDriver.Description", "Driver.description", "driver.stable"],
  ["VMDriver.RequiresPortForwarding", "Driver.reachability", "driver.stable"],
  ["VMDriver.Status", "Driver.status", "driver.status.ready", "driver.status.error"],
  ["VMDriver.ListNetworks", "Networks.list", "network.list"],
  ["VMDriver.CreateNetwork", "Networks.create", "network.create", "network.create.exists"],
  ["VMDriver.GetNetwork", "Networks.get", "network.get"],
  ["VMDriver.DeleteNetwork", "Networks.delete", "network.delete", "network.delete.used"],
  ["VMDriver.ListHosts", "Machines.list", "machine.list", "machine.foreign"],
  ["VMDriver.CreateHost", "Machines.create", "machine.create.stopped", "machine.create.network"],
  ["VMDriver.GetHost", "Machines.get", "error.missing", "machine.adopt"],
  ["VMDriver.DeleteHost", "Machines.delete", "machine.delete.gone", "machine.delete.complete"],
  ["VMDriver.FetchImageList", "Images.update", "image.update", "image.update.unreachable"],
  ["VMDriver.ListImages", "Images.list", "image.update"],
  ["VMDriver.GetImage", "Images.get", "image.get"],
  ["VMNetwork", "Network", "network.create", "network.dhcp", "network.peers"],
];

const CORE_MACHINE: readonly Row[] = [
  ["VMHost", "Machine", "machine.identity", "machine.power.table"],
  ["VMHost.Name", "Machine.name", "name.exact"],
  ["VMHost.Status", "Machine.status", "machine.status.declared", "machine.status.live"],
  ["VMHost.SSHAddress", "Machine.sshAddress", "machine.ssh-address"],
  ["VMHost.Start", "Machine.start", "machine.start.running"],
  ["VMHost.Stop", "Machine.stop", "machine.stop.stopped", "machine.stop.graceful"],
  ["VMHost.ForceStop", "Machine.forceStop", "machine.force-stop.stopped"],
  ["VMHost.WaitForStateChange", "Machine.wait", "machine.wait.reached", "machine.wait.timeout"],
  ["VMHost.ForwardPort", "Forwards.add", "forward.add", "forward.machine-port", "forward.traffic"],
  ["VMHost.UnforwardPort", "Forwards.remove", "forward.remove"],
  ["VMHost.ForwardSSHPort", "Forwards.add", "forward.ssh"],
];

const CORE_IMAGE: readonly Row[] = [
  ["VMImage", "Image", "image.fetch", "image.fetch.checksum"],
  ["VMImage.K8sVersion", "Image.version", "image.get"],
  ["VMImage.Status", "Image.status", "image.status.declared"],
  ["VMImage.Fetch", "Image.fetch", "image.fetch"],
  ["VMImage.FromFile", "Image.fromFile", "image.from-file"],
  ["VMImage.PurgeLocal", "Image.purge", "image.purge"],
];

const of = (seed: string, rows: readonly Row[]): SeedItem[] =>
  rows.map(([item, symbol, ...clauses]) => ({ item: `${seed}.${item}`, symbol, clauses }));

/** Every exported item of the seeds, in their order. */
export const SEED_ITEMS: readonly SeedItem[] = [
  ...of("driverhyperv", [
    ...HYPERV_PACKAGE,
    ...HYPERV_DRIVER,
    ...HYPERV_IMAGE,
    ...HYPERV_MACHINE,
  ]),
  ...of("core", [...CORE_PACKAGE, ...CORE_DRIVER, ...CORE_MACHINE, ...CORE_IMAGE]),
];
