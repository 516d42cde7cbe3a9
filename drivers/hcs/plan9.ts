/**
 * Folders of the host in Linux guests.
 *
 * @module
 */

import type { CallOptions, Plan9Folder, Plan9Share, Plan9Shares } from "../contract/mod.ts";
import { type Attached, Attachments, type Making, takeMount } from "./attachments.ts";
import type { Inventory } from "./documents.ts";
import { type About, invalid, trouble } from "./errors.ts";
import type { Link } from "./link.ts";
import { assertGuestPath, assertHostPath, pathKey } from "./paths.ts";

const PATH = "Plan9/Shares";
/** The port of the server in the host that all shares have. */
const PORT = 564;
/** `Plan9Share.Flags`. */
const FLAGS = { readOnly: 1, linuxMetadata: 4 };

type Share = Omit<Plan9Share, "references">;

/** See {@linkcode Plan9Shares}. */
export class HcsPlan9Shares implements Plan9Shares {
  readonly #link: Link;
  readonly #taken: ReadonlySet<string>;
  readonly #shares: Attachments<Share>;
  #count = 0;

  /** With the shares that the VM was made with. */
  constructor(link: Link, { plan9Names }: Inventory) {
    this.#link = link;
    this.#taken = new Set(plan9Names);
    this.#shares = new Attachments(link);
  }

  async add(folder: Plan9Folder, { signal }: CallOptions = {}): Promise<Plan9Share> {
    const about = aboutShare("plan9.add", folder?.hostPath, signal);
    const check = (): void => {
      this.#check(folder?.hostPath);
      assertGuestPath(folder.guestPath, this.#link.os);
      if (typeof (folder.readOnly ?? false) !== "boolean") {
        throw invalid('"readOnly" is true or false');
      }
    };
    return told(
      await this.#shares.add(about, check, () => {
        const { hostPath, guestPath, readOnly = false } = folder;
        return {
          key: pathKey(hostPath),
          make: () => this.#make(hostPath, guestPath, readOnly),
          again: (known) => {
            if (known.guestPath === guestPath && known.readOnly === readOnly) {
              return { info: known };
            }
            const how = `${known.guestPath}"${known.readOnly ? ", read-only" : ""}`;
            throw trouble("conflict", `It is shared already, at "${how}`);
          },
        };
      }),
    );
  }

  async remove(hostPath: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutShare("plan9.remove", hostPath, signal);
    await this.#shares.remove(about, () => this.#check(hostPath), () => pathKey(hostPath));
  }

  attached(): readonly Plan9Share[] {
    return this.#shares.list("plan9.attached").map(told);
  }

  #check(hostPath: string): void {
    this.#link.life.assertOpen();
    assertHostPath(hostPath);
  }

  #make(hostPath: string, guestPath: string, readOnly: boolean): Making<Share> {
    const release = takeMount(this.#link, guestPath);
    const Name = this.#newName();
    const share = { Name, AccessName: Name, Port: PORT };
    const Flags = FLAGS.linuxMetadata | (readOnly ? FLAGS.readOnly : 0);
    const mount = { MountPath: guestPath, Port: PORT, ShareName: Name };
    const steps = [
      this.#link.onHost({
        path: PATH,
        what: `plan9:${Name}=${hostPath}`,
        add: { ...share, Path: hostPath, Flags },
        remove: share,
      }),
      this.#link.inGuest({
        type: "MappedDirectory",
        what: `share:${guestPath}`,
        add: { ...mount, ReadOnly: readOnly },
        remove: mount,
      }),
    ];
    return { info: { hostPath, guestPath, readOnly, name: Name }, steps, release };
  }

  /** A name is used once, so that what is left of a share is never taken for another one. */
  #newName(): string {
    while (true) {
      const name = String(++this.#count);
      if (!this.#taken.has(name)) return name;
    }
  }
}

function told({ info, references }: Attached<Share>): Plan9Share {
  return { ...info, references };
}

function aboutShare(operation: string, hostPath: string, signal: AbortSignal | undefined): About {
  return { operation, subject: `attachment:${hostPath}`, signal };
}
