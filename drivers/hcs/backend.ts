/**
 * The methods below the adapter: one operation of the Host Compute Service, of the Host Compute
 * Network service, or of the host's file system each. Documents are the service's own JSON.
 *
 * Refusals are a `BackendError` of kind `refused` whose code is the HRESULT as `0x8037010F`: eight
 * upper-case digits, with the two number families folded into one (`0xC037....` becomes
 * `0x8037....`). Its message is the text of the result document, where there was one. A service that
 * was lost during a call is `disconnected`, one that does not answer at all `unreachable`.
 *
 * @module
 */

import type { Backend, Json } from "../backend/backend.ts";
import type { LabMethods } from "./double.ts";
import type { JsonObject, Nothing } from "./json.ts";

export type * from "./double.ts";
export type { JsonObject, Nothing } from "./json.ts";

/**
 * A handle to a compute system. The handle decides; the identifier is for lanes and traces. One
 * system may have several handles, and lives on after the last is closed unless its document asked
 * for `ShouldTerminateOnLastHandleClosed`.
 */
export type SystemRef = {
  /** The identifier of the system. */
  readonly id: string;
  /** Which handle; a number from 1, used for no other handle of this backend. */
  readonly handle: number;
};

/** A system as `systems.enumerate` tells it. `State` may be absent before the first start. */
export type SystemRecord = JsonObject & {
  readonly Id: string;
  readonly SystemType?: string;
  readonly Owner?: string;
  readonly RuntimeId?: string;
  readonly State?: string;
};

/** What `system.properties` answers: the base properties, and those of the query. */
export type SystemProperties = SystemRecord & {
  readonly GuestConnectionInfo?: JsonObject;
  readonly Memory?: JsonObject;
};

/** What to change in a system: `ModifySettingRequest` of the service. */
export type ModifyRequest = {
  /** Such as `VirtualMachine/Devices/Scsi/0/Attachments/1`; absent if the guest alone is asked. */
  readonly ResourcePath?: string;
  readonly RequestType?: string;
  readonly Settings?: Json;
  readonly GuestRequest?: JsonObject;
};

/** Asks which systems to enumerate: `SystemQuery` of the service; null for all. */
export type SystemQuery = {
  readonly Ids?: readonly string[];
  readonly Names?: readonly string[];
  readonly Types?: readonly string[];
  readonly Owners?: readonly string[];
};

/** A file of the host. */
export type FileRecord = {
  /** What it is. */
  readonly kind: "file" | "directory";
  /** In bytes; 0 for a directory. */
  readonly size: number;
};

/** What is open below the seam. All numbers are 0 and the list is empty when nothing leaks. */
export type Census = {
  /** Operations that were made and not closed. */
  readonly operations: number;
  /** Handles to systems that were opened and not closed. */
  readonly systems: number;
  /** Callbacks that are set on handles. */
  readonly callbacks: number;
  /** Handles to namespaces and endpoints that were opened and not closed. */
  readonly networks: number;
  /** Result texts that were handed out and not freed. */
  readonly results: number;
  /** Misuse that a double saw, such as `HcsCloseOperation: stale handle`; the real service tells none. */
  readonly violations: readonly string[];
};

/** A method on a handle without parameters of its own. */
export type HandleMethod = { readonly params: SystemRef; readonly result: null };

/** A method on a handle with options of the service; null for none. */
export type OptionsMethod = {
  readonly params: SystemRef & { readonly options: JsonObject | null };
  readonly result: null;
};

/** A method on a file. */
export type FileMethod<R extends Json> = {
  readonly params: { readonly path: string };
  readonly result: R;
};

