/**
 * Where everything that the seed of the `machine-plugin` contract exports has its home: the public
 * names of Gardener's KubeVirt plugin.
 *
 * @module
 */

import type { MachinePlugin, PluginSpi } from "./plugin.ts";

/** A symbol of the contract, or a member of one. */
export type PluginSymbol =
  | "MachinePlugin"
  | `MachinePlugin.${keyof MachinePlugin & string}`
  | "PluginSpi"
  | `PluginSpi.${keyof PluginSpi & string}`;

/** One exported item of the seed. */
export interface PluginSeedItem {
  /** Package, type and member, such as `kubevirt.MachinePlugin.CreateMachine`. */
  readonly item: string;
  /** Its home in the contract. */
  readonly symbol: PluginSymbol;
  /** The ids of the clauses that say what it has to do. */
  readonly clauses: readonly string[];
}

type Row = readonly [item: string, symbol: PluginSymbol, ...clauses: string[]];

const ROWS: readonly Row[] = [
  ["NewKubevirtPlugin", "MachinePlugin", "plugin.secret.used"],
  ["MachinePlugin", "MachinePlugin", "plugin.error.shape", "plugin.request.unchanged"],
  ["MachinePlugin.SPI", "MachinePlugin.spi", "plugin.spi"],
  [
    "MachinePlugin.CreateMachine",
    "MachinePlugin.createMachine",
    "plugin.create.ids",
    "plugin.create.again",
    "plugin.create.differs",
    "plugin.create.rollback",
  ],
  [
    "MachinePlugin.DeleteMachine",
    "MachinePlugin.deleteMachine",
    "plugin.delete.gone",
    "plugin.delete.complete",
    "plugin.delete.absent",
    "plugin.delete.incarnation",
  ],
  [
    "MachinePlugin.GetMachineStatus",
    "MachinePlugin.getMachineStatus",
    "plugin.status.absent",
    "plugin.status.ids",
    "plugin.status.repeatable",
  ],
  [
    "MachinePlugin.GetVolumeIDs",
    "MachinePlugin.getVolumeIDs",
    "plugin.volumes",
    "plugin.volumes.empty",
  ],
  [
    "MachinePlugin.ListMachines",
    "MachinePlugin.listMachines",
    "plugin.list",
    "plugin.list.unmarked",
    "plugin.list.pages",
    "plugin.list.whole",
  ],
  ["PluginSPI", "PluginSpi", "plugin.spi"],
  ["PluginSPI.CreateMachine", "PluginSpi.createMachine", "plugin.spi", "plugin.create.ids"],
  ["PluginSPI.DeleteMachine", "PluginSpi.deleteMachine", "plugin.spi", "plugin.delete.gone"],
  ["PluginSPI.GetMachineStatus", "PluginSpi.getMachineStatus", "plugin.spi", "plugin.status.ids"],
  ["PluginSPI.ListMachines", "PluginSpi.listMachines", "plugin.spi", "plugin.list"],
  [
    "PluginSPI.ShutDownMachine",
    "PluginSpi.shutDownMachine",
    "plugin.shutdown.off",
    "plugin.shutdown.again",
    "plugin.shutdown.conflict",
  ],
];

/** Every exported item of the seed, in its order. */
export const PLUGIN_SEED_ITEMS: readonly PluginSeedItem[] = ROWS.map((
  [item, symbol, ...clauses],
) => ({ item: `kubevirt.${item}`, symbol, clauses }));
