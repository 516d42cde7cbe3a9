/**
 * The SSH client of the memory driver.
 *
 * @module
 */

import type { CommandResult, SshClient } from "../contract/mod.ts";
import { type About, attempt, refuse } from "./errors.ts";
import type { MemoryContext } from "./record.ts";

const ADDRESS = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-f:]+\]):(\d{1,5})$/i;

function isAddress(address: string): boolean {
  const port = Number(ADDRESS.exec(address)?.[1] ?? 0);
  return port >= 1 && port <= 65535;
}

/** Runs programs in simulated guests. */
export function memorySsh({ backend }: MemoryContext): SshClient {
  const run = async (
    about: About,
    address: string,
    argv: readonly string[],
  ): Promise<CommandResult> => {
    if (!isAddress(address)) {
      throw refuse(about, "invalid-argument", `"${address}" is no address and port`);
    }
    if (argv.length === 0) throw refuse(about, "invalid-argument", "there is no program to run");
    return await backend.call("guest.run", { address, argv }, about);
  };
  return {
    run(address, argv, { signal } = {}): Promise<CommandResult> {
      const about: About = { operation: "ssh.run", subject: `guest:${address}`, signal };
      return attempt(about, () => run(about, address, argv));
    },
    // There is nothing to see in a guest that is not there: the shell ends at once.
    shell(address, { signal } = {}): Promise<number> {
      const about: About = { operation: "ssh.shell", subject: `guest:${address}`, signal };
      return attempt(about, async () => (await run(about, address, ["sh"])).exitCode);
    },
  };
}
