/**
 * Commands in the guests of a driver's machines.
 *
 * @module
 */

import { sshClient } from "../backend/guest_commands.ts";
import type { SshClient } from "../contract/mod.ts";
import type { DriverSession } from "./driver_session.ts";
import { meaningOf } from "./errors.ts";

/** The SSH client of one instance. */
export function guestClient({ backend }: DriverSession): SshClient {
  return sshClient({
    run: (params, options) => backend.call("ssh.run", params, options),
    shell: (params, options) => backend.call("ssh.shell", params, options),
    meaningOf,
  });
}
