/**
 * The live backend: libvirt's RPC and OpenSSH behind the seam.
 *
 * @module
 */

import { Abandoned } from "../backend/abandoned.ts";
import { EventHub } from "../backend/event_hub.ts";
import type { BackendCallOptions } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import { probeAcceleration } from "./acceleration.ts";
import type {
  Acceleration,
  DomainRef,
  LibvirtBackend,
  LibvirtEvent,
  LibvirtMethods,
} from "./backend.ts";
import { usesOf } from "./domain_xml.ts";
import { endGuest, restartGuest, runInGuest } from "./guest_agent.ts";
import { KeptClient } from "./kept_client.ts";
import { localHostMethods } from "./local_host.ts";
import type { Console } from "./rpc/client.ts";
import type { ProcedureArgs, ProcedureName } from "./rpc/procedures.ts";
import { SEAM } from "./seam.ts";
import { type SshOptions, sshRun, sshShell } from "../backend/ssh.ts";
import { physicalSize } from "./volume_xml.ts";
import { backendError, fromWire, toWire, version } from "./wire.ts";

/** What the live backend needs. */
export interface LiveOptions {
  /** The connection URI. */
  readonly uri: string;
  /** How to log in to guests. */
  readonly ssh: SshOptions;
  /** Time. */
  readonly clock: Clock;
}

type Method = keyof LibvirtMethods;
type Params<K extends Method> = LibvirtMethods[K]["params"];
type Result<K extends Method> = LibvirtMethods[K]["result"];

/** A method that is more than one procedure. */
type Special = {
  readonly [K in Method]?: (
    params: Params<K>,
    options: BackendCallOptions,
  ) => Promise<Result<K>>;
};

/** Those of more than one procedure that make what an undo removes. */
const IN_TURN: ReadonlySet<Method> = new Set<Method>(["storageVolUpload", "iptables.run"]);

/** What is known of acceleration, by URI: a host's processor does not change while a process runs. */
const accelerations = new Map<string, Promise<Acceleration>>();

/** libvirt over as many connections as it takes. */
export class LiveBackend implements LibvirtBackend {
  readonly #options: LiveOptions;
  readonly #hub = new EventHub<LibvirtEvent>();
  readonly #consoles = new Map<string, Console>();
  readonly #pumps = new Set<Promise<void>>();
  readonly #special: Special;
  readonly #abandoned: Abandoned;
  readonly #client: KeptClient;
  #known: Acceleration = { acceleration: "unknown", why: "no machine was made yet" };

  /** Makes the backend; nothing is opened yet. */
  constructor(options: LiveOptions) {
    this.#options = options;
    const { uri, ssh, clock } = options;
    this.#client = new KeptClient({ uri, clock, tell: (event) => this.#hub.emit(event) });
    this.#abandoned = new Abandoned(clock);
    this.#special = {
      hostFacts: () => this.#hostFacts(),
      probeAcceleration: () => this.#probe(),
      domainGetUses: async ({ domain }, { signal }) =>
        usesOf(await this.#procedure("domainGetXmlDesc", { domain, flags: 0 }, signal)),
      domainOpenConsole: ({ domain }, { signal }) => this.#openConsole(domain, signal),
      storageVolUpload: (params, { signal }) => this.#upload(params, signal),
      storageVolHolds: (params, { signal }) => this.#holds(params, signal),
      "ssh.run": ({ address, argv }, { signal }) => sshRun(address, argv, ssh, signal),
      "ssh.shell": async ({ address }) => ({ exitCode: await sshShell(address, ssh) }),
      domainGetStats: ({ domain, stats }, { signal }) => this.#stats(domain, stats, signal),
      "guest.shutdown": async ({ domain, mode }, { signal }) => {
        const act = mode === "reboot" ? restartGuest : endGuest;
        await this.#client.use((client) => act({ client, clock, signal }, domain));
        return null;
      },
      "guest.run": ({ domain, argv }, { signal }) =>
        this.#client.use((client) => runInGuest({ client, clock, signal }, domain, argv)),
      "domain.vanish": async ({ domain }, { signal }) => {
        await this.#procedure("domainUndefineFlags", { domain, flags: 0 }, signal);
        return await this.#procedure("domainDestroyFlags", { domain, flags: 0 }, signal);
      },
      ...localHostMethods(options),
    };
  }

