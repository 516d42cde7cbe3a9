/**
 * The libraries, opened once and for the life of the process: native threads may be inside them at
 * any time, so they are never closed, and neither are the callbacks that they were given.
 *
 * @module
 */

import { BackendError } from "../../backend/backend.ts";
import { CALLBACK, COMPUTE_CORE, COMPUTE_NETWORK, DOUBLE } from "./signatures.ts";

/** What frees the results of each library, which have different owners by their documentation. */
export interface Frees {
  /** Of computecore.dll: `LocalFree`. */
  compute(pointer: Deno.PointerValue): void;
  /** Of computenetwork.dll: `CoTaskMemFree`. */
  network(pointer: Deno.PointerValue): void;
}

/** One opened pair of libraries. */
export interface Libraries {
  /** The functions of computecore.dll. */
  readonly core: Deno.StaticForeignLibraryInterface<typeof COMPUTE_CORE>;
  /** Those of computenetwork.dll. */
  readonly network: Deno.StaticForeignLibraryInterface<typeof COMPUTE_NETWORK>;
  /** Those of a double; absent if it is none. */
  readonly double?: Deno.StaticForeignLibraryInterface<typeof DOUBLE>;
  /** How results are freed. */
  readonly frees: Frees;
  /** Is told of each completion, by the context that its operation was made with. */
  readonly completions: Trampoline;
  /** Is told of each event, by the context that its callback was set with. */
  readonly events: Trampoline;
}

/** One native callback for all who wait, told apart by context. */
export interface Trampoline {
  /** The native side. */
  readonly callback: Deno.UnsafeCallback<typeof CALLBACK>;
  /** Has calls with a context of its own come here until it is taken back; answers the context. */
  add(listener: (subject: Deno.PointerValue) => void): bigint;
  /** No more calls with this context. */
  remove(context: bigint): void;
}

/**
 * Makes a trampoline. It keeps the process alive for as long as anybody listens, and never throws: what
 * a callback throws on a foreign thread would be lost.
 */
function trampoline(): Trampoline {
  const listeners = new Map<bigint, (subject: Deno.PointerValue) => void>();
  let next = 1n;
  const callback = Deno.UnsafeCallback.threadSafe(CALLBACK, (subject, context) => {
    try {
      listeners.get(BigInt(context))?.(subject);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  });
  callback.unref();
  return {
    callback,
    add(listener) {
      const context = next++;
      if (listeners.size === 0) callback.ref();
      listeners.set(context, listener);
      return context;
    },
    remove(context) {
      if (listeners.delete(context) && listeners.size === 0) callback.unref();
    },
  };
}

const opened = new Map<string, Libraries>();

/**
 * Opens the libraries of a folder, or answers those that are open. A double of computecore.dll is one of
 * computenetwork.dll too, and counts what it is asked to free.
 *
 * @throws {BackendError} `unreachable`
 */
export function openLibraries(folder: string): Libraries {
  const known = opened.get(folder);
  if (known) return known;
  const core = fileName(folder, "computecore");
  const double = doubleOf(core);
  const network = double ? core : fileName(folder, "computenetwork");
  const fresh: Libraries = {
    core: open(core, COMPUTE_CORE).symbols,
    network: open(network, COMPUTE_NETWORK).symbols,
    completions: trampoline(),
    events: trampoline(),
    ...(double ? { double, frees: countedFrees(double) } : { frees: systemFrees() }),
  };
  opened.set(folder, fresh);
  return fresh;
}

function fileName(folder: string, name: string): string {
  return Deno.build.os === "windows" ? `${folder}\\${name}.dll` : `${folder}/lib${name}.so`;
}

type Double = NonNullable<Libraries["double"]>;

function doubleOf(path: string): Double | undefined {
  const marker = { VmtckControl: { ...DOUBLE.VmtckControl, optional: true } } as const;
  return open(path, marker).symbols.VmtckControl ? open(path, DOUBLE).symbols : undefined;
}

function countedFrees(double: Double): Frees {
  return {
    compute: (pointer) => void double.VmtckLocalFree(pointer),
    network: (pointer) => double.VmtckCoTaskMemFree(pointer),
  };
}

function systemFrees(): Frees {
  const system = systemFolder();
  const { symbols: local } = open(`${system}\\kernel32.dll`, {
    LocalFree: { parameters: ["pointer"], result: "pointer" },
  });
  const { symbols: task } = open(`${system}\\ole32.dll`, {
    CoTaskMemFree: { parameters: ["pointer"], result: "void" },
  });
  return {
    compute: (pointer) => void local.LocalFree(pointer),
    network: (pointer) => task.CoTaskMemFree(pointer),
  };
}

function open<S extends Deno.ForeignLibraryInterface>(
  path: string,
  symbols: S,
): Deno.DynamicLibrary<S> {
  try {
    return Deno.dlopen(path, symbols);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot load ${JSON.stringify(path)}: ${why}; the Host Compute Service needs ` +
      `Windows 10 1809 or Server 2019 with the feature "Virtual Machine Platform", or a later one`;
    throw new BackendError("unreachable", "no-library", message, { cause });
  }
}

/**
 * `System32`: libraries are always loaded by their full path, as a name alone would be looked for
 * beside the program first.
 */
export function systemFolder(): string {
  return `${Deno.env.get("SystemRoot") ?? "C:\\Windows"}\\System32`;
}
