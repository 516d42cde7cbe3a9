/**
 * Switching a machine off, so that it stays off.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { MachineOutline } from "./backend.ts";
import { isUnsure } from "./errors.ts";
import { theWholeMachine } from "./plugin_look.ts";
import type { MachineCall } from "./plugin_request.ts";
import { untilGone } from "./plugin_wait.ts";
import { isRefusal } from "./status.ts";

/** How often a change is tried against other writers. */
const ATTEMPTS = 5;
/** The phases of an instance that is over. */
const FINAL: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);

/**
 * Switches a machine off, and waits until its instance is over. It stays off, as the machine itself
 * is told to: an instance that is merely removed comes back.
 *
 * @throws {Trouble} `not-found`, `aborted` if others keep writing, `deadline-exceeded`
 */
export async function shutDownMachine(call: MachineCall): Promise<MachineOutline> {
  const vm = await halted(call);
  await untilGone(call, async () => await isOver(call) ? [] : ["an instance that runs"]);
  return vm;
}

/** The machine, told to be off. Each attempt begins with what is there now: others may have written. */
async function halted(call: MachineCall): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const vm = await theWholeMachine(call);
    if (vm.spec.runStrategy === "Halted") return vm;
    const { running: _, ...spec } = vm.spec;
    try {
      const body = { ...vm, spec: { ...spec, runStrategy: "Halted" } };
      return await objects.replace("virtualmachines", names.vm, body, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      const retried = isRefusal(error, 409, "Conflict") || isUnsure(error);
      if (!retried || attempt === ATTEMPTS) throw error;
    }
  }
  throw new Trouble("aborted", "Others keep changing it: try again", "conflict");
}

/** Whether the controller knows that it is to be off, and its instance is over. */
async function isOver({ objects, names, signal }: MachineCall): Promise<boolean> {
  const vm = await objects.find("virtualmachines", names.vm, { signal });
  const { generation = 0 } = vm?.metadata ?? {};
  // A controller that has not seen the change may make an instance yet.
  if (vm && (vm.status?.observedGeneration ?? -1) < generation) return false;
  const instance = await objects.find("virtualmachineinstances", names.vm, { signal });
  return instance === undefined || FINAL.has(instance.status?.phase ?? "");
}