  /** Calls a procedure; see {@linkcode LibvirtMethods}. */
  async call<K extends Method>(
    method: K,
    params: Params<K>,
    options: BackendCallOptions = {},
  ): Promise<Result<K>> {
    options.signal?.throwIfAborted();
    try {
      const special = this.#special[method];
      if (!special) return await this.#procedure(method, params, options.signal);
      const work = (): Promise<Result<K>> => special(params, options);
      return IN_TURN.has(method) ? await this.#inTurn(method, params, options, work) : await work();
    } catch (error) {
      options.signal?.throwIfAborted();
      throw backendError(error);
    }
  }

  /** What libvirt tells from now on. */
  events(options: { signal: AbortSignal }): AsyncIterable<LibvirtEvent> {
    return this.#hub.subscribe(options);
  }

  /** Closes the connections; machines are not touched. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const console of this.#consoles.values()) await console[Symbol.asyncDispose]();
    await this.#client[Symbol.asyncDispose]();
    await Promise.all(this.#pumps);
    this.#hub.end();
  }

  async #stats(
    domain: DomainRef,
    stats: number,
    signal?: AbortSignal,
  ): Promise<Result<"domainGetStats">> {
    const params = { domains: [{ ...domain, id: -1 }], stats };
    const records = await this.#client.use((client) =>
      client.call("connectGetAllDomainStats", params, { signal })
    );
    const fields = records.flatMap((it) => it.params);
    return Object.fromEntries(fields.map(({ field, value }) => [field, value]));
  }

  async #procedure<K extends Method>(
    method: K,
    params: Params<K>,
    signal?: AbortSignal,
  ): Promise<Result<K>> {
    const name = method as ProcedureName;
    const args = toWire(params) as ProcedureArgs<ProcedureName>;
    const call = (): Promise<unknown> => this.#client.use((client) => client.call(name, args));
    return fromWire(method, await this.#inTurn(method, params, { signal }, call)) as Result<K>;
  }

  /** Works once what was abandoned about the same subject is over. */
  #inTurn<T, K extends Method>(
    method: K,
    params: Params<K>,
    { signal }: BackendCallOptions,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.#abandoned.run(SEAM.lane(method, params), signal, work);
  }

  #pump(work: () => Promise<void>): void {
    const pump = work().catch(() => {}).finally(() => this.#pumps.delete(pump));
    this.#pumps.add(pump);
  }

  async #hostFacts(): Promise<Result<"hostFacts">> {
    return await this.#client.use(async (client) => {
      const [library, hypervisor, type] = await Promise.all([
        client.call("connectGetLibVersion", {}),
        client.call("connectGetVersion", {}),
        client.call("connectGetType", {}),
      ]);
      const known = await accelerations.get(this.#options.uri) ?? this.#known;
      return { libvirt: version(library), hypervisor: `${type} ${version(hypervisor)}`, ...known };
    });
  }

  async #probe(): Promise<Acceleration> {
    const { uri, clock } = this.#options;
    const probe = accelerations.get(uri) ??
      this.#client.use((client) => probeAcceleration(client, clock));
    accelerations.set(uri, probe);
    try {
      return await probe;
    } catch (error) {
      accelerations.delete(uri);
      throw error;
    }
  }

  async #upload(
    { volume, path }: Params<"storageVolUpload">,
    signal?: AbortSignal,
  ): Promise<null> {
    const file = await Deno.open(path);
    const { size } = await file.stat();
    const { readable } = file;
    try {
      const wire = { ...volume, key: "" };
      await this.#client.use((client) => client.upload(wire, readable, size, { signal }));
      return null;
    } finally {
      await readable.cancel().catch(() => {});
    }
  }

  async #holds(
    { volume, path }: Params<"storageVolHolds">,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { size } = await Deno.stat(path);
    const params = { volume, flags: 0 };
    const xml = await this.#procedure("storageVolGetXmlDesc", params, signal);
    return physicalSize(xml) === size;
  }

  async #openConsole(domain: DomainRef, signal?: AbortSignal): Promise<null> {
    if (this.#consoles.has(domain.uuid)) return null;
    const wire = { ...domain, id: -1 };
    const console = await this.#client.use((client) => client.console(wire, { signal }));
    this.#consoles.set(domain.uuid, console);
    this.#pump(async () => {
      try {
        for await (const data of console.readable.pipeThrough(new TextDecoderStream())) {
          this.#hub.emit({ type: "console", domain, data });
        }
      } finally {
        this.#consoles.delete(domain.uuid);
        await console[Symbol.asyncDispose]();
      }
    });
    return null;
  }
}
