/**
 * Commands in the guests of a driver's machines.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import {
  type CallOptions,
  type CommandResult,
  isSshAddress,
  isValidName,
  type PredefinedCommand,
  type SshClient,
} from "../contract/mod.ts";
import type { DriverSession } from "./driver_session.ts";
import { attempt } from "./errors.ts";

/** A command in a guest may take long: installing a cluster does. */
const COMMAND_MS = 15 * 60_000;

/** The SSH client of one instance. */
export function sshClient({ backend }: DriverSession): SshClient {
  return {
    run(address, argv, { signal }: CallOptions = {}): Promise<CommandResult> {
      const about: About = { operation: "ssh.run", subject: `guest:${address}`, signal };
      return attempt(about, async () => {
        assertAddress(address);
        if (argv.length === 0 || argv.some((it) => typeof it !== "string" || it.includes("\0"))) {
          throw new Trouble("invalid-argument", "argv must be one or more texts without NUL");
        }
        const limits = { signal, timeoutMs: COMMAND_MS };
        return await backend.call("ssh.run", { address, argv: [...argv] }, limits);
      });
    },
    shell(address, { signal }: CallOptions = {}): Promise<number> {
      const about: About = { operation: "ssh.shell", subject: `guest:${address}`, signal };
      return attempt(about, async () => {
        assertAddress(address);
        const limits = { signal, timeoutMs: Infinity };
        return (await backend.call("ssh.shell", { address }, limits)).exitCode;
      });
    },
  };
}

function assertAddress(address: string): void {
  if (isSshAddress(address)) return;
  throw new Trouble("invalid-argument", "it is no host:port with a port from 1 to 65535");
}

/** How a predefined command is run: what it takes, and the program with its arguments. */
interface Recipe {
  readonly wants: string;
  accepts(params: readonly string[]): boolean;
  argv(params: readonly string[]): readonly string[];
}

const RECIPES: Readonly<Partial<Record<PredefinedCommand, Recipe>>> = {
  "rename-machine": {
    wants: "one parameter, a host name",
    accepts: (params) => params.length === 1 && isValidName(params[0]),
    argv: (params) => ["/sbin/set-hostname", ...params],
  },
};

/** Whether there is a recipe for that command. */
export function isImplemented(command: PredefinedCommand): boolean {
  return Object.hasOwn(RECIPES, command);
}

/** The program and its arguments. @throws {Trouble} `unimplemented`, `invalid-argument` */
export function recipeOf(
  command: PredefinedCommand,
  params: readonly string[],
): readonly string[] {
  const recipe = isImplemented(command) ? RECIPES[command] : undefined;
  if (!recipe) {
    const known = Object.keys(RECIPES).join(", ");
    throw new Trouble("unimplemented", `there is no command "${command}", only ${known}`);
  }
  if (recipe.accepts(params)) return recipe.argv(params);
  throw new Trouble("invalid-argument", `"${command}" takes ${recipe.wants}`);
}
