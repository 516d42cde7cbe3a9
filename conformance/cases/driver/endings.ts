/**
 * How settled calls and lists are shown in a check.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Settled } from "../../case.ts";

/** The names of machines, sorted: a list may have any order. */
export const names = (machines: readonly { name: string }[]): string[] =>
  machines.map((machine) => machine.name).sort();

/** The code that a settled call was refused with, or `ok`. */
export const ending = ({ error }: Settled<unknown>): string =>
  error === undefined ? "ok" : isDriverError(error) ? error.code : String(error);
