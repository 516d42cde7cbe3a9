/**
 * What a run gets around a driver: a world for each case.
 *
 * @module
 */

import type { Claims, ContractName, World } from "../../contract/mod.ts";
import type { Host } from "../module.ts";
import type { Provenance, Tape } from "../tape/tape.ts";

/** Where evidence comes from. */
export interface Evidence extends Host {
  /** When it was recorded, for a replay. */
  readonly recordedAt?: string;
}

/** The user's settings for a driver. */
export type Settings = Readonly<Record<string, string>>;

/** What {@linkcode openWorlds} needs. */
export interface WorldsOptions {
  /** Where the answers come from. A module whose time is virtual is simulated when it is `live`. */
  readonly mode: "live" | "record" | "replay";
  /** The user's settings for the driver; a replay takes those of its tape. */
  readonly settings?: Settings;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/** What one world needs. */
export interface WorldOptions {
  /** The contract whose subject is opened in it. */
  readonly contract: ContractName;
  /** A folder on disk for this world alone. Needed in real time; else all files are in memory. */
  readonly folder?: string;
  /** The tape. Needed in a replay. */
  readonly tape?: Tape;
  /** What the driver gets its image list and images by; the runtime's own by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What only the caller knows about a recording. */
export type RecordingFacts = Pick<
  Provenance,
  "case" | "seed" | "adapter" | "suite" | "recordedAt"
>;

/** A world, and where its evidence comes from. Who opens instances in it disposes of them before. */
export interface CaseWorld extends World<ContractName> {
  /** Where its evidence comes from. */
  readonly evidence: Evidence;
  /**
   * In `record`: the text of the tape, to be asked for after the case.
   *
   * @throws {Error} if something happened that cannot be recorded, or the tape would hold a secret
   */
  tape?(facts: RecordingFacts): Promise<string>;
}

/** All worlds of a run: over one live host, over simulated ones, or over tapes. */
export interface Worlds extends AsyncDisposable {
  /** The driver's name. */
  readonly driver: string;
  /** How answers come about. */
  readonly mode: "live" | "simulated" | "replayed";
  /** What was connected to; absent in a replay, where each tape tells. */
  readonly host?: Host;
  /** The contracts that it serves. */
  readonly contracts: readonly ContractName[];
  /** What it claims of each. */
  claims(): Promise<Claims>;
  /** Opens a world for one case. Worlds of a live host share it, and nothing else. */
  open(options: WorldOptions): Promise<CaseWorld>;
}
