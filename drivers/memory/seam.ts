/**
 * What the seam has to know about the memory driver's methods.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { SeamRules } from "../backend/module.ts";
import { type MemoryMethods, refusal } from "./backend.ts";

const READS: ReadonlySet<string> = new Set<keyof MemoryMethods>([
  "host.info",
  "machine.get",
  "machine.find",
  "machine.list",
  "machine.console",
  "machine.usage",
  "disk.list",
  "network.find",
  "network.list",
  "network.leases",
  "lab.inventory",
  "lab.portrait",
]);

/** The type of what differs from run to run, by the name of the field that it is in. */
const VOLATILE: Readonly<Record<string, string>> = {
  uuid: "uuid",
  machine: "uuid",
  mac: "mac",
};

/** The rules. */
export const SEAM: SeamRules<MemoryMethods> = {
  lane(method, params: Json): string {
    const { name, address } = params as { readonly name?: string; readonly address?: string };
    const kind = method === "event" ? "machine" : method.split(".")[0];
    return name !== undefined
      ? `${kind}:${name}`
      : address !== undefined
      ? `guest:${address}`
      : "host";
  },
  changes: (method) => !READS.has(method),
  volatile: (_, path) => VOLATILE[path.at(-1) ?? ""],
  situations: {
    "unavailable": new BackendError("unreachable", "", "The hypervisor does not answer"),
    "permission-denied": refusal("denied", "This user may not do that"),
    "no-memory": refusal("no-memory", "There is not enough memory left"),
    "disk-full": refusal("no-space", "The disk is full"),
    "busy": refusal("busy", "The machine is locked by another operation"),
    "internal": refusal("fault", "The hypervisor failed"),
  },
};
