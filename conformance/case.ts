/**
 * What a case is, and what it gets.
 *
 * @module
 */

import type {
  Clock,
  Driver,
  ErrorCode,
  FaultControls,
  FaultPlan,
  HostControl,
  HostControls,
  Image,
  Machine,
  MachineRef,
  MachineSpec,
  Network,
  Registry,
  Subject,
  TestFiles,
} from "../drivers/contract/mod.ts";
import type { ImageServer } from "./image_server.ts";

/**
 * What a case needs beyond the bare contract: facets of the driver, of its machines, of the host
 * controls and of the world. A case whose need is absent is `unsupported` if it is a facet of the
 * driver or a machine (not claimed), and `not-run` if it is one of the subject (`host.*`, `faults`,
 * `files.*`: cannot be shown here) unless the subject says why it is inapplicable. All of it is decided
 * before the case runs.
 */
export type Need =
  | "networks"
  | "ssh"
  | "events"
  | "machine.suspension"
  | "machine.saving"
  | "machine.forwards"
  | "machine.commands"
  | "machine.console"
  | "network.dhcp"
  | "faults"
  | "files.fillDisk"
  | "host"
  | `host.${HostControl}`;

/** A runnable proof of one or more clauses. Plain data and one function; no hooks, no globals. */
export interface Case {
  /** Dotted words, permanent: `<topic>.<behaviour>`. */
  readonly id: string;
  /** What it shows, in one sentence. */
  readonly title: string;
  /** Why it matters: the real bug it would catch. */
  readonly why: string;
  /** What it needs. By default nothing. */
  readonly needs?: readonly Need[];
  /**
   * Its checks: id to the clause that it proves. All of them are emitted, whether they pass or fail;
   * one that was not reached fails.
   */
  readonly checks: Readonly<Record<string, string>>;
  /** Whether it boots a guest: seconds instead of milliseconds when live. */
  readonly boots?: boolean;
  /** The proof. Never sleeps, reads wall time, invents a name or catches. */
  run(context: CaseContext): Promise<void>;
}

/** What a refusal must look like: the code and the subject, both. */
export interface Refusal {
  /** The code. */
  readonly code: ErrorCode;
  /** The subject. */
  readonly subject: Subject;
  /** The contract's own name for the error. */
  readonly reason?: string;
}

/** What was seen against what had to be. Soft: a failed check does not end the case. */
export interface Check {
  /** Passes if both are equal as JSON. */
  equal(id: string, subject: string, seen: unknown, expected: unknown): void;
  /** Passes if `ok`; `expected` says in words what had to be, `seen` is shown. */
  holds(id: string, subject: string, ok: boolean, expected: string, seen: unknown): void;
  /** Passes if the call is refused with that code about that subject. */
  refused(id: string, call: () => Promise<unknown> | unknown, refusal: Refusal): Promise<void>;
  /** Passes if the call succeeds and answers that value, as JSON. */
  answers(
    id: string,
    subject: string,
    call: () => Promise<unknown> | unknown,
    expected: unknown,
  ): Promise<void>;
  /**
   * Passes if the call succeeds; answers its value, or ends the case if it fails.
   */
  succeeds<T>(id: string, subject: string, call: () => Promise<T> | T): Promise<T>;
}

/**
 * Makes resources with names of their own. All that is made through {@linkcode CaseContext.driver}
 * is written to the ledger before, and removed when the case ends.
 */
export interface Fresh {
  /** A new label that the driver's rule accepts, different from all others of the run. */
  name(): string;
  /** A new machine reference in the case's own cluster, whose network exists if the driver makes networks. */
  ref(): Promise<MachineRef>;
  /** A new cluster, with its network if the driver makes networks. */
  cluster(): Promise<string>;
  /** A spec for a machine with the blank disk, its image downloaded, in the case's own cluster. */
  spec(overrides?: Partial<MachineSpec>): Promise<MachineSpec>;
  /** A stopped machine with the blank disk. */
  machine(overrides?: Partial<MachineSpec>): Promise<Machine>;
  /** A stopped machine with the guest's disk. */
  guest(overrides?: Partial<MachineSpec>): Promise<Machine>;
  /** A running machine with the guest's disk whose SSH server answers. */
  readyGuest(): Promise<Machine>;
  /** A host TCP port that nobody listens on. */
  port(): number;
}

/** What a case gets. */
export interface CaseContext {
  /** The driver under test; what is made through it is tracked. */
  readonly driver: Driver;
  /** Opens another instance on the same host, tracked too; by default of the same owner. */
  another(options?: { owner?: string }): Promise<Driver>;
  /** Makes resources. */
  readonly fresh: Fresh;
  /** Says what was seen. */
  readonly check: Check;
  /** The image server that the driver gets its list and images from, this case's own. */
  readonly server: ImageServer;
  /** The world's time, for measuring waits; a case does not sleep. */
  readonly clock: Clock;
  /** Ways behind the driver's back. Only what `needs` names is there. */
  readonly host: Required<HostControls>;
  /** A registry without entries. */
  readonly registry: Registry<Driver>;
  /** Faults. Only there if `needs` names them. */
  readonly faults: FaultControls & {
    /**
     * Plans a fault, calls, clears, and answers the error, or undefined if the call succeeded; `met`
     * says how many backend calls met the fault.
     */
    during(fault: FaultPlan, call: () => Promise<unknown>): Promise<FaultOutcome>;
  };
  /** The driver's local files. */
  readonly files: Required<TestFiles>;
  /** Settles when all have settled: the values, or the errors in their places. */
  settled<T>(calls: readonly Promise<T>[]): Promise<Settled<T>[]>;
  /** Downloads and returns an image of the list. */
  image(version: string): Promise<Image>;
  /** The network of a cluster; for needs `networks`. */
  network(cluster: string): Promise<Network>;
}

/** One settled call: exactly one of the two is there. */
export interface Settled<T> {
  /** The value. */
  readonly value?: T;
  /** What was thrown. */
  readonly error?: unknown;
}

/** How a call under a fault ended. */
export interface FaultOutcome {
  /** What was thrown, or undefined. */
  readonly error?: unknown;
  /** How many backend calls met the fault; 0 means that the call makes fewer. */
  readonly met: number;
}
