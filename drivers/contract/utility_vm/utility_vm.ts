/**
 * Utility VMs: small virtual machines that hold containers, and end with the program that made them.
 *
 * @module
 */

import type { CallOptions, Changed } from "../call.ts";
import type {
  NetworkNamespaces,
  Plan9Shares,
  ScsiDisks,
  VpmemDevices,
  VsmbShares,
} from "./attachments.ts";
import type { GuestSystem, UtilityVmOptions } from "./options.ts";

/** What a utility VM is doing. */
export const UVM_STATES = ["created", "running", "paused", "stopped", "unknown"] as const;

/** One of {@linkcode UVM_STATES}. */
export type UvmState = typeof UVM_STATES[number];

/** How a utility VM can end. */
export const UVM_EXITS = ["graceful", "forced", "unexpected", "unknown"] as const;

/** One of {@linkcode UVM_EXITS}. */
export type UvmExitKind = typeof UVM_EXITS[number];

/** The end of a utility VM. */
export interface UvmExit {
  /** `graceful` by the guest itself, `forced` by a terminate, `unexpected` by neither. */
  readonly kind: UvmExitKind;
  /** The host's own words for it. */
  readonly raw: string;
  /** The host's own status number; 0 if all was well. */
  readonly status?: number;
}

/** What a utility VM is doing now. */
export interface UvmStatus {
  /** The state. */
  readonly state: UvmState;
  /** The host's own words for it. */
  readonly raw: string;
  /** How it ended, once it has. */
  readonly exit?: UvmExit;
}

/** How a wait ended. */
export type UvmWaitResult =
  | {
    /** The VM has ended. */
    readonly verdict: "exited";
    /** How. */
    readonly exit: UvmExit;
  }
  | {
    /** It had not when the time was over. */
    readonly verdict: "timeout";
  };

/** A change that the host is asked for in its own words; what is absent is left out. */
export interface ModifyRequest {
  /** What on the host is changed, such as `VirtualMachine/Devices/Scsi/0/Attachments/1`. */
  readonly ResourcePath?: string;
  /** How. */
  readonly RequestType?: "Add" | "Remove" | "Update";
  /** To what: a JSON value. */
  readonly Settings?: unknown;
  /** What the guest is asked for: a JSON value. */
  readonly GuestRequest?: unknown;
}

/** The facets that a utility VM may have. */
export const UVM_FACETS = ["vpmem", "vsmb", "plan9", "networks"] as const;

/** One of {@linkcode UVM_FACETS}. */
export type UvmFacet = typeof UVM_FACETS[number];

/**
 * A utility VM. After {@linkcode close} only `id`, `owner`, `os` and `close` itself answer; all else is
 * refused as `failed-precondition` with reason `closed`.
 */
export interface UtilityVm extends AsyncDisposable {
  /** Its identity on the host. */
  readonly id: string;
  /** Whose it is. */
  readonly owner: string;
  /** Its guest. */
  readonly os: GuestSystem;
  /** What it is doing now; a state that the host does not tell is `created`. */
  status(options?: CallOptions): Promise<UvmStatus>;
  /**
   * Starts it. It runs on return, with its guest connected.
   *
   * @throws {DriverError} `failed-precondition` with reason `already-started`; `aborted` with reason
   * `exited` if it ends meanwhile
   */
  start(options?: CallOptions): Promise<void>;
  /**
   * Waits until it has ended. Any number may wait, also after its end; all are told the same.
   *
   * @throws {DriverError} `canceled` on abort; `failed-precondition` with reason `closed` if the handle
   * is closed meanwhile; `unavailable` with reason `service-lost`; `invalid-argument` for a timeout that
   * is no number of milliseconds from 0
   */
  wait(options?: CallOptions & { timeoutMs?: number }): Promise<UvmWaitResult>;
  /**
   * Ends it by force. Accepted on return, done when a wait says so. Of one that has ended already,
   * `changed` is false.
   */
  terminate(options?: CallOptions): Promise<Changed>;
  /**
   * Ends it, waits for its end, and releases all that is held for it. Once more does nothing. The
   * handle is released even if this fails.
   *
   * @throws {DriverError} if the host does not say that the VM has ended
   */
  close(options?: CallOptions): Promise<void>;
  /**
   * Asks the host for a change in its own words, behind the back of all attachments.
   *
   * @throws {DriverError} `invalid-argument` for what is no JSON object; `failed-precondition` with
   * reason `not-running`; the host's own code and text in `backend`
   */
  modify(request: ModifyRequest, options?: CallOptions): Promise<void>;
  /**
   * The number of the next container in this VM, from 1 on: for where its files go in the guest.
   *
   * @throws {DriverError} `failed-precondition` with reason `closed`
   */
  containerCounter(): number;
  /** SCSI disks. */
  readonly scsi: ScsiDisks;
  /** Facet: persistent memory. */
  readonly vpmem?: VpmemDevices;
  /** Facet: folders for Windows guests. */
  readonly vsmb?: VsmbShares;
  /** Facet: folders for Linux guests. */
  readonly plan9?: Plan9Shares;
  /** Facet: network namespaces. */
  readonly networks?: NetworkNamespaces;
}

/** A utility VM of this owner on the host, as a list tells. */
export interface UtilityVmSummary {
  /** Its identity. */
  readonly id: string;
  /** What it is doing. */
  readonly state: UvmState;
}

/**
 * The utility VMs of one owner. Opening has no side effect. Disposing of it closes every VM that it has
 * made and not closed.
 */
export interface UtilityVms extends AsyncDisposable {
  /** Lower-case, such as `hcs`; the name in the registry. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Whose VMs these are. */
  readonly owner: string;
  /** The guests that it can make VMs for, each with the facets that such VMs have. */
  readonly guests: Readonly<Partial<Record<GuestSystem, readonly UvmFacet[]>>>;
  /**
   * Makes a utility VM, not started. Options are checked before anything is done, and never changed. On
   * failure nothing of it is left, or the error's `leftovers` says what.
   *
   * @throws {DriverError} `invalid-argument`; `already-exists` for an id that is taken, whose VM is left
   * alone; `failed-precondition` with reason `file-missing`; `out-of-range` with reason
   * `too-many-attachments`; `unimplemented` for a guest that it has none of
   */
  create(options: UtilityVmOptions, call?: CallOptions): Promise<UtilityVm>;
  /** The utility VMs of this owner on the host, whoever made them, sorted by id. */
  list(call?: CallOptions): Promise<readonly UtilityVmSummary[]>;
  /**
   * Ends a utility VM of this owner that no handle is left of.
   *
   * @throws {DriverError} `invalid-argument` with reason `no-utility-vm` for an empty id; `not-found`,
   * also for one of another owner
   */
  terminate(id: string, call?: CallOptions): Promise<void>;
}
