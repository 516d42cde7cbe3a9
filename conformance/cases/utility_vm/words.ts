/**
 * What cases about utility VMs have in common.
 *
 * @module
 */

import { isDriverError, type Subject, type UtilityVm } from "../../../drivers/contract/mod.ts";
import type { Settled } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";

/** The subject of errors about a VM. */
export const vmSubject = ({ id }: Pick<UtilityVm, "id">): Subject => `uvm:${id}`;

/** The subject of errors about something attached. */
export const attachment = (hostPath: string): Subject => `attachment:${hostPath}`;

/** A wait long enough for any end, and shorter than a case may take. */
export const LONG = { timeoutMs: 120_000 };

/** A call that every backend call fails for: tells how often it would have asked the host. */
export async function asked(
  { faults }: UvmContext,
  call: () => Promise<unknown>,
): Promise<number> {
  const plan = { kind: "error", situation: "internal", call: 1, times: Infinity } as const;
  return (await faults.during(plan, call)).met;
}

/** What a failed call was told: code and reason. */
export function told({ error }: Settled<unknown>): string {
  if (!isDriverError(error)) return error === undefined ? "success" : `no such error: ${error}`;
  return error.reason === undefined ? error.code : `${error.code} ${error.reason}`;
}

/** What is in one list and not in the other. */
export function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((entry) => !before.includes(entry));
}

/** The devices of a VM on the host, with the document's own left out. */
export async function devicesSince(
  { host }: UvmContext,
  vm: UtilityVm,
  before: readonly string[],
): Promise<string[]> {
  return added(before, await host.devices(vm.id));
}

/** A member of a JSON document, down a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    const isObject = typeof here === "object" && here !== null;
    here = isObject ? (here as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return here;
}
