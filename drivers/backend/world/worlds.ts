/**
 * What a run gets around a driver: a world for each case.
 *
 * @module
 */

import type { Driver, HostControls, World } from "../../contract/mod.ts";
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
  /** A folder on disk for this world alone. Needed in real time; else all files are in memory. */
  readonly folder?: string;
  /** The tape. Needed in a replay. */
  readonly tape?: Tape;
}

/** What a driver claims, told without touching a hypervisor. */
export interface WorldClaims {
  /** An instance that leads nowhere: its facets are there to be seen. */
  readonly driver: Driver;
  /** The ways behind its back. */
  readonly host?: HostControls;
  /** Whether faults can be planned. */
  readonly faults: boolean;
  /** Whether the driver's disk can be full. */
  readonly fillDisk: boolean;
}

/** What only the caller knows about a recording. */
export type RecordingFacts = Pick<
  Provenance,
  "case" | "seed" | "adapter" | "suite" | "recordedAt"
>;

/** A world, and where its evidence comes from. Who opens drivers in it disposes of them before. */
export interface CaseWorld extends World {
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
  /** What the driver claims. */
  claims(): Promise<WorldClaims>;
  /** Opens a world for one case. Worlds of a live host share it, and nothing else. */
  open(options: WorldOptions): Promise<CaseWorld>;
}
