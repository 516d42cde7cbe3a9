/**
 * What a machine may be called, and what it may be asked to be.
 *
 * @module
 */

import { assertName, type MachineRef, type MachineSpec, type NameRule } from "../contract/mod.ts";
import { type About, refuse } from "./errors.ts";

/**
 * Three labels and the dots between them are a machine's name in Hyper-V, which has at most 100
 * characters, and part of paths, which have at most 260.
 */
export const NAME_RULE: NameRule = {
  maxLength: 30,
  description: "lower-case letters, digits and hyphens; first and last a letter or digit",
};

/** Hyper-V's own limits; it takes memory in steps of 2 MiB. */
const MEMORY_MIB = { min: 32, max: 12 * 1024 * 1024 };
const CPUS = { min: 1, max: 240 };

/** Checks a machine's names. @throws {DriverError} */
export function assertRef(ref: MachineRef, about: About): void {
  assertName(ref.cluster, { ...about, rule: NAME_RULE });
  assertName(ref.name, { ...about, rule: NAME_RULE });
}

/** Checks all that is asked of a new machine. @throws {DriverError} `invalid-argument` */
export function assertSpec(spec: MachineSpec, about: About): void {
  assertRef(spec, about);
  const check = (what: string, value: number | undefined, { min, max }: typeof CPUS): void => {
    if (value === undefined || Number.isInteger(value) && value >= min && value <= max) return;
    const why = `"${what}" is a whole number from ${min} to ${max}: ${value}`;
    throw refuse(about, "invalid-argument", why);
  };
  check("memoryMiB", spec.memoryMiB, MEMORY_MIB);
  check("cpus", spec.cpus, CPUS);
}
