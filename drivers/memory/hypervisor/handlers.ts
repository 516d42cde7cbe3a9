/**
 * How the simulated hypervisor answers.
 *
 * @module
 */

import type { MemoryMethods } from "../backend.ts";

/** What answers each method, at once. */
export type Handlers<Prefix extends string> = {
  readonly [K in keyof MemoryMethods & `${Prefix}.${string}`]: (
    params: MemoryMethods[K]["params"],
  ) => MemoryMethods[K]["result"];
};
