/**
 * Mutants of SSH and the console.
 *
 * @module
 */

import type { SshClient } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { codeOf, type Mutant, type Mutate, onDriver, onMachine } from "../mutant.ts";

/** Changes the SSH client. */
const onSsh = (
  change: (
    ssh: SshClient,
  ) => Partial<SshClient>,
): Mutate => onDriver(({ ssh }) => ssh === undefined ? {} : { ssh: withMembers(ssh, change(ssh)) });

/** The mutants. */
export const SSH_MUTANTS: readonly Mutant[] = [
  {
    id: "stderr-is-in-stdout",
    breaks: "ssh.run",
    why: "Merged streams",
    mutate: onSsh((ssh) => ({
      run: async (...args) => {
        const result = await ssh.run(...args);
        return { ...result, stdout: result.stdout + result.stderr, stderr: "" };
      },
    })),
  },
  {
    id: "arguments-are-joined",
    breaks: "ssh.argv",
    why: "kutti joins them with blanks",
    mutate: onSsh((ssh) => ({
      run: (at, argv, options) =>
        ssh.run(at, argv[0] === "printf" ? argv.join(" ").split(" ") : argv, options),
    })),
  },
  {
    id: "unreachable-is-exit-255",
    breaks: "ssh.unreachable",
    why: "The exit code of the SSH client itself",
    mutate: onSsh((ssh) => ({
      run: async (...args) => {
        try {
          return await ssh.run(...args);
        } catch (error) {
          if (codeOf(error) !== "unavailable") throw error;
          return { exitCode: 255, stdout: "", stderr: "" };
        }
      },
    })),
  },
  {
    id: "console-is-empty",
    breaks: "machine.console",
    why: "Opened after the guest had printed all",
    mutate: onMachine((machine) => ({
      console: machine.console && { text: () => Promise.resolve("") },
    })),
  },
];
