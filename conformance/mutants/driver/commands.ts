/**
 * Mutants of predefined commands.
 *
 * @module
 */

import type { Commands } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { codeOf, machineError, type Mutant, type Mutate, onMachine } from "../mutant.ts";

/** Changes a machine's commands. */
const onCommands = (
  change: (
    commands: Commands,
  ) => Partial<Commands>,
): Mutate =>
  onMachine(({ commands }) =>
    commands === undefined ? {} : { commands: withMembers(commands, change(commands)) }
  );

/** The mutants. */
export const COMMAND_MUTANTS: readonly Mutant[] = [
  {
    id: "every-command-is-claimed",
    breaks: "machine.commands.honest",
    why: "Eight commands declared, one written",
    mutate: onCommands(() => ({ implements: () => true })),
  },
  {
    id: "extra-parameters-are-dropped",
    breaks: "machine.commands.params",
    why: "kutti takes params[0] without a look",
    mutate: onCommands((commands) => ({
      execute: (command, params, options) =>
        commands.execute(command, [params[0] ?? "localhost"], options),
    })),
  },
  {
    id: "rename-answers-and-does-nothing",
    breaks: "machine.commands.rename",
    why: "It takes effect after the next restart only",
    mutate: onCommands((commands) => ({
      execute: async (command, params, options) => {
        if (command !== "rename-machine" || params[0] !== "renamed") {
          return await commands.execute(command, params, options);
        }
        return { exitCode: 0, stdout: "", stderr: "" };
      },
    })),
  },
  {
    id: "hostile-parameters-are-cleaned",
    breaks: "machine.commands.hostile",
    why: "Escaped in place of refused",
    mutate: onCommands((commands) => ({
      execute: (command, params, options) =>
        commands.execute(command, params.map((each) => each.replace(/[^a-z0-9]/g, "")), options),
    })),
  },
  {
    id: "command-dials-the-stopped",
    breaks: "machine.commands.stopped",
    why: "It dials an empty address",
    mutate: onMachine((machine) => ({
      commands: machine.commands && withMembers(machine.commands, {
        execute: async (...args) => {
          try {
            return await machine.commands?.execute(...args) as never;
          } catch (error) {
            if (codeOf(error) !== "failed-precondition") throw error;
            throw machineError("unavailable", "machine.execute", machine);
          }
        },
      }),
    })),
  },
];
