/**
 * Switching machines on and off.
 *
 * @module
 */

import type { MachineOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { OFF, type ON } from "./machine_state.ts";
import { isRefusal } from "./status.ts";

/**
 * Changes how a machine is meant to run, if it is still the same machine and still runs as it was seen
 * to. A guest that runs is asked to shut down. Answers the machine as it is then.
 *
 * @throws {BackendError} `422` if somebody else was faster
 */
export async function switchTo(
  session: DriverSession,
  { metadata, spec }: MachineOutline,
  strategy: typeof OFF | typeof ON,
  options: Options,
): Promise<MachineOutline> {
  const path = "/spec/runStrategy";
  const body = [
    { op: "test", path: "/metadata/uid", value: metadata.uid ?? "" },
    { op: "test", path, value: spec.runStrategy ?? "" },
    { op: "replace", path, value: strategy },
  ];
  const objects = await session.objects(options);
  const name = metadata.name ?? "";
  return await objects.patch("virtualmachines", name, { type: "json", body }, options);
}

/** Gives the guest no time any more. A machine without an instance is only told to stay off. */
export async function cutPower(
  session: DriverSession,
  vm: MachineOutline,
  options: Options,
): Promise<void> {
  const objects = await session.objects(options);
  try {
    const name = vm.metadata.name ?? "";
    await objects.invoke("virtualmachines", name, "stop", { gracePeriod: 0 }, options);
  } catch (error) {
    // Its instance is gone, or has no time left: what follows sees how that ends.
    if (!isRefusal(error, 409)) throw error;
    if (vm.spec.runStrategy !== OFF) await switchTo(session, vm, OFF, options);
  }
}
