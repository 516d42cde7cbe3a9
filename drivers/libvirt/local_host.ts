/**
 * What libvirt does not do for us on its host, which has to be this machine: the firewall, leases given
 * back, and the ends of QEMU and of the daemon that the suite asks for.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import { type BackendCallOptions, BackendError } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import type { LibvirtMethods } from "./backend.ts";
import { parseUri } from "./rpc/uri.ts";
import { releaseMessage, SERVER_PORT } from "./tasks/dhcp.ts";

/** How long `iptables` waits for somebody else who changes rules, in seconds. */
const LOCK_SECONDS = "10";
const TABLE = /^(?:filter|nat)$/;
const BRIDGE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;
const RUN = "/run/libvirt";
const POLL_MS = 10;

/** The methods that are answered here. */
type LocalMethod =
  | "iptables.run"
  | "iptables.list"
  | "bridge.routeLocal"
  | "dhcp.release"
  | "qemu.kill"
  | "daemon.restart";

/** How they are answered. */
export type LocalMethods = {
  readonly [K in LocalMethod]: (
    params: LibvirtMethods[K]["params"],
    options: BackendCallOptions,
  ) => Promise<LibvirtMethods[K]["result"]>;
};

/**
 * The methods for a host of libvirt.
 *
 * @throws {BackendError} each of them: refused with the code `not-local` for another host than this one
 */
export function localHostMethods(
  { uri, clock }: { readonly uri: string; readonly clock: Pick<Clock, "sleep"> },
): LocalMethods {
  const local = async <T>(work: () => Promise<T>): Promise<T> => {
    if (parseUri(uri).kind === "unix") return await work();
    const message = `"${uri}" is another host: this works for the local one only`;
    throw new BackendError("refused", "not-local", message);
  };
  const quietly = async (work: () => Promise<void>): Promise<null> => {
    await local(work);
    return null;
  };
  return {
    "iptables.run": ({ argv }, { signal }) =>
      local(async () => {
        const { exitCode, stderr } = await iptables(argv, signal);
        return { exitCode, stderr };
      }),
    "iptables.list": ({ table }, { signal }) => local(() => iptablesRules(table, signal)),
    "bridge.routeLocal": ({ bridge }) => quietly(() => routeLocal(bridge)),
    "dhcp.release": ({ server, client, mac }) => quietly(() => releaseLease(server, client, mac)),
    "qemu.kill": ({ domain }) => quietly(() => killQemu(domain.name, clock)),
    "daemon.restart": () => quietly(() => restartDaemon(clock)),
  };
}

/** Runs `iptables`; a rule that is not there is an exit code, not an error. */
async function iptables(
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const args = ["--wait", LOCK_SECONDS, ...argv];
  const env = { LC_ALL: "C", PATH: `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin` };
  const { code, stdout, stderr } = await start("iptables", args, env, signal);
  const complaint = new TextDecoder().decode(stderr).trim();
  if (/permission denied/i.test(complaint)) {
    throw new BackendError("refused", "permission-denied", `iptables: ${complaint}`);
  }
  return { exitCode: code, stdout: new TextDecoder().decode(stdout), stderr: complaint };
}

/** The rules of a table, one a line. */
async function iptablesRules(table: string, signal?: AbortSignal): Promise<string[]> {
  if (!TABLE.test(table)) throw new TypeError(`There is no table ${JSON.stringify(table)}`);
  const { exitCode, stdout, stderr } = await iptables(["-t", table, "--list-rules"], signal);
  if (exitCode === 0) return stdout.split("\n").filter((line) => line.startsWith("-A "));
  throw new BackendError("refused", `iptables:${exitCode}`, stderr);
}

/** Lets what comes from this machine's loopback address leave by a bridge. */
async function routeLocal(bridge: string): Promise<void> {
  if (!BRIDGE.test(bridge)) throw new TypeError(`No bridge is named ${JSON.stringify(bridge)}`);
  await Deno.writeTextFile(`/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, "1");
}

/** Tells a DHCP server in a guest's name that the guest's address is free. Nobody answers to that. */
async function releaseLease(server: string, client: string, mac: string): Promise<void> {
  const socket = createSocket("udp4");
  try {
    const message = releaseMessage({ server, client, mac });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.send(message, SERVER_PORT, server, (error) => error ? reject(error) : resolve());
    });
  } finally {
    socket.close();
  }
}

/** Kills the QEMU of a domain, and answers when the process is gone. */
async function killQemu(name: string, clock: Pick<Clock, "sleep">): Promise<void> {
  if (name.includes("/")) throw new TypeError(`No domain is named ${JSON.stringify(name)}`);
  await kill(`${RUN}/qemu/${name}.pid`, clock);
}

/** Kills libvirt's daemon and starts it again: by systemd, unless it runs in the suite's own sandbox. */
async function restartDaemon(clock: Pick<Clock, "sleep">): Promise<void> {
  const pidFile = `${RUN}/libvirtd.pid`;
  const isOurs = Deno.env.has("VMTCK_SANDBOX");
  if (isOurs) await kill(pidFile, clock);
  const [command, args] = isOurs
    ? ["libvirtd", ["-d", "-p", pidFile]]
    : ["systemctl", ["restart", "libvirtd"]];
  // The daemon would keep a pipe open.
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command(command, { args, ...streams }).spawn().status;
  if (!success) throw new BackendError("unreachable", "no-daemon", `${command} failed`);
}

async function kill(pidFile: string, clock: Pick<Clock, "sleep">): Promise<void> {
  const pid = Number(await Deno.readTextFile(pidFile));
  Deno.kill(pid, "SIGKILL");
  while (!await isDead(pid)) await clock.sleep(POLL_MS);
}

/** A zombie is gone, too. */
async function isDead(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") Z");
  return /\) [ZX]/.test(stat);
}

async function start(
  command: string,
  args: string[],
  env: Record<string, string>,
  signal?: AbortSignal,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(command, { args, env, signal, stdin: "null" }).output();
  } catch (cause) {
    const code = cause instanceof Deno.errors.NotFound ? "no-iptables" : "permission-denied";
    if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotCapable)) {
      throw cause;
    }
    const message = `Cannot run "${command}": install it, and let Deno run it`;
    throw new BackendError("refused", code, message, { cause });
  }
}
