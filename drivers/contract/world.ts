/**
 * What the suite needs around a driver: instances of it, and what lies below it.
 *
 * Types only. An adapter's module provides the parts; the suite's composition root puts them
 * together.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { ContractName, HostOf, SubjectOf } from "./contracts.ts";
import type { Driver } from "./driver/driver.ts";
import type { Registry } from "./driver/registry.ts";

/** Where evidence comes from. */
export type Origin = "hardware" | "software-hypervisor" | "simulator";

/** How an instance of the driver is opened. */
export interface OpenOptions {
  /** Whose machines; a label. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
}

/** One backend call or event, as a failure shows it. */
export interface TraceLine {
  /** Milliseconds on the world's clock when it began. */
  readonly at: number;
  /** How long it took, in milliseconds; absent for an event. */
  readonly ms?: number;
  /** The method, or `event`. */
  readonly method: string;
  /** What it was about. */
  readonly lane: string;
  /** `ok`, or what went wrong. */
  readonly outcome: string;
}

/** How what tells of events breaks off. */
export type EventBreak = "cut" | "forgotten";

/**
 * What the suite may do behind the back of what is under test, whatever the contract. Each optional
 * member is a facet of the subject. Names are qualified names of the hypervisor.
 */
export interface HostBase {
  /** Every machine, disk and network of the host, such as `machine:o.c1.m1`, `disk:…`, `network:…`; sorted. */
  inventory(): Promise<string[]>;
  /**
   * What this process still holds of the host, such as open handles and operations: nothing, once all
   * instances are disposed of.
   */
  census?(): Promise<string[]>;
  /** Makes a machine that is nobody's of ours, stopped. */
  plantMachine?(name: string): Promise<void>;
  /** Removes a planted machine. */
  uprootMachine?(name: string): Promise<void>;
  /** A digest of a machine's definition, state and disk: equal while nobody touched it. */
  fingerprint?(name: string): Promise<string>;
  /**
   * Breaks off what tells of events, once: `cut` is a connection that breaks; after `forgotten`,
   * nobody can be told any more of what happened before.
   */
  breakEvents?(how: EventBreak): Promise<void>;
  /**
   * Why a control that is absent makes no sense for this hypervisor, such as a second machine of one
   * name where the hypervisor itself refuses that. Cases that need such a control are `unsupported`;
   * those that need any other absent control are `not-run`, and the run is incomplete.
   */
  readonly inapplicable?: Readonly<Partial<Record<string, string>>>;
}

/** The names of the optional controls of a contract. */
export type HostControlOf<C extends ContractName> = Exclude<
  keyof HostOf<C> & string,
  "inventory" | "inapplicable"
>;

/** How a backend call goes wrong. */
export type FaultKind =
  /** The backend refuses, with the raw error of a {@linkcode Situation}. */
  | "error"
  /** No answer before the call's own deadline, and nothing was done. */
  | "timeout"
  /** Done, and answered after the call's own deadline. */
  | "late-reply"
  /** Done, but the answer is lost with the connection. */
  | "lost-reply"
  /** Done, but the answer makes no sense. */
  | "garbled-reply"
  /** Done, but the answer is the one that the last call of the method got, as of a proxy that mixes them up. */
  | "other-reply"
  /** The connection is gone before anything was done. */
  | "disconnect"
  /** Nothing goes wrong, but another client is faster: the call is made once what `onMet` began is done. */
  | "overtaken";

/** What is wrong on the host, in words that every hypervisor can say in its own way. */
export type Situation =
  | "unavailable"
  | "permission-denied"
  | "no-memory"
  | "disk-full"
  | "busy"
  | "internal";

/** One fault to come. */
export interface FaultPlan {
  /** How it goes wrong. */
  readonly kind: FaultKind;
  /** For `error`: what is wrong; by default `internal`. */
  readonly situation?: Situation;
  /** Which calls count: all, or those that change something. By default all. */
  readonly among?: "calls" | "changes";
  /** The first counted call that meets it, from 1 on. */
  readonly call: number;
  /** How many counted calls meet it from there on; by default 1. `Infinity` means until cleared. */
  readonly times?: number;
  /** Is called, and waited for, when a call meets it, before all else: an abort at an exact moment. */
  readonly onMet?: () => void | Promise<void>;
}

/** Facet of the subject: faults at the backend seam. */
export interface FaultControls {
  /** Sets the fault; counting starts anew. */
  plan(fault: FaultPlan): void;
  /** Removes it, and answers how many calls met it. */
  clear(): number;
}

/**
 * Everything around what is under test, for one case of one contract. Disposing of it says what a
 * replay left unused.
 */
export interface World<C extends ContractName = "driver"> extends AsyncDisposable {
  /** The world's time. */
  readonly clock: Clock;
  /** Opens an instance. All instances of a world share its host. */
  open(options: OpenOptions): Promise<SubjectOf<C>>;
  /** A registry to try; the contract's own if absent. */
  registry?(): Registry<Driver>;
  /** The image files that this subject's machines are made from. */
  readonly images: TestImages;
  /** Facet: what lies behind it. */
  readonly host?: HostOf<C>;
  /** Facet: faults. */
  readonly faults?: FaultControls;
  /** The backend calls and events so far, oldest first. */
  trace(): readonly TraceLine[];
  /** Local files that `fromFile` can be asked to read. */
  readonly files: TestFiles;
  /**
   * Ends the world.
   *
   * @throws {Error} in replay, if a call was unmatched or a line of the tape is unused
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a subject claims of one contract, told without touching a hypervisor. */
export interface ContractClaims<C extends ContractName = ContractName> {
  /** An instance that leads nowhere: its facets are there to be seen. */
  readonly subject: Partial<SubjectOf<C>>;
  /** The ways behind its back. */
  readonly host?: Partial<HostOf<C>>;
  /** Whether faults can be planned. */
  readonly faults: boolean;
  /** Whether its disk can be full. */
  readonly fillDisk: boolean;
}

/** What a subject claims of each contract that it serves. */
export type Claims = { readonly [C in ContractName]?: ContractClaims<C> };

/** The content of the two test images. */
export interface TestImages {
  /** A disk that nothing boots from. */
  blank(): Promise<Uint8Array<ArrayBuffer>>;
  /** A disk with a guest that takes an address, serves SSH and obeys the power button. */
  guest(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The local files of the machine that the driver runs on, as far as cases need them. */
export interface TestFiles {
  /** Writes a file into the world's own folder and answers its path. */
  write(name: string, content: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Makes a symbolic link in the world's own folder and answers its path. */
  link(name: string, target: string): Promise<string>;
  /** Reads a file, by the path that {@linkcode write} answered. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The files in the driver's cache directory, relative and sorted. */
  cached(): Promise<string[]>;
  /** Overwrites a file of {@linkcode cached}, or removes it if the content is undefined. */
  tamper(path: string, content: Uint8Array<ArrayBuffer> | undefined): Promise<void>;
  /** Overwrites every file of the driver's config directory with bytes that mean nothing. */
  corruptState(): Promise<void>;
  /** Facet: from now on, writing to the cache directory meets a full disk; ends with `false`. */
  fillDisk?(full: boolean): void;
}
