/**
 * The SSH client that predefined commands use.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";

/** What a command in the guest answered. */
export interface CommandResult {
  /** 0 for success. */
  readonly exitCode: number;
  /** What it printed, UTF-8. */
  readonly stdout: string;
  /** What it complained of, UTF-8. */
  readonly stderr: string;
}

/** Runs commands in guests. */
export interface SshClient {
  /**
   * Runs a program in the guest; each entry of `argv` arrives there as one argument, whatever is in it.
   *
   * @throws {DriverError} `unavailable` if the guest does not answer, `unauthenticated` if it lets
   * nobody in, `invalid-argument` for an empty `argv` or an address that is no `host:port`
   */
  run(address: string, argv: readonly string[], options?: CallOptions): Promise<CommandResult>;
  /**
   * Opens a shell in the guest on this process's own terminal and answers its exit code.
   *
   * @throws {DriverError} as {@linkcode run}
   */
  shell(address: string, options?: CallOptions): Promise<number>;
}

const HOST_PORT = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

/** Whether a text is what {@linkcode SshClient.run} takes for an address: `host:port`, or `[IPv6]:port`. */
export function isSshAddress(text: string): boolean {
  const port = Number(HOST_PORT.exec(text)?.[1]);
  return port >= 1 && port <= 65535;
}

/** Where the SSH server of a guest with that IP address is. */
export function sshAddressAt(address: string, port = 22): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
