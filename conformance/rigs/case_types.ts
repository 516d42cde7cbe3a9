/**
 * What the cases of each contract can need, and what they get.
 *
 * @module
 */

import type { ContractName } from "../../drivers/contract/mod.ts";
import type { CaseContext, DriverNeed } from "./driver/context.ts";

/** A row for each contract. */
export interface CaseTypes {
  /** Machines, networks and images of one hypervisor. */
  readonly driver: { readonly need: DriverNeed; readonly context: CaseContext };
}

/** What cases of a contract can need beside what every case can. */
export type NeedOf<C extends ContractName> = C extends keyof CaseTypes ? CaseTypes[C]["need"]
  : never;

/** What cases of a contract get. */
export type ContextOf<C extends ContractName> = C extends keyof CaseTypes ? CaseTypes[C]["context"]
  : never;
