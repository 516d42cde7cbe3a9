/**
 * Switching a machine off, so that it stays off.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { MachineOutline } from "./backend.ts";
import { isUnsure } from "./errors.ts";
import { theMachine } from "./plugin_look.ts";
import type { MachineCall } from "./plugin_request.ts";
import { untilGone } from "./plugin_wait.ts";
import { isRefusal } from "./status.ts";

/** How often a change is tried against other writers. */
const ATTEMPTS = 5;
/** The strategy of a machine that stays off. */
const OFF = "Halted";

/**
 * Switches a machine off, and waits until its instance is over. It stays off, as the machine itself
 * is told to: an instance that is merely removed comes back.
 *
 * @throws {Trouble} `not-found`, `aborted` if others keep writing, `deadline-exceeded`
 */
export async function shutDownMachine(call: MachineCall): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  const { vm, isNew } = await halted(call);
  if (!isNew && vm.status?.runStrategy === OFF && isOver(vm)) return vm;
  const left = ["an instance that runs"];
  const look = async (): Promise<readonly string[]> => {
    const now = await objects.find("virtualmachines", names.vm, { signal });
    return now === undefined || isOver(now) ? [] : left;
  };
  // A controller that has not seen the change may make an instance yet.
  await untilGone(call, look, left);
  return vm;
}

/** The machine, told to be off. Each attempt begins with what is there now: others may have written. */
async function halted(call: MachineCall): Promise<{ vm: MachineOutline; isNew: boolean }> {
  const { objects, names, signal } = call;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const vm = await theMachine(call);
    if (vm.spec.runStrategy === OFF) return { vm, isNew: attempt > 1 };
    const { resourceVersion } = vm.metadata;
    const body = { metadata: { resourceVersion }, spec: { runStrategy: OFF, running: null } };
    try {
      const patch = { type: "merge", body } as const;
      return {
        vm: await objects.patch("virtualmachines", names.vm, patch, { signal }),
        isNew: true,
      };
    } catch (error) {
      signal?.throwIfAborted();
      const retried = isRefusal(error, 409, "Conflict") || isUnsure(error);
      if (!retried || attempt === ATTEMPTS) throw error;
    }
  }
  throw new Trouble("aborted", "Others keep changing it: try again", "conflict");
}

/**
 * Whether the instance of a machine that is told to be off is over, and the controller knows that there is
 * to be none. Before the first instance it does not say what it knows.
 */
function isOver({ status = {} }: MachineOutline): boolean {
  const { created, printableStatus, runStrategy = OFF } = status;
  return runStrategy === OFF && (created !== true || printableStatus === "Stopped");
}
