/**
 * The suite's ways behind a task driver's back, by those behind the driver below it.
 *
 * @module
 */

import type { HostControls, TaskHost, TaskHostControl } from "../../contract/mod.ts";

/** What no `Driver` can show, whatever its host. */
const NEVER: Readonly<Partial<Record<TaskHostControl, string>>> = {
  killForMemory: "a driver does not say why a machine crashed",
  restartGuest: "a driver cannot make a guest restart by itself",
  restartDaemon: "a driver's host is one with its hypervisor",
};

/** The controls, as far as the driver's host has them. */
export function taskHostOver(
  host: HostControls,
  more: Pick<TaskHost, "size" | "diskBytes" | "run" | "answers"> = {},
): TaskHost {
  const { force, vanish, turnOff, census } = host;
  const { plantMachine, uprootMachine, fingerprint } = host;
  const noForce = host.inapplicable?.force;
  return {
    inventory: () => host.inventory(),
    ...(census && { census: () => census.call(host) }),
    ...(plantMachine && { plantMachine: (name) => plantMachine.call(host, name) }),
    ...(uprootMachine && { uprootMachine: (name) => uprootMachine.call(host, name) }),
    ...(fingerprint && { fingerprint: (name) => fingerprint.call(host, name) }),
    ...(turnOff && { turnOff: (machine) => turnOff.call(host, machine) }),
    ...(vanish && { vanish: (machine) => vanish.call(host, machine) }),
    ...(force && {
      killProcess: (machine) => force.call(host, machine, "error"),
      pause: (machine) => force.call(host, machine, "paused"),
      resume: (machine) => force.call(host, machine, "running"),
    }),
    ...more,
    inapplicable: {
      ...NEVER,
      ...(noForce !== undefined && { killProcess: noForce, pause: noForce, resume: noForce }),
      ...(!more.size && { size: "this driver's host does not tell" }),
      ...(!more.diskBytes && { diskBytes: "tasks of this driver say no size of a disk" }),
      ...(!more.run && { run: "nothing can be asked of a guest of this driver" }),
      ...(!more.answers && { answers: "this driver's host does not tell" }),
    },
  };
}
