/**
 * Commands in guests by OpenSSH's client.
 *
 * @module
 */

import { BackendError } from "./backend.ts";

/** What a program in a guest answered. */
export type SshResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Who logs in, and with what; never part of a recorded call. */
export interface SshOptions {
  /** The user in the guest. */
  readonly user: string;
  /** The private key's path; OpenSSH's own choice if empty. */
  readonly key: string;
}

const CONNECT_SECONDS = 5;
/** What the exit code of `ssh` itself is, when it is not that of the program. */
const SSH_FAILED = 255;
/** Comes after the program's own output: proves that it ran, and tells its exit code. */
const MARK = "vmtck-exit:";

/**
 * Runs a program in the guest.
 *
 * @throws {BackendError} refused, with the code `ssh-unreachable` or `ssh-unauthenticated`
 */
export async function sshRun(
  address: string,
  argv: readonly string[],
  options: SshOptions,
  signal?: AbortSignal,
): Promise<SshResult> {
  const command = `${remoteCommand(argv)}; printf '${MARK}%s' "$?"`;
  const process = new Deno.Command("ssh", {
    args: [...sshArguments(address, options), "-T", "-n", "--", hostOf(address), command],
    stdin: "null",
    // The texts of ssh itself are read below; the guest never sees this.
    env: { LC_ALL: "C" },
    signal,
  });
  const { code, stdout, stderr } = await start(() => process.output());
  signal?.throwIfAborted();
  const output = new TextDecoder().decode(stdout);
  const complaints = new TextDecoder().decode(stderr);
  const end = output.lastIndexOf(MARK);
  if (end >= 0) {
    const exitCode = Number(output.slice(end + MARK.length));
    return { exitCode, stdout: output.slice(0, end), stderr: complaints };
  }
  if (code !== SSH_FAILED) return { exitCode: code, stdout: output, stderr: complaints };
  throw failure(address, complaints);
}

/** Opens a shell on this process's own terminal. */
export async function sshShell(address: string, options: SshOptions): Promise<number> {
  const { code } = await start(() =>
    new Deno.Command("ssh", {
      args: [...sshArguments(address, options), "--", hostOf(address)],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status
  );
  return code;
}

/** The words for a POSIX shell that mean exactly these arguments. */
export function remoteCommand(argv: readonly string[]): string {
  return argv.map((it) => `'${it.replaceAll("'", `'\\''`)}'`).join(" ");
}

function sshArguments(address: string, { user, key }: SshOptions): string[] {
  const option = (name: string, value: string | number): string[] => ["-o", `${name}=${value}`];
  return [
    ...["-F", "none", "-l", user, "-p", address.slice(address.lastIndexOf(":") + 1)],
    ...(key ? ["-i", key, ...option("IdentitiesOnly", "yes")] : []),
    ...option("BatchMode", "yes"),
    ...option("ConnectTimeout", CONNECT_SECONDS),
    // Addresses are given to one machine after the other, each with a key of its own: remembering
    // keys would only make false alarms, and a false sense of safety on a network of this host alone.
    ...option("StrictHostKeyChecking", "no"),
    ...option("UserKnownHostsFile", "/dev/null"),
    ...option("GlobalKnownHostsFile", "/dev/null"),
    ...option("LogLevel", "ERROR"),
  ];
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

/** `ssh` has one exit code for everything, so its words are all there is. */
function failure(address: string, complaints: string): BackendError {
  const text = complaints.trim();
  return /permission denied|too many authentication/i.test(text)
    ? new BackendError("refused", "ssh-unauthenticated", `"${address}" lets nobody in: ${text}`)
    : new BackendError("refused", "ssh-unreachable", `"${address}" does not answer: ${text}`);
}

async function start<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      const message = `"ssh" is missing: install OpenSSH's client`;
      throw new BackendError("unreachable", "no-ssh", message, { cause });
    }
    if (cause instanceof Deno.errors.NotCapable) {
      const message = `Deno may not run "ssh": allow it with --allow-run=ssh`;
      throw new BackendError("unreachable", "permission-denied", message, { cause });
    }
    throw cause;
  }
}
