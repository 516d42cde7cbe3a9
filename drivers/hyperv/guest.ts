/**
 * Commands in guests.
 *
 * @module
 */

import { type GuestAccess, sshClient } from "../backend/guest_commands.ts";
import type { SshClient } from "../contract/mod.ts";
import { meaningOf } from "./errors.ts";
import type { HostSession } from "./host_session.ts";

/** How programs and shells in guests are run. */
export function guestAccess(session: HostSession): GuestAccess {
  return {
    run: (params, options) => session.call("ssh.run", params, options),
    shell: (params, options) => session.call("ssh.shell", params, options),
    meaningOf,
  };
}

/** The SSH client of one instance. */
export function guestClient(session: HostSession): SshClient {
  return sshClient(guestAccess(session));
}
