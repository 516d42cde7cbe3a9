/**
 * A machine's facets beside power: forwards, commands and the console.
 *
 * @module
 */

import {
  type CallOptions,
  type CommandResult,
  type Commands,
  type Console,
  decide,
  type Forward,
  type Forwards,
  isValidName,
  OPERATION_NAMES,
  type PredefinedCommand,
} from "../contract/mod.ts";
import { attempt, confirmed, refuse } from "./errors.ts";
import { about, type Identity, type MemoryContext, readMachine, sshAddressOf } from "./record.ts";
import { stateOf } from "./state.ts";

const isPort = (port: unknown): boolean =>
  Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535;

/** The rules of a machine. */
export function machineForwards(context: MemoryContext, identity: Identity): Forwards {
  const { backend } = context;
  const rules = async (options: CallOptions): Promise<Forward[]> => {
    const { forwards } = await readMachine(context, identity, options);
    return forwards.toSorted((a, b) => a.machinePort - b.machinePort);
  };
  return {
    add({ hostPort, machinePort }, options = {}): Promise<void> {
      const told = about(identity, "forwards.add", options);
      return attempt(told, async () => {
        for (const port of [hostPort, machinePort]) {
          if (isPort(port)) continue;
          throw refuse(told, "invalid-argument", `a port is a whole number to 65535: ${port}`);
        }
        const rule = { ...identity.key, hostPort, machinePort };
        await confirmed(() => backend.call("forward.add", rule, options), async () => {
          const found = (await rules(options)).some((it) =>
            it.hostPort === hostPort && it.machinePort === machinePort
          );
          return found ? null : undefined;
        });
      });
    },
    remove(machinePort, options = {}): Promise<void> {
      const told = about(identity, "forwards.remove", options);
      return attempt(told, async () => {
        const rule = { ...identity.key, machinePort };
        await confirmed(() => backend.call("forward.remove", rule, options), async () => {
          const found = (await rules(options)).some((it) => it.machinePort === machinePort);
          return found ? undefined : null;
        });
      });
    },
    list: (options = {}) =>
      attempt(about(identity, "forwards.list", options), () => rules(options)),
  };
}

/** The commands that this driver knows: the guest's program, and the rule for its parameters. */
const COMMANDS: Readonly<
  Partial<
    Record<
      PredefinedCommand,
      { program: string; accepts(params: readonly string[]): boolean; wants: string }
    >
  >
> = {
  "rename-machine": {
    program: "/sbin/set-hostname",
    accepts: (params) => params.length === 1 && isValidName(params[0]),
    wants: "one parameter, a host name",
  },
};

/** The predefined commands of a machine. */
export function machineCommands(context: MemoryContext, identity: Identity): Commands {
  const execute = async (
    command: PredefinedCommand,
    params: readonly string[],
    options: CallOptions,
  ): Promise<CommandResult> => {
    const told = about(identity, OPERATION_NAMES.execute, options);
    const known = COMMANDS[command];
    if (!known) throw refuse(told, "unimplemented", `there is no command "${command}"`);
    if (!known.accepts(params)) {
      throw refuse(told, "invalid-argument", `"${command}" takes ${known.wants}`);
    }
    const record = await readMachine(context, identity, options);
    decide(stateOf(record.state), "execute", identity.ref);
    const address = sshAddressOf(record);
    if (address === undefined) {
      throw refuse(told, "unavailable", "the guest has no address yet", "guest-silent");
    }
    const argv = [known.program, ...params];
    const result = await context.backend.call("guest.run", { address, argv }, options);
    if (result.exitCode === 0) return result;
    const why = `"${command}" ended with exit code ${result.exitCode}: ${result.stderr.trim()}`;
    throw refuse(told, "internal", why, "command-failed");
  };
  return {
    implements: (command) => Object.hasOwn(COMMANDS, command),
    execute: (command, params, options = {}) =>
      attempt(
        about(identity, OPERATION_NAMES.execute, options),
        () => execute(command, params, options),
      ),
  };
}

/** The serial console of a machine. */
export function machineConsole({ backend }: MemoryContext, identity: Identity): Console {
  return {
    text: (options = {}) =>
      attempt(
        about(identity, "console.text", options),
        () => backend.call("machine.console", identity.key, options),
      ),
  };
}
