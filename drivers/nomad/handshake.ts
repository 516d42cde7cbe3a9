/**
 * The handshake of go-plugin: what a host puts into a plugin's environment, and the one line that the
 * plugin answers on its standard output.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";

/** The version of go-plugin's own protocol. */
export const CORE_PROTOCOL = 1;
/** The version of Nomad's. */
export const APP_PROTOCOL = 2;

/** What every host of Nomad's plugins sets, so that a plugin knows that no person started it. */
export const COOKIE = {
  key: "NOMAD_PLUGIN_MAGIC_COOKIE",
  value: "e4327c2e01eabfd75a8a67adb114fb34a757d57eee7728d857a8cec6e91a7255",
} as const;

/** What a host sets besides: the ports are for systems without Unix sockets. */
export const HOST_ENV: Readonly<Record<string, string>> = {
  [COOKIE.key]: COOKIE.value,
  PLUGIN_MIN_PORT: "10000",
  PLUGIN_MAX_PORT: "25000",
  PLUGIN_PROTOCOL_VERSIONS: String(APP_PROTOCOL),
};

/** Where a plugin makes its socket, if the host says so. */
export const SOCKET_DIR_KEY = "PLUGIN_UNIX_SOCKET_DIR";
/** Where a host that wants TLS puts its certificate. */
export const CLIENT_CERT_KEY = "PLUGIN_CLIENT_CERT";
/** Where a host says that it can carry several connections over one. */
export const MULTIPLEX_KEY = "PLUGIN_MULTIPLEX_GRPC";

/** The longest line that is waited for. */
const MAX_LINE = 4096;
/** A certificate is longer than that; anything shorter is none. */
const MIN_CERT = 50;

/** Why a plugin cannot serve whoever started it; for people. */
export type HandshakeRefusal = { readonly refused: string };

/**
 * Whether a plugin can serve the host that started it, by its environment.
 *
 * TLS between the two is refused: Nomad never asks for it, and its socket is in a private folder.
 */
export function hostWants(
  env: (key: string) => string | undefined,
): HandshakeRefusal | { readonly socketDir?: string; readonly isMultiplexing: boolean } {
  if (env(COOKIE.key) !== COOKIE.value) {
    return {
      refused: "This is a plugin for Nomad and not meant to be started by hand: " +
        `name it in the agent's configuration, or test it with "--driver nomad:./PATH"`,
    };
  }
  if (env(CLIENT_CERT_KEY)) {
    return { refused: `This plugin speaks no TLS: start it without "${CLIENT_CERT_KEY}"` };
  }
  const versions = (env("PLUGIN_PROTOCOL_VERSIONS") ?? String(APP_PROTOCOL)).split(",");
  if (!versions.includes(String(APP_PROTOCOL))) {
    return {
      refused: `The host speaks version ${versions.join(", ")} of the plugin protocol; ` +
        `this plugin speaks version ${APP_PROTOCOL}`,
    };
  }
  const socketDir = env(SOCKET_DIR_KEY);
  return {
    isMultiplexing: env(MULTIPLEX_KEY) !== undefined,
    ...(socketDir && { socketDir }),
  };
}

/** The line with which a plugin says where it is. */
export function handshakeLine(
  socket: string,
  { isMultiplexing }: { isMultiplexing: boolean },
): string {
  const line = `${CORE_PROTOCOL}|${APP_PROTOCOL}|unix|${socket}|grpc|`;
  // The seventh field is for hosts that know it: no multiplexing.
  return isMultiplexing ? `${line}|false` : line;
}

/** As much of a line as a message shows. */
const SHOWN = 120;

/**
 * Reads the first line of a plugin: the target that its services are at. The path is for messages.
 *
 * @throws {BackendError} `garbled` if it is no such line; `unreachable` if its versions or its way of
 * speaking are others
 */
export function readHandshake(line: string, path: string): { target: string } {
  const plugin = `Plugin ${JSON.stringify(path)}`;
  const garbled = (what: string): BackendError => {
    const shown = JSON.stringify(line.slice(0, SHOWN));
    return new BackendError(
      "garbled",
      "handshake",
      `${plugin} says what ${what}: ${shown}`,
    );
  };
  const other = (what: string): BackendError =>
    new BackendError("unreachable", "handshake", `${plugin} ${what}`);
  const [core, app, network, address, protocol = "netrpc", certificate = ""] = line.trim().split(
    "|",
  );
  if (line.length > MAX_LINE || address === undefined || address === "") {
    throw garbled("is no handshake, such as 1|2|unix|/run/plugin.sock|grpc|");
  }
  if (core !== String(CORE_PROTOCOL)) {
    throw other(`speaks version ${core} of go-plugin's protocol, not ${CORE_PROTOCOL}`);
  }
  if (app !== String(APP_PROTOCOL)) {
    throw other(`speaks version ${app} of Nomad's plugin protocol, not ${APP_PROTOCOL}`);
  }
  if (protocol !== "grpc") throw other(`speaks "${protocol}", not gRPC`);
  if (certificate.length > MIN_CERT) throw other("wants TLS, although it was not asked for it");
  if (network === "unix") return { target: `unix:${address}` };
  if (network === "tcp") return { target: address };
  throw garbled("has no network that is known");
}
