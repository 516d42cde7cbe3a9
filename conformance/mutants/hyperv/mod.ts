/**
 * The defects of kutti's Hyper-V driver, as mutants of this one: each of them has to be killed over the
 * simulated host, too.
 *
 * Most are planted below the adapter, where its answers come from; some are those of the reference
 * driver, applied to this one.
 *
 * @module
 */

import type { Mutant } from "../mutant.ts";
import { CLEANUP_MUTANTS } from "./cleanup.ts";
import { CMDLET_MUTANTS } from "./cmdlets.ts";
import { IMAGE_MUTANTS } from "./images.ts";
import { STATUS_MUTANTS } from "./status.ts";
import { TRANSPORT_MUTANTS } from "./transport.ts";

export { SHARED_DEFECTS } from "./shared.ts";

/** The defects that are this driver's own. */
export const HYPERV_MUTANTS: readonly Mutant[] = [
  ...TRANSPORT_MUTANTS,
  ...CMDLET_MUTANTS,
  ...IMAGE_MUTANTS,
  ...STATUS_MUTANTS,
  ...CLEANUP_MUTANTS,
];
