/**
 * The backend over kept sessions: cmdlets in PowerShell, and programs in guests by SSH.
 *
 * @module
 */

import type { BackendCallOptions, Json } from "../backend/backend.ts";
import { EventHub } from "../backend/event_hub.ts";
import { type SshOptions, sshRun, sshShell } from "../backend/ssh.ts";
import type { Clock } from "../contract/mod.ts";
import type { HypervBackend, HypervMethods } from "./backend.ts";
import { type OpenPipe, Session } from "./session.ts";

/** What {@linkcode sessionBackend} needs. */
export interface SessionBackendOptions {
  /** Time. */
  readonly clock: Clock;
  /** Starts PowerShell, or what stands in for it. */
  readonly open: OpenPipe;
  /** Who logs in to guests. If absent, what answers cmdlets also runs programs in guests. */
  readonly ssh?: SshOptions;
}

/**
 * What can take long, as a guest or a disk is waited for. It has a session of its own, so that
 * everybody else, and above all who cuts the power of such a guest, need not wait.
 */
const LONG: ReadonlySet<string> = new Set<keyof HypervMethods>([
  "Copy-VmtckDisk",
  "New-VHD",
  "Remove-VM",
  "Save-VM",
]);

function isLong(method: string, params: Json): boolean {
  if (method !== "Stop-VM") return LONG.has(method);
  return !(params as HypervMethods["Stop-VM"]["params"]).TurnOff;
}

/** Makes the backend; nothing is started before the first call. */
export function sessionBackend({ clock, open, ssh }: SessionBackendOptions): HypervBackend {
  const quick = new Session({ clock, open });
  const slow = new Session({ clock, open });
  const silence = new EventHub<never>();
  return {
    async call<K extends keyof HypervMethods & string>(
      method: K,
      params: HypervMethods[K]["params"],
      options: BackendCallOptions = {},
    ): Promise<HypervMethods[K]["result"]> {
      if (ssh && method === "ssh.run") {
        const { address, argv } = params as HypervMethods["ssh.run"]["params"];
        return await sshRun(address, argv, ssh, options.signal);
      }
      if (ssh && method === "ssh.shell") {
        const { address } = params as HypervMethods["ssh.shell"]["params"];
        return { exitCode: await sshShell(address, ssh) };
      }
      const session = isLong(method, params) ? slow : quick;
      return await session.request(method, params, options) as HypervMethods[K]["result"];
    },
    events: (options) => silence.subscribe(options),
    async [Symbol.asyncDispose]() {
      silence.end();
      await Promise.all([quick[Symbol.asyncDispose](), slow[Symbol.asyncDispose]()]);
    },
  };
}
