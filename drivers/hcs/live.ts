/**
 * The live backend: the Host Compute Service by its own libraries, behind the seam.
 *
 * @module
 */

import { type BackendCallOptions, BackendError, type Json } from "../backend/backend.ts";
import { EventHub } from "../backend/event_hub.ts";
import type {
  Census,
  HcsBackend,
  HcsEvent,
  HcsMethods,
  JsonObject,
  SystemProperties,
  SystemRef,
} from "./backend.ts";
import { check, hresultError } from "./ffi/hresult.ts";
import type { Libraries } from "./ffi/library.ts";
import { asArray, asObject, asRecord, parse, wideJson } from "./ffi/json.ts";
import { Networks } from "./ffi/network.ts";
import { Operations } from "./ffi/operations.ts";
import { fromWide, outPointer, toWide, writtenPointer } from "./ffi/strings.ts";
import { Systems } from "./ffi/systems.ts";
import { hostFiles } from "./host_files.ts";

type Method = keyof HcsMethods & string;
type Params<K extends Method> = HcsMethods[K]["params"];
type Result<K extends Method> = HcsMethods[K]["result"];
type Handlers<K extends Method = Method> = {
  readonly [N in K]: (params: Params<N>, options: BackendCallOptions) => Promise<Result<N>>;
};

const GENERIC_ALL = 0x10000000;

/**
 * The service behind opened libraries. A call that is abandoned goes on below, and what it holds is
 * released when it has ended.
 */
export class LiveBackend implements HcsBackend {
  readonly #libraries: Libraries;
  readonly #hub = new EventHub<HcsEvent>();
  readonly #operations: Operations;
  readonly #systems: Systems;
  readonly #networks: Networks;
  readonly #handlers: Handlers;

