/**
 * Commands in guests.
 *
 * @module
 */

import { sshClient } from "../backend/guest_commands.ts";
import type { SshClient } from "../contract/mod.ts";
import { meaningOf } from "./errors.ts";
import type { HostSession } from "./host_session.ts";

/** The SSH client of one instance. */
export function guestClient(session: HostSession): SshClient {
  return sshClient({
    run: (params, options) => session.call("ssh.run", params, options),
    shell: (params, options) => session.call("ssh.shell", params, options),
    meaningOf,
  });
}
