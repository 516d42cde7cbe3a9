/**
 * The contracts of vmtck: the types, clauses and errors that drivers of virtual machines are held to.
 * Adapters are below `./drivers/`, what writing one takes is in `./backend` and `./images`, and the
 * suite in `./conformance`.
 *
 * ```ts
 * import { type Driver, isDriverError, type MachineRef } from "@vmtck/vmtck";
 *
 * // Works with every driver that keeps the contract: errors are told by their codes, never by texts.
 * async function startIfThere(driver: Driver, machine: MachineRef): Promise<boolean> {
 *   try {
 *     await (await driver.machines.get(machine)).start();
 *     return true;
 *   } catch (error) {
 *     if (isDriverError(error) && error.code === "not-found") return false;
 *     throw error;
 *   }
 * }
 * ```
 *
 * @module
 */

export * from "./drivers/contract/mod.ts";
