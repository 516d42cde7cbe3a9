/**
 * Folders of the host in Windows guests.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { CallOptions, VsmbFolder, VsmbShare, VsmbShares } from "../contract/mod.ts";
import { type Attached, Attachments, type Making } from "./attachments.ts";
import type { JsonObject } from "./backend.ts";
import type { Inventory } from "./documents.ts";
import { type About, attemptNow, invalid, trouble } from "./errors.ts";
import { asJson } from "./json.ts";
import type { Link } from "./link.ts";
import { assertHostPath, pathKey } from "./paths.ts";
import type { Step } from "./steps.ts";

/** Where a Windows guest finds its shares. */
const GUEST_ROOT = "\\\\?\\VMSMB\\VSMB-{dcc079ae-60ba-4d07-847c-3493609c0870}";
const PATH = "VirtualSmb/Shares";

type Share = Omit<VsmbShare, "references"> & {
  /** What makes it another share. */
  readonly options: JsonObject;
};

/** See {@linkcode VsmbShares}. */
export class HcsVsmbShares implements VsmbShares {
  readonly #link: Link;
  readonly #taken: ReadonlySet<string>;
  readonly #shares: Attachments<Share>;
  #count = 0;

  /** With the shares that the VM was made with. */
  constructor(link: Link, { vsmbNames }: Inventory) {
    this.#link = link;
    this.#taken = new Set(vsmbNames);
    this.#shares = new Attachments(link);
  }

  async add(folder: VsmbFolder, { signal }: CallOptions = {}): Promise<VsmbShare> {
    const about = aboutShare("vsmb.add", folder?.hostPath, signal);
    return told(
      await this.#shares.add(about, () => this.#check(folder?.hostPath), () => {
        const options = optionsOf(folder);
        const request = folder.guestRequest === undefined
          ? undefined
          : asJson(folder.guestRequest, "guestRequest");
        return {
          key: pathKey(folder.hostPath),
          make: () => this.#make(folder.hostPath, options, request),
          again: (known) => {
            if (isSame(known.options, options)) return { info: known };
            throw trouble("conflict", "It is shared already, with other options");
          },
        };
      }),
    );
  }

  async remove(hostPath: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutShare("vsmb.remove", hostPath, signal);
    await this.#shares.remove(about, () => this.#check(hostPath), () => pathKey(hostPath));
  }

  guestPath(hostPath: string): string {
    const about = aboutShare("vsmb.guestPath", hostPath, undefined);
    return attemptNow(about, () => {
      this.#check(hostPath);
      const share = this.#shares.get(pathKey(hostPath));
      if (share) return share.guestPath;
      throw trouble("not-attached", "It is not shared");
    });
  }

  attached(): readonly VsmbShare[] {
    return this.#shares.list("vsmb.attached").map(told);
  }

  #check(hostPath: string): void {
    this.#link.life.assertOpen();
    assertHostPath(hostPath);
  }

  #make(hostPath: string, options: JsonObject, request: Json | undefined): Making<Share> {
    const name = this.#newName();
    const share = this.#link.onHost({
      path: PATH,
      what: `vsmb:${name}=${hostPath}`,
      add: { Name: name, Path: hostPath, Options: options },
      remove: { Name: name },
    });
    const guestPath = `${GUEST_ROOT}\\${name}`;
    return {
      info: { hostPath, name, guestPath, readOnly: options.ReadOnly === true, options },
      steps: request === undefined ? [share] : [share, this.#telling(request, name)],
      release: () => {},
    };
  }

  /** What the caller wants the guest to be told; nothing is known of how to take it back. */
  #telling(GuestRequest: Json, name: string): Step {
    return {
      what: `share:${name}`,
      forth: (options) => this.#link.modify({ GuestRequest: GuestRequest as JsonObject }, options),
      back: () => Promise.resolve(),
    };
  }

  /** A name is used once, so that what is left of a share is never taken for another one. */
  #newName(): string {
    while (true) {
      const name = `s${(++this.#count).toString(16)}`;
      if (!this.#taken.has(name)) return name;
    }
  }
}

function optionsOf({ readOnly = true, flags = {} }: VsmbFolder): JsonObject {
  if (typeof readOnly !== "boolean") throw invalid('"readOnly" is true or false');
  for (const [name, flag] of Object.entries(flags)) {
    if (typeof flag !== "boolean") throw invalid(`The flag "${name}" is true or false`);
  }
  const base = readOnly
    ? { ReadOnly: true, PseudoOplocks: true, CacheIo: true, ShareRead: true }
    : {};
  if ("ReadOnly" in flags) throw invalid('Say "readOnly" rather than the flag "ReadOnly"');
  return { TakeBackupPrivilege: true, ...base, ...flags };
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => (a[key] ?? false) === (b[key] ?? false));
}

function told({ info: { options: _, ...share }, references }: Attached<Share>): VsmbShare {
  return { ...share, references };
}

function aboutShare(operation: string, hostPath: string, signal: AbortSignal | undefined): About {
  return { operation, subject: `attachment:${hostPath}`, signal };
}
