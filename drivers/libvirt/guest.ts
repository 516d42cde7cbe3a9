/**
 * Commands in guests.
 *
 * @module
 */

import { type GuestAccess, sshClient } from "../backend/guest_commands.ts";
import type { SshClient } from "../contract/mod.ts";
import { meaningOf } from "./errors.ts";
import type { Session } from "./session.ts";

/** How programs and shells in guests are run. */
export function guestAccess(session: Session): GuestAccess {
  return {
    run: (params, options) => session.call("ssh.run", params, options),
    shell: (params, options) => session.call("ssh.shell", params, options),
    meaningOf,
  };
}

/** The SSH client of one instance. */
export function guestClient(session: Session): SshClient {
  return sshClient(guestAccess(session));
}
