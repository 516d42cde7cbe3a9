/**
 * Commands in the guests of tasks.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import type { TaskMachines } from "../tasks/mod.ts";
import { sshAddressOf } from "./addresses.ts";
import { attempt } from "./errors.ts";
import type { MemoryContext } from "./session.ts";

/** A command may take as long as it likes: a day. */
const LONGEST_MS = 86_400_000;

/** Runs them by the guest's SSH server; a machine's identity is its identifier. */
export function memoryExec({ backend }: MemoryContext): NonNullable<TaskMachines["exec"]> {
  return async ({ id: uuid, name }, argv, { signal }) => {
    const about: About = { operation: "task.exec", subject: "driver:memory", signal };
    return await attempt(about, async () => {
      const address = sshAddressOf(await backend.call("machine.get", { uuid, name }, { signal }));
      if (address === undefined) {
        throw new Trouble("unavailable", "the guest has no address yet", "guest-silent");
      }
      const options = { signal, timeoutMs: LONGEST_MS };
      return await backend.call("guest.run", { address, argv }, options);
    });
  };
}