/** The methods. Those of the laboratory exist on doubles alone. */
export type HcsMethods = LabMethods & {
  /** Where the host keeps things, and how large it is. */
  readonly "host.info": {
    params: Nothing;
    result: {
      readonly windows: string;
      readonly programFiles: string;
      readonly processors: number;
      readonly memoryMiB: number;
    };
  };
  /** `HcsGetServiceProperties`, such as `{PropertyTypes: ["Basic"]}` for the schema versions. */
  readonly "service.properties": { params: { readonly query: JsonObject }; result: JsonObject };
  /** `HcsEnumerateComputeSystems`: the live systems, whoever made them. */
  readonly "systems.enumerate": {
    params: { readonly query: SystemQuery | null };
    result: readonly SystemRecord[];
  };

  /** `HcsCreateComputeSystem`, and listening to its events from then on. */
  readonly "system.create": {
    params: { readonly id: string; readonly document: JsonObject };
    result: { readonly handle: number };
  };
  /** `HcsOpenComputeSystem`, and listening to its events from then on. */
  readonly "system.open": {
    params: { readonly id: string };
    result: { readonly handle: number };
  };
  /** `HcsStartComputeSystem`: with a guest connection in the document, until the guest is there. */
  readonly "system.start": HandleMethod;
  /** `HcsShutDownComputeSystem`: asks the guest. */
  readonly "system.shutdown": OptionsMethod;
  /** `HcsTerminateComputeSystem`. The exit is told by an event, before or after this answers. */
  readonly "system.terminate": HandleMethod;
  /** `HcsPauseComputeSystem`. */
  readonly "system.pause": OptionsMethod;
  /** `HcsResumeComputeSystem`. */
  readonly "system.resume": HandleMethod;
  /** `HcsSaveComputeSystem`; only when paused. */
  readonly "system.save": OptionsMethod;
  /** `HcsGetComputeSystemProperties`; null asks for the base properties. */
  readonly "system.properties": {
    params: SystemRef & { readonly query: JsonObject | null };
    result: SystemProperties;
  };
  /** `HcsModifyComputeSystem`. */
  readonly "system.modify": {
    params: SystemRef & { readonly request: ModifyRequest };
    result: null;
  };
  /**
   * `HcsCloseComputeSystem`, once all operations on the handle have completed. No event comes after
   * it answered. A handle that is closed already, or never was, is refused with `0x80070006`.
   */
  readonly "system.close": HandleMethod;

  /** `HcsGrantVmAccess`: lets the system use a file. */
  readonly "access.grant": {
    params: { readonly id: string; readonly path: string };
    result: null;
  };
  /** `HcsRevokeVmAccess`. */
  readonly "access.revoke": {
    params: { readonly id: string; readonly path: string };
    result: null;
  };

  /** `HcnQueryNamespaceProperties`. */
  readonly "namespace.query": { params: { readonly namespace: string }; result: JsonObject };
  /** `HcnQueryEndpointProperties`. */
  readonly "endpoint.query": { params: { readonly endpoint: string }; result: JsonObject };

  /** What is there; null if nothing. */
  readonly "files.stat": FileMethod<FileRecord | null>;
  /** The names in a folder, sorted; refused with `0x80070003` if there is none. */
  readonly "files.list": FileMethod<readonly string[]>;
  /** Makes a folder and those above it; nothing if it is there. */
  readonly "files.mkdir": FileMethod<null>;
  /** Writes a file of text; refused with `0x80070050` if there is one. */
  readonly "files.write": {
    params: { readonly path: string; readonly text: string };
    result: null;
  };
  /** Copies a file; refused with `0x80070050` if there is one already. */
  readonly "files.copy": {
    params: { readonly from: string; readonly to: string };
    result: null;
  };
  /** Removes a file or an empty folder; nothing if it is not there. */
  readonly "files.remove": FileMethod<null>;

  /** What is open below the seam. */
  readonly census: { params: Nothing; result: Census };
};

/**
 * What the service tells about a system that this backend has a handle to: once for each handle.
 * Types are the numbers of `HCS_EVENT_TYPE`, which may be unknown; data is the text as it came.
 */
export type HcsEvent = {
  /** 1 for an exit, 0x02000000 for a lost service; see `EVENTS`. */
  readonly type: number;
  /** The system's identifier. */
  readonly system: string;
  /** Which handle it was told to. */
  readonly handle: number;
  /** The event's document as text, such as a `SystemExitStatus`; null if none came. */
  readonly data: string | null;
};

/** `HCS_EVENT_TYPE` of what an adapter looks at. */
export const EVENTS = {
  exited: 1,
  crashInitiated: 2,
  crashReport: 3,
  guestConnectionClosed: 6,
  serviceDisconnect: 0x02000000,
} as const;

/** The backend of the HCS adapter. */
export type HcsBackend = Backend<HcsMethods, HcsEvent>;
