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

/** Sessions that stand in for each other, so that what takes long keeps nobody else waiting. */
class SessionPool implements AsyncDisposable {
  readonly #sessions: Session[] = [];

  constructor(readonly open: () => Session, readonly most: number) {}

  /** One that is free, or a new one; if there may be no more, the one with the least to do. */
  choose(): Session {
    const [first] = this.#sessions.toSorted((a, b) => a.load - b.load);
    if (first && (first.load === 0 || this.#sessions.length >= this.most)) return first;
    const another = this.open();
    this.#sessions.push(another);
    return another;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session[Symbol.asyncDispose]()));
  }
}

/** What waits for a disk, for memory, or for files to be let go of. */
const LONG: ReadonlySet<string> = new Set<keyof HypervMethods>([
  "Copy-VmtckDisk",
  "New-VHD",
  "Remove-VM",
  "Resume-VM",
  "Save-VM",
  "Start-VM",
]);

/** How many PowerShells there are at most for each of what takes long, and what waits for guests. */
const MOST = 4;

/** Whether a guest is asked to shut down: nobody knows whether it ever will. */
function asksGuest(method: string, params: Json): boolean {
  return method === "Stop-VM" && !(params as HypervMethods["Stop-VM"]["params"]).TurnOff;
}

/** Makes the backend; nothing is started before the first call. */
export function sessionBackend({ clock, open, ssh }: SessionBackendOptions): HypervBackend {
  const session = (): Session => new Session({ clock, open });
  const quick = session();
  const long = new SessionPool(session, MOST);
  const guests = new SessionPool(session, MOST);
  const sessionFor = (method: string, params: Json): Session => {
    if (asksGuest(method, params)) return guests.choose();
    return LONG.has(method) ? long.choose() : quick;
  };
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
      const answer = await sessionFor(method, params).request(method, params, options);
      return answer as HypervMethods[K]["result"];
    },
    events: (options) => silence.subscribe(options),
    async [Symbol.asyncDispose]() {
      silence.end();
      await Promise.all([quick, long, guests].map((some) => some[Symbol.asyncDispose]()));
    },
  };
}
