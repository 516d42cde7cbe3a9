/**
 * libvirt's connection URIs, such as `qemu:///system` or `qemu+ssh://user@host/system`.
 *
 * @module
 */

import { RpcError } from "./errors.ts";

/** Where a daemon is reached, and the URI that it is to open there. */
export type Endpoint =
  /** The first of these sockets that exists. */
  | { readonly kind: "unix"; readonly paths: readonly string[]; readonly uri: string }
  /** A TCP port. The connection is not encrypted. */
  | {
    readonly kind: "tcp";
    readonly hostname: string;
    readonly port: number;
    readonly uri: string;
  }
  /** The standard streams of a command. */
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly uri: string };

const SHAPE =
  /^(?<driver>[a-z][a-z0-9]*)(?:\+(?<transport>[a-z0-9]+))?:\/\/(?<authority>[^/?#]*)(?<path>\/[^?#]*)(?:\?(?<query>[^#]*))?$/;
// No part may begin with "-" or hold blanks, quotes or control characters: ssh hands the remote
// command to a shell, and takes words that begin with "-" for options.
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const HOST = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])$/;
const PATH = /^\/[A-Za-z0-9._/-]*$/;
const TCP_PORT = 16509;

interface Authority {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** Reads a connection URI; anything doubtful is `bad-uri`, and nothing is opened here. */
export function parseUri(uri: string): Endpoint {
  const { driver, transport = "", authority = "", path, query = "" } = SHAPE.exec(uri)?.groups ??
    {};
  if (driver === undefined) refuse(uri, `expected the form "qemu:///system"`);
  if (!PATH.test(path)) refuse(uri, `the path may hold letters, digits and "._-/" only`);
  const remote = `${driver}://${path}`;
  const params = parseQuery(uri, query, transport);
  const { user, host, port } = parseAuthority(uri, authority);
  if (host === "" && (user !== undefined || port !== undefined)) refuse(uri, "the host is missing");
  if ((transport === "" || transport === "unix") && host === "") {
    const paths = params.socket === undefined ? sockets(driver, path, uri) : [params.socket];
    return { kind: "unix", paths, uri: remote };
  }
  if (transport !== "tcp" && transport !== "ssh") {
    refuse(uri, `reach a host by "${driver}+ssh://" or "${driver}+tcp://"`);
  }
  if (host === "") refuse(uri, `the transport "${transport}" needs a host`);
  if (transport === "ssh") {
    const argv = sshCommand({ user, host, port }, params.keyfile, remote);
    return { kind: "command", argv, uri: remote };
  }
  if (user !== undefined) refuse(uri, "TCP takes no user name");
  return { kind: "tcp", hostname: bare(host), port: port ?? TCP_PORT, uri: remote };
}

function refuse(uri: string, reason: string): never {
  const shown = JSON.stringify(uri.replace(/(:\/\/[^/@]*):[^/@]*@/, "$1:…@"));
  throw new RpcError("bad-uri", `Cannot use the libvirt URI ${shown}: ${reason}`);
}

function parseAuthority(uri: string, authority: string): Authority {
  const [, user, host, digits] = /^(?:([^@]*)@)?(.*?)(?::(\d*))?$/.exec(authority) ?? [];
  if (host === undefined || host !== "" && !HOST.test(host)) refuse(uri, "the host is malformed");
  if (user !== undefined && !USER.test(user)) refuse(uri, "the user name is malformed");
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (digits === "" || port < 1 || port > 65535)) {
    refuse(uri, "the port must be from 1 to 65535");
  }
  return { user, host, port };
}

/** The query parameters that a transport understands; each is an absolute path. */
const known: Readonly<Record<string, string>> = { "": "socket", unix: "socket", ssh: "keyfile" };

function parseQuery(uri: string, query: string, transport: string): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== known[transport]) refuse(uri, `unknown parameter ${JSON.stringify(name)}`);
    // deno-lint-ignore no-control-regex
    if (!value.startsWith("/") || /[\x00-\x1f\x7f]/.test(value)) {
      refuse(uri, `"${name}" must be an absolute path`);
    }
    params[name] = value;
  }
  return params;
}

/** Modular daemons have a socket per driver; the older libvirtd serves all of them. */
function sockets(driver: string, path: string, uri: string): string[] {
  if (path === "/session") refuse(uri, `name the session's socket by "?socket=PATH"`);
  return [`/run/libvirt/virt${driver}d-sock`, "/run/libvirt/libvirt-sock"];
}

function sshCommand({ user, host, port }: Authority, keyfile: string | undefined, remote: string) {
  return [
    "ssh",
    "-T",
    ...["-e", "none"],
    // A question would wait for ever: there is nobody to answer it.
    ...["-o", "BatchMode=yes"],
    ...(keyfile === undefined ? [] : ["-i", keyfile]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    ...["--", bare(host), "virt-ssh-helper", remote],
  ];
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
