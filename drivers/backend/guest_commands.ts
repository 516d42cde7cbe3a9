/**
 * Commands in guests by SSH, the same way in every adapter whose backend runs programs there.
 *
 * @module
 */

import {
  type CallOptions,
  type CommandResult,
  isSshAddress,
  isValidName,
  type PredefinedCommand,
  sshAddressAt,
  type SshClient,
} from "../contract/mod.ts";
import { type BackendCallOptions, BackendError } from "./backend.ts";
import { type About, attempt, type MeaningOf, Trouble } from "./driver_errors.ts";
import type { SshResult } from "./ssh.ts";

/** A command in a guest may take long: installing a cluster does. */
const COMMAND_MS = 15 * 60_000;
/** A guest that is there answers soon; one that does not is asked again. */
const ANSWER_MS = 5000;

/** What {@linkcode sshClient} needs. */
export interface GuestAccess {
  /** Runs a program in the guest at an address. */
  run(
    params: { address: string; argv: readonly string[] },
    options: BackendCallOptions,
  ): Promise<SshResult>;
  /** Opens a shell there, on this process's own terminal. */
  shell(params: { address: string }, options: BackendCallOptions): Promise<{ exitCode: number }>;
  /** What the errors of both mean. */
  readonly meaningOf?: MeaningOf;
}

/** The SSH client of one instance of a driver. */
export function sshClient({ run, shell, meaningOf }: GuestAccess): SshClient {
  return {
    run(address, argv, { signal }: CallOptions = {}): Promise<CommandResult> {
      const about: About = { operation: "ssh.run", subject: `guest:${address}`, signal };
      return attempt(about, async () => {
        assertAddress(address);
        if (argv.length === 0 || argv.some((it) => typeof it !== "string" || it.includes("\0"))) {
          throw new Trouble("invalid-argument", "argv must be one or more texts without NUL");
        }
        return await run({ address, argv: [...argv] }, { signal, timeoutMs: COMMAND_MS });
      }, meaningOf);
    },
    shell(address, { signal }: CallOptions = {}): Promise<number> {
      const about: About = { operation: "ssh.shell", subject: `guest:${address}`, signal };
      return attempt(about, async () => {
        assertAddress(address);
        return (await shell({ address }, { signal, timeoutMs: Infinity })).exitCode;
      }, meaningOf);
    },
  };
}

function assertAddress(address: string): void {
  if (isSshAddress(address)) return;
  throw new Trouble("invalid-argument", "it is no host:port with a port from 1 to 65535");
}

/**
 * Whether somebody can log in to a guest at an address, as a wait asks that looks again and again.
 *
 * @throws what the run throws, except that nobody answers
 */
export async function answersSsh(
  { run }: Pick<GuestAccess, "run">,
  address: string,
  { signal, remainingMs }: { readonly signal: AbortSignal; readonly remainingMs: number },
): Promise<boolean> {
  // A wait of no time at all still looks once.
  const timeoutMs = Math.max(1, Math.min(ANSWER_MS, remainingMs || ANSWER_MS));
  try {
    await run({ address: sshAddressAt(address), argv: ["true"] }, { signal, timeoutMs });
    return true;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    if (error.code === "ssh-unreachable" || error.kind === "timeout") return false;
    throw error;
  }
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
