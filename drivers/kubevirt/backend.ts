/**
 * The methods below the adapter: Kubernetes' REST interface in JSON, and watches.
 *
 * @module
 */

import type { Backend, Json } from "../backend/backend.ts";
import type { SshResult } from "../backend/ssh.ts";
import type { KubeList, KubeObject } from "./objects.ts";

export type { SshResult } from "../backend/ssh.ts";

export type * from "./objects.ts";

/** Without content. */
export type None = Record<string, never>;
/** One method. */
export type Op<P, R> = { readonly params: Readonly<P>; readonly result: R };

/**
 * How an API server is reached, and as whom: all that is used of a kubeconfig. Certificates and keys
 * are in PEM. On a tape all of it is placeholders.
 */
export type Access = {
  /** Such as `https://10.0.0.1:6443`. */
  readonly server: string;
  readonly certificateAuthority?: string;
  readonly token?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** What requests go through, such as `http://proxy:3128`. */
  readonly proxy?: string;
};

/** A kind of objects, and where. */
export type Collection = {
  /**
   * As whom: a machine plugin gets its credentials with each request. By default the connection's own
   * way to its own cluster.
   */
  readonly access?: Access;
  /** Such as `kubevirt.io`; empty for the core group. */
  readonly group: string;
  /** Such as `v1`. */
  readonly version: string;
  /** The plural in the URL, such as `virtualmachines`. */
  readonly resource: string;
  /** Absent for what has no namespace, and for all namespaces. */
  readonly namespace?: string;
  /**
   * How much of each object is answered; all by default. An `outline` is what the adapter looks at
   * (`outline.ts`). The server is not told: the client drops the rest on arrival.
   */
  readonly view?: "outline";
};

/** One object, or a part of it. */
export type Target = Collection & {
  readonly name: string;
  /** Such as `status`, or a verb of KubeVirt such as `start`. */
  readonly subresource?: string;
};

/** Which objects of a collection. */
export type Selection = {
  /** Such as `a=b,c in (d,e)`. */
  readonly labelSelector?: string;
  /** Such as `metadata.name=m1`. */
  readonly fieldSelector?: string;
};

/** How a change is meant. */
export type ChangeOptions = {
  /** Checks all, and keeps nothing. */
  readonly dryRun?: "All";
  /** Who makes the change; needed to apply. */
  readonly fieldManager?: string;
  /** What happens to fields that the server does not know. */
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
};

