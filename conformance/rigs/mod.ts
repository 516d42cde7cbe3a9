/**
 * The rigs, by contract.
 *
 * @module
 */

import type { ContractName } from "../../drivers/contract/mod.ts";
import { DRIVER_RIG } from "./driver/rig.ts";
import { HarnessError } from "../subject.ts";
import type { Rig } from "./rig.ts";

const RIGS: { readonly [C in ContractName]?: Rig<C> } = {
  "driver": DRIVER_RIG,
};

/** The rig of a contract. */
export function rigOf(contract: ContractName): Rig {
  const rig: Rig | undefined = RIGS[contract];
  if (rig) return rig;
  throw new HarnessError(`There is no rig for the contract "${contract}"`);
}
