/**
 * Commands in the guests of a driver's machines.
 *
 * @module
 */

import { type GuestAccess, sshClient } from "../backend/guest_commands.ts";
import type { SshClient } from "../contract/mod.ts";
import type { DriverSession } from "./driver_session.ts";
import { meaningOf } from "./errors.ts";

/** How programs are run in guests. */
export function guestAccess({ backend }: DriverSession): GuestAccess {
  return {
    run: (params, options) => backend.call("ssh.run", params, options),
    shell: (params, options) => backend.call("ssh.shell", params, options),
    meaningOf,
  };
}

/** The SSH client of one instance. */
export function guestClient(session: DriverSession): SshClient {
  return sshClient(guestAccess(session));
}