  /** Makes the backend; nothing is asked yet. */
  constructor(libraries: Libraries) {
    this.#libraries = libraries;
    this.#operations = new Operations(libraries);
    this.#networks = new Networks(libraries, this.#operations);
    this.#systems = new Systems(libraries, this.#operations, ({ id, handle }, { type, data }) => {
      this.#hub.emit({ type, system: id, handle, data });
    });
    this.#handlers = {
      ...this.#service(),
      ...this.#lifecycle(),
      ...this.#changes(),
      ...hostFiles,
      ...this.#laboratory(),
    };
  }

  /** Whether a double of the service answers. */
  get isDouble(): boolean {
    return this.#libraries.double !== undefined;
  }

  /** Calls a method; see {@linkcode HcsMethods}. */
  async call<K extends Method>(
    method: K,
    params: Params<K>,
    options: BackendCallOptions = {},
  ): Promise<Result<K>> {
    options.signal?.throwIfAborted();
    const handler: Handlers[K] = this.#handlers[method];
    try {
      return await orAborted(handler(params, options), options.signal);
    } catch (error) {
      // A text that the service cannot be told, such as one with a NUL.
      if (!(error instanceof RangeError)) throw error;
      throw new BackendError("refused", "0x80070057", error.message, { cause: error });
    }
  }

  /** What the service tells about systems that this backend has handles to. */
  events(options: { signal: AbortSignal }): AsyncIterable<HcsEvent> {
    return this.#hub.subscribe(options);
  }

  /** Closes all handles. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#systems.closeAll();
    this.#hub.end();
  }

  #service(): Handlers<
    | "host.info"
    | "service.properties"
    | "systems.enumerate"
    | "access.grant"
    | "access.revoke"
    | "namespace.query"
    | "endpoint.query"
  > {
    const { core } = this.#libraries;
    return {
      "host.info": () => Promise.resolve(hostInfo()),
      "service.properties": async ({ query }) => {
        const out = outPointer();
        const hresult = await core.HcsGetServiceProperties(wideJson(query), out);
        const text = this.#operations.take(writtenPointer(out), "compute");
        check(hresult, text);
        return asObject(parse(text ?? "{}"));
      },
      "systems.enumerate": async ({ query }) => {
        const text = await this.#operations.run((operation) =>
          core.HcsEnumerateComputeSystems(wideJson(query), operation)
        );
        return asArray(parse(text ?? "[]")).map(asRecord);
      },
      "access.grant": async ({ id, path }) => {
        check(await core.HcsGrantVmAccess(toWide(id), toWide(path)));
        return null;
      },
      "access.revoke": async ({ id, path }) => {
        check(await core.HcsRevokeVmAccess(toWide(id), toWide(path)));
        return null;
      },
      "namespace.query": async ({ namespace }) =>
        asObject(parse(await this.#networks.query("namespace", namespace))),
      "endpoint.query": async ({ endpoint }) =>
        asObject(parse(await this.#networks.query("endpoint", endpoint))),
    };
  }

  #lifecycle(): Handlers<
    "system.create" | "system.open" | "system.close" | "system.properties"
  > {
    const { core } = this.#libraries;
    return {
      "system.create": async ({ id, document }, { signal }) => {
        const out = outPointer();
        const [name, text] = [toWide(id), wideJson(document)];
        try {
          await this.#operations.run((operation) =>
            core.HcsCreateComputeSystem(name, text, operation, null, out)
          );
        } catch (error) {
          const handle = writtenPointer(out);
          if (handle !== null) await this.#systems.discard(handle);
          throw error;
        }
        return await this.#adopt(id, writtenPointer(out), signal);
      },
      "system.open": async ({ id }, { signal }) => {
        const out = outPointer();
        check(await core.HcsOpenComputeSystem(toWide(id), GENERIC_ALL, out));
        return await this.#adopt(id, writtenPointer(out), signal);
      },
      "system.properties": async ({ query, ...ref }) => {
        const text = await this.#systems.run(
          ref,
          (system, operation) =>
            core.HcsGetComputeSystemProperties(system, operation, wideJson(query)),
        );
        return asRecord(parse(text ?? "")) as SystemProperties;
      },
      "system.close": async (ref) => {
        await this.#systems.close(ref);
        return null;
      },
    };
  }

  /** Takes a new handle over, unless whoever asked for it is gone: then nobody would ever close it. */
  async #adopt(
    id: string,
    pointer: Deno.PointerValue,
    signal: AbortSignal | undefined,
  ): Promise<{ handle: number }> {
    if (signal?.aborted) {
      await this.#systems.discard(pointer);
      throw signal.reason;
    }
    const handle = await this.#systems.adopt(id, pointer);
    if (signal?.aborted) await this.#systems.close({ id, handle });
    return { handle };
  }

  #changes(): Handlers<
    | "system.start"
    | "system.shutdown"
    | "system.terminate"
    | "system.pause"
    | "system.resume"
    | "system.save"
    | "system.modify"
  > {
    const { core } = this.#libraries;
    type Change = typeof core.HcsStartComputeSystem;
    const plain = (change: Change) => async (ref: SystemRef): Promise<null> => {
      await this.#systems.run(ref, (system, operation) => change(system, operation, null));
      return null;
    };
    const withOptions =
      (change: Change) =>
      async ({ options, ...ref }: SystemRef & { options: JsonObject | null }): Promise<null> => {
        const text = wideJson(options);
        await this.#systems.run(ref, (system, operation) => change(system, operation, text));
        return null;
      };
    return {
      "system.start": plain(core.HcsStartComputeSystem),
      "system.terminate": plain(core.HcsTerminateComputeSystem),
      "system.resume": plain(core.HcsResumeComputeSystem),
      "system.shutdown": withOptions(core.HcsShutDownComputeSystem),
      "system.pause": withOptions(core.HcsPauseComputeSystem),
      "system.save": withOptions(core.HcsSaveComputeSystem),
      "system.modify": async ({ request, ...ref }) => {
        const text = wideJson(request);
        await this.#systems.run(
          ref,
          (system, operation) => core.HcsModifyComputeSystem(system, operation, text, null),
        );
        return null;
      },
    };
  }

  #laboratory(): Handlers<"census" | keyof HcsMethods & `lab.${string}`> {
    const control = <K extends Method>(method: K) => async (params: Params<K>) =>
      await Promise.try(() => this.#control(method, params)) as Result<K>;
    return {
      census: async () => {
        if (this.#libraries.double) return await control("census")({});
        return this.#ledger();
      },
      "lab.inventory": async (params) => [...await control("lab.inventory")(params)].sort(),
      "lab.system": control("lab.system"),
      "lab.exit": control("lab.exit"),
      "lab.event": control("lab.event"),
      "lab.disconnect": control("lab.disconnect"),
      "lab.script": control("lab.script"),
      "lab.hold": control("lab.hold"),
      "lab.release": control("lab.release"),
      "lab.policies": control("lab.policies"),
      "lab.network.add": control("lab.network.add"),
      "lab.network.remove": control("lab.network.remove"),
    };
  }

  /** What this side has open, by its own books. */
  #ledger(): Census {
    const { open: operations, results } = this.#operations;
    const { open: systems } = this.#systems;
    const { open: networks } = this.#networks;
    return { operations, systems, callbacks: systems, networks, results, violations: [] };
  }

  #control(method: string, params: Json): Json {
    const { double } = this.#libraries;
    if (!double) {
      const message = `"${method}" is for doubles of the service, and this is the service`;
      throw new BackendError("refused", "0x80004001", message);
    }
    const out = outPointer();
    const hresult = double.VmtckControl(wideJson({ method, params }), out);
    const answer = writtenPointer(out);
    const text = fromWide(answer);
    double.VmtckControlFree(answer);
    if (hresult < 0) throw hresultError(hresult, null);
    return parse(text ?? "null");
  }
}

function hostInfo(): Result<"host.info"> {
  return {
    windows: Deno.osRelease(),
    programFiles: Deno.env.get("ProgramFiles") ?? "C:\\Program Files",
    processors: navigator.hardwareConcurrency,
    memoryMiB: Math.floor(Deno.systemMemoryInfo().total / 2 ** 20),
  };
}

/** The work, or the signal's reason once it is aborted; the work goes on then. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
