/**
 * Clauses about commands in guests, SSH and the console.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must } from "../../clauses/clause.ts";

/** The clauses. */
export const GUEST_CLAUSES: readonly Clause[] = [
  must(
    "machine.commands.honest",
    "A command is implemented if and only if executing it is not unimplemented",
    `${HYPERV}#Machine.ImplementsCommand`,
  ),
  must(
    "machine.commands.params",
    "Missing or extra parameters are invalid-argument",
    `${HYPERV}#Machine.ExecuteCommand`,
  ),
  must(
    "machine.commands.rename",
    "After rename-machine the guest's host name is the new name",
    HYPERV,
  ),
  must("machine.commands.hostile", "A hostile parameter is refused, and never run in the guest"),
  must(
    "machine.commands.stopped",
    "A command for a machine that does not run is failed-precondition",
  ),
  must("ssh.run", "A command's output and exit code arrive as they were", `${KUTTI}#SSHClient`),
  must("ssh.argv", "Each argument arrives in the guest as one argument, whatever is in it"),
  must(
    "ssh.unreachable",
    "A guest that does not answer is unavailable, and a bad address invalid-argument",
  ),
  must("machine.console", "The console has what the guest printed while it started"),
];
