/**
 * Commands in guests.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type CommandResult,
  DriverError,
  isSshAddress,
  type PredefinedCommand,
  type SshClient,
  type Subject,
} from "../contract/mod.ts";
import { attempt } from "./errors.ts";
import type { Session } from "./session.ts";

/** A command in a guest may take long: installing a cluster does. */
const COMMAND_MS = 15 * 60_000;

/** The SSH client of one instance. */
export function sshClient(session: Session): SshClient {
  return {
    run: (address, argv, options) => run(session, address, argv, options),
    async shell(address, { signal }: CallOptions = {}) {
      const about = { operation: "ssh.shell", subject: subjectOf(address), signal };
      assertAddress(address, about);
      const limits = { signal, timeoutMs: Infinity };
      const { exitCode } = await attempt(
        about,
        () => session.call("ssh.shell", { address }, limits),
      );
      return exitCode;
    },
  };
}

async function run(
  session: Session,
  address: string,
  argv: readonly string[],
  { signal }: CallOptions = {},
): Promise<CommandResult> {
  const about = { operation: "ssh.run", subject: subjectOf(address), signal };
  assertAddress(address, about);
  if (argv.length === 0 || argv.some((it) => typeof it !== "string" || it.includes("\0"))) {
    refuse(about, "argv must be one or more texts without NUL");
  }
  const limits = { signal, timeoutMs: COMMAND_MS };
  return await attempt(about, () => session.call("ssh.run", { address, argv: [...argv] }, limits));
}

function subjectOf(address: string): Subject {
  return `guest:${address}`;
}

type About = { readonly operation: string; readonly subject: Subject };

function assertAddress(address: string, about: About): void {
  if (isSshAddress(address)) return;
  refuse(about, `"${address}" is no host:port with a port from 1 to 65535`);
}

function refuse(about: About, why: string): never {
  throw new DriverError({
    ...about,
    code: "invalid-argument",
    message: `Cannot run a command in the guest: ${why}`,
  });
}

/** How a predefined command is run: the program and its arguments. */
type Recipe = (params: readonly string[], about: About) => readonly string[];

const RECIPES: Readonly<Partial<Record<PredefinedCommand, Recipe>>> = {
  "rename-machine": (params, about) => {
    if (params.length !== 1) refuse(about, `it takes one parameter, but got ${params.length}`);
    assertName(params[0], about);
    return ["/sbin/set-hostname", params[0]];
  },
};

/** Whether there is a recipe for that command. */
export function isImplemented(command: PredefinedCommand): boolean {
  return Object.hasOwn(RECIPES, command);
}

/** The program and its arguments. @throws {DriverError} `unimplemented`, `invalid-argument` */
export function recipeOf(
  command: PredefinedCommand,
  params: readonly string[],
  about: About,
): readonly string[] {
  const recipe = isImplemented(command) ? RECIPES[command] : undefined;
  if (recipe) return recipe(params, about);
  throw new DriverError({
    ...about,
    code: "unimplemented",
    message: `Cannot run "${command}": this driver knows ${Object.keys(RECIPES).join(", ")}`,
  });
}
