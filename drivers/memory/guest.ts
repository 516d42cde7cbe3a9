/**
 * Commands in guests.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import {
  type CallOptions,
  type CommandResult,
  type Commands,
  decide,
  isSshAddress,
  isValidName,
  OPERATION_NAMES,
  type PredefinedCommand,
  type SshClient,
} from "../contract/mod.ts";
import { sshAddressOf } from "./addresses.ts";
import { attempt } from "./errors.ts";
import { about, type Identity, type MemoryContext, readMachine } from "./session.ts";
import { stateOf } from "./state.ts";

/** Runs programs in simulated guests. */
export function sshClient({ backend }: MemoryContext): SshClient {
  const run = async (
    about: About,
    address: string,
    argv: readonly string[],
  ): Promise<CommandResult> => {
    if (!isSshAddress(address)) {
      throw new Trouble("invalid-argument", `"${address}" is no address and port`);
    }
    if (argv.length === 0) throw new Trouble("invalid-argument", "there is no program to run");
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

/** How a predefined command is run: the guest's program, and the rule for its parameters. */
interface Recipe {
  readonly program: string;
  accepts(params: readonly string[]): boolean;
  readonly wants: string;
}

const RECIPES: Readonly<Partial<Record<PredefinedCommand, Recipe>>> = {
  "rename-machine": {
    program: "/sbin/set-hostname",
    accepts: (params) => params.length === 1 && isValidName(params[0]),
    wants: "one parameter, a host name",
  },
};

const isImplemented = (command: PredefinedCommand): boolean => Object.hasOwn(RECIPES, command);

/** The predefined commands of a machine. */
export function machineCommands(context: MemoryContext, identity: Identity): Commands {
  const execute = async (
    command: PredefinedCommand,
    params: readonly string[],
    options: CallOptions,
  ): Promise<CommandResult> => {
    const recipe = isImplemented(command) ? RECIPES[command] : undefined;
    if (!recipe) throw new Trouble("unimplemented", `there is no command "${command}"`);
    if (!recipe.accepts(params)) {
      throw new Trouble("invalid-argument", `"${command}" takes ${recipe.wants}`);
    }
    const record = await readMachine(context, identity, options);
    decide(stateOf(record.state), "execute", identity.ref);
    const address = sshAddressOf(record);
    if (address === undefined) {
      throw new Trouble("unavailable", "the guest has no address yet", "guest-silent");
    }
    const argv = [recipe.program, ...params];
    const result = await context.backend.call("guest.run", { address, argv }, options);
    if (result.exitCode === 0) return result;
    const why = `"${command}" ended with exit code ${result.exitCode}: ${result.stderr.trim()}`;
    throw new Trouble("internal", why, "command-failed");
  };
  return {
    implements: isImplemented,
    execute: (command, params, options = {}) =>
      attempt(
        about(identity, OPERATION_NAMES.execute, options),
        () => execute(command, params, options),
      ),
  };
}
