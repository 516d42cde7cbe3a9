/**
 * What a driver's module exports, so that the registry, the suite and users can open it.
 *
 * @module
 */

import {
  type Clock,
  type ContractName,
  CONTRACTS,
  type HostOf,
  type Origin,
  type Situation,
  type SubjectOf,
  type TestImages,
} from "../contract/mod.ts";
import type { Backend, BackendError, Json, Methods } from "./backend.ts";
import type { Files } from "./files.ts";

/** What an adapter gets. */
export interface DriverContext<M extends Methods = Methods, E extends Json = Json> {
  /** Everything below the adapter. */
  readonly backend: Backend<M, E>;
  /** Time. */
  readonly clock: Clock;
  /** The local files: image cache and lists. */
  readonly files: Files;
  /** The driver's cache directory. */
  readonly cacheDir: string;
  /** The driver's config directory. */
  readonly configDir: string;
  /** Whose machines; a label. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
  /**
   * What to get the image list and images by; absent, the runtime's own `fetch`. In a replay or a
   * simulation nothing else reaches them, as no server listens.
   */
  readonly fetch?: typeof globalThis.fetch;
  /** The user's settings for this driver, such as `pool=default`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What the seam has to know about one hypervisor's methods. */
export interface SeamRules<M extends Methods = Methods> {
  /** Which subject a call or event is about: tapes are matched in order within a lane. */
  lane(method: keyof M & string | "event", params: Json): string;
  /** Whether a method changes anything on the host. */
  changes(method: keyof M & string): boolean;
  /**
   * The type of a string or number that differs from run to run, such as `uuid` or `mac`; undefined
   * for all that stays the same. `path` is the way to the leaf, such as `["result", "domain", "uuid"]`;
   * its first word is `params`, `result`, `error` or `event`. Lanes are asked for with placeholders
   * in the places of such values.
   */
  volatile(method: keyof M & string | "event", path: readonly string[], value: string | number):
    | string
    | undefined;
  /** The hypervisor's own error for a situation. */
  readonly situations: Readonly<Record<Situation, BackendError>>;
}

/** How a live backend is reached. */
export interface ConnectOptions {
  /** The user's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/** What was connected to, for the provenance of a recording. */
export interface Host {
  /** Where evidence from it comes from. */
  readonly origin: Origin;
  /** Host and hypervisor versions, in words of the field. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How an adapter serves one contract. */
export interface Service<
  C extends ContractName,
  M extends Methods = Methods,
  E extends Json = Json,
> {
  /** Makes an instance. Has no side effect. */
  create(context: DriverContext<M, E>): SubjectOf<C>;
  /** The suite's ways behind its back. */
  host?(backend: Backend<M, E>): HostOf<C>;
}

/** The contracts that an adapter serves; at least one. */
export type Services<M extends Methods = Methods, E extends Json = Json> = {
  readonly [C in ContractName]?: Service<C, M, E>;
};

/** A driver's module: an adapter and all that belongs to it. */
export interface DriverModule<M extends Methods = Methods, E extends Json = Json> {
  /** Lower-case; the name in the registry. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** What it serves. */
  readonly serves: Services<M, E>;
  /**
   * Reaches the real hypervisor, or makes the simulated one with the clock, and with the files of the
   * machine that it simulates. Images take the place of the module's own, where it depends on the
   * settings which ones there are.
   *
   * @throws {BackendError} saying what is missing and what to do
   */
  connect(
    options: ConnectOptions & { clock: Clock; files?: Files },
  ): Promise<{ backend: Backend<M, E>; host: Host; images?: TestImages }>;
  /** What the seam has to know. */
  readonly seam: SeamRules<M>;
  /** The image files for live runs; a made-up content if absent. */
  readonly images?: TestImages;
  /** `virtual` if time below the adapter is simulated. By default `real`. */
  readonly time?: "real" | "virtual";
  /** The settings that are about the recording machine alone, such as paths: kept off the tapes. */
  readonly localSettings?: readonly string[];
}

/** How a module without a seam serves one contract. */
export interface PlainService<C extends ContractName> {
  /** Opens an instance. */
  open(context: Omit<DriverContext, "backend">): SubjectOf<C> | Promise<SubjectOf<C>>;
  /** The suite's ways behind its back. */
  host?(): HostOf<C>;
}

/**
 * What a module of a user exports by default to be tested: a driver of any make. Without a seam
 * there is no recording and no fault, and the cases that need them are not run.
 */
export interface PlainModule {
  /** Lower-case. */
  readonly name: string;
  /** What it serves. */
  readonly serves: { readonly [C in ContractName]?: PlainService<C> };
  /** The image files; a made-up content if absent. */
  readonly images?: TestImages;
  /** Where evidence from it comes from. By default `simulator`, which claims least. */
  readonly origin?: Origin;
}

/** The names of the contracts that a module serves. */
export function servedBy({ serves }: { readonly serves: object }): ContractName[] {
  return CONTRACTS.filter((name) => Object.hasOwn(serves, name));
}
