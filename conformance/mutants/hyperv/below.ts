/**
 * Defects between the adapter and what answers its cmdlets.
 *
 * @module
 */

import { BackendError, type Json } from "../../../drivers/backend/backend.ts";
import type { DriverContext } from "../../../drivers/backend/module.ts";
import type { Mutant } from "../mutant.ts";

/** A defect below the adapter. */
export type Below = NonNullable<Mutant["below"]>;

/** What is read of a machine. */
export type Vm = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly notes: string;
};

/** Whether Hyper-V refused. */
export const isRefused = (error: unknown): error is BackendError =>
  error instanceof BackendError && error.kind === "refused";
/** A parameter by its name. */
export const field = (params: Json, name: string): Json | undefined =>
  (params as Readonly<Record<string, Json | undefined>>)[name];

/** Changes the machines that are found, also those that power cmdlets and adapters are answered with. */
export const onVms = (
  change: (vms: readonly Vm[], params: Json, context: DriverContext) => readonly Vm[],
): Below =>
(call, context) =>
async (method, params) => {
  const result = await call(method, params);
  const { vm, vms } = (result ?? {}) as unknown as { vm?: Vm; vms?: readonly Vm[] };
  if (vms) return { vms: change(vms, params, context) as unknown as Json };
  if (!vm) return result;
  return { ...result as Record<string, Json>, vm: change([vm], params, context)[0] as Json };
};

/** What is remembered of each world's driver, by its owner: instances are made anew, defects stay. */
const remembered = new WeakMap<object, Map<string, Json>>();

/** What is remembered in a world. */
export function memoryOf(context: DriverContext): Map<string, Json> {
  const memory = remembered.get(context.clock) ?? new Map<string, Json>();
  remembered.set(context.clock, memory);
  return memory;
}

/** Answers the same as the first time, if the call is one of those. */
export const cached = (
  isCached: (method: string, params: Json, result: Json) => boolean,
): Below =>
(call, context) =>
async (method, params) => {
  const memory = memoryOf(context);
  const key = JSON.stringify([method, params]);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const result = await call(method, params);
  if (isCached(method, params, result)) memory.set(key, result);
  return result;
};