/** How a deletion is meant. */
export type DeleteOptions = {
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly gracePeriodSeconds?: number;
  /** Deletes nothing else: a successor of the same name has another uid. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
};

/** How a patch is to be read. */
export type PatchType = "json" | "merge" | "strategic" | "apply";

/** What is wrong with a simulated cluster; all is well by default. */
export type Knobs = {
  /** The phase that data volumes stop in, by their name; `*` stands for all others. */
  readonly volumePhases: Readonly<Record<string, string>>;
  /** The most objects in a namespace, by resource: one more is `403` with `exceeded quota`. */
  readonly quota: Readonly<Record<string, number>>;
  /** Finds no node for instances. */
  readonly unschedulable: boolean;
  /**
   * The phase that the instance of a machine stays in, by its name, or `Unschedulable`. Ends with that
   * instance.
   */
  readonly instanceHolds: Readonly<Record<string, string>>;
  /** The controllers of KubeVirt take no step. */
  readonly controllersStopped: boolean;
  /** The admission webhook of KubeVirt does not answer: changes of its objects are `500`. */
  readonly webhookDown: boolean;
  /** The aggregated interface of KubeVirt does not answer: its verbs are `503`. */
  readonly verbsDown: boolean;
  /** KubeVirt is not installed: its collections are `404` without details. */
  readonly notInstalled: boolean;
  /** A finalizer that every new virtual machine gets, and that nobody takes away. */
  readonly stuckFinalizer: string;
  /** Statuses that virtual machines show while they have an instance, whatever is true, by their name. */
  readonly printableStatuses: Readonly<Record<string, string>>;
  /** Resources that the credentials give no right to: `403`. */
  readonly forbidden: readonly string[];
  /** No credentials are good any more: `401`. */
  readonly unauthorized: boolean;
  /** How many calls from now on are `429`. */
  readonly throttled: number;
  /** What those say, in seconds. */
  readonly retryAfterSeconds: number;
  /** The most objects on a page of a list, whatever is asked for. */
  readonly pageSize: number;
};

/** Who a guest or its instance is, for {@linkcode KubeMethods} `lab.guest`. */
export type LabGuest = {
  readonly namespace: string;
  readonly name: string;
  /** `shutdown`: the guest powers off; `crash`: it fails; `vanish`: its node is lost. */
  readonly event: "shutdown" | "crash" | "vanish";
};

/**
 * The methods. What the server refuses is a `BackendError` of kind `refused`, whose code `refusalOf`
 * in `status.ts` reads.
 */
export type KubeMethods = {
  /** Git version and platform of the server. */
  version: Op<None, { readonly gitVersion: string; readonly platform?: string }>;
  /**
   * The connection's own way to its cluster and the namespace that it works in, for what asks a
   * machine plugin. Sends nothing.
   */
  access: Op<None, Access & { readonly namespace: string }>;
  get: Op<Target, KubeObject>;
  /** One page, if there is a `limit`; `KubeObjects` in `objects_client.ts` reads whole lists. */
  list: Op<
    Collection & Selection & {
      limit?: number;
      continue?: string;
      resourceVersion?: string;
      resourceVersionMatch?: "NotOlderThan" | "Exact";
    },
    KubeList
  >;
  /**
   * The names of all that there is of some kinds in the connection's own namespace, by resource: for
   * what looks behind an adapter's back.
   */
  census: Op<
    { readonly kinds: readonly Pick<Collection, "group" | "version" | "resource">[] },
    { readonly [resource: string]: readonly string[] }
  >;
  create: Op<Collection & { body: KubeObject; options?: ChangeOptions }, KubeObject>;
  /** Puts an object in the place of the present one; refused if that is newer than the body says. */
  replace: Op<Target & { body: KubeObject; options?: ChangeOptions }, KubeObject>;
  patch: Op<
    Target & { type: PatchType; body: Json; options?: ChangeOptions & { force?: boolean } },
    KubeObject
  >;
  /** Answers the object while it is only on its way, and a `Status` of `Success` once it is gone. */
  delete: Op<Target & { options?: DeleteOptions }, KubeObject>;
  /** A verb of KubeVirt's own interface: `PUT …/virtualmachines/NAME/start`. */
  invoke: Op<Target & { subresource: string; body?: Json }, null>;
  /** What KubeVirt's own interface tells of an object, such as `guestosinfo`. */
  inspect: Op<Target & { subresource: string }, Json>;

  /**
   * Fills the claim of a data volume that waits for an upload with a local file. The token for that
   * stays below.
   */
  upload: Op<{ readonly namespace: string; readonly name: string; readonly path: string }, null>;
  /** Runs a program in the guest at an address; the user and the key are the live side's own affair. */
  "ssh.run": Op<{ readonly address: string; readonly argv: readonly string[] }, SshResult>;
  /** Opens a shell in the guest on this process's own terminal. */
  "ssh.shell": Op<{ readonly address: string }, { readonly exitCode: number }>;

  /** Begins a watch, and answers its id; what it sees comes as {@linkcode WatchEvent}s. */
  "watch.start": Op<
    Collection & Selection & {
      /** What is known already. Without it, all present objects come as `ADDED` first. */
      resourceVersion?: string;
      allowWatchBookmarks?: boolean;
      /** When the server ends it. */
      timeoutSeconds?: number;
    },
    { readonly watch: string }
  >;
  /** Ends a watch; nothing comes of it any more. Nothing happens if it has ended. */
  "watch.stop": Op<{ watch: string }, null>;

  /** Simulated clusters alone: changes what is wrong with it. */
  "lab.set": Op<Partial<Knobs>, null>;
  /** Simulated clusters alone: something happens to a guest. */
  "lab.guest": Op<LabGuest, null>;
  /** Simulated clusters alone: forgets all history: each watch ends with `410`, and so do pages. */
  "lab.compact": Op<None, null>;
  /** Simulated clusters alone: cuts the connection of all watches. */
  "lab.cutWatches": Op<None, null>;
};

/** One thing that a watch tells. */
export type WatchEvent =
  | {
    readonly watch: string;
    readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
    readonly object: KubeObject;
  }
  /** The server refuses to go on; `code` is that of a refusal. The watch is over. */
  | {
    readonly watch: string;
    readonly type: "ERROR";
    readonly code: string;
    readonly message: string;
  }
  /** The watch is over: the server closed it, or the connection broke. */
  | { readonly watch: string; readonly type: "CLOSED"; readonly broken: boolean };

/** The backend of this adapter. */
export type KubeBackend = Backend<KubeMethods, WatchEvent>;
