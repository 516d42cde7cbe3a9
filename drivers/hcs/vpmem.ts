/**
 * Persistent memory devices.
 *
 * @module
 */

import type { CallOptions, VpmemAttachment, VpmemDevice, VpmemDevices } from "../contract/mod.ts";
import { type Attached, Attachments, type Making, Places } from "./attachments.ts";
import type { Inventory } from "./documents.ts";
import { type About, trouble } from "./errors.ts";
import type { Link } from "./link.ts";
import { assertHostPath, imageFormatOf, pathKey } from "./paths.ts";
import type { Step } from "./steps.ts";

type Device = Omit<VpmemAttachment, "references">;

/** See {@linkcode VpmemDevices}. */
export class HcsVpmemDevices implements VpmemDevices {
  readonly #link: Link;
  readonly #places: Places;
  readonly #reserved: ReadonlySet<string>;
  readonly #devices: Attachments<Device>;

  /** With the devices that the VM was made with. */
  constructor(link: Link, { vpmemDevices, vpmem }: Inventory) {
    this.#link = link;
    this.#places = new Places(vpmemDevices, vpmem.map(({ slot }) => slot));
    this.#reserved = new Set(vpmem.map(({ hostPath }) => pathKey(hostPath)));
    this.#devices = new Attachments(link);
  }

  async add(device: VpmemDevice, { signal }: CallOptions = {}): Promise<VpmemAttachment> {
    const { hostPath, expose = false } = device ?? {};
    const about = aboutDevice("vpmem.add", hostPath, signal);
    const check = (): void => this.#check(hostPath);
    return told(
      await this.#devices.add(about, check, () => ({
        key: this.#keyOf(hostPath),
        make: () => this.#make(hostPath, expose),
        again: (known) => {
          if (!expose || known.guestPath !== undefined) return { info: known };
          const { exposed, step } = this.#expose(known);
          return { info: exposed, steps: [step] };
        },
      })),
    );
  }

  async remove(hostPath: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutDevice("vpmem.remove", hostPath, signal);
    const check = (): void => this.#check(hostPath);
    await this.#devices.remove(about, check, () => this.#keyOf(hostPath));
  }

  attached(): readonly VpmemAttachment[] {
    return this.#devices.list("vpmem.attached").map(told);
  }

  #check(hostPath: string): void {
    this.#link.life.assertOpen();
    assertHostPath(hostPath);
  }

  #keyOf(hostPath: string): string {
    const key = pathKey(hostPath);
    if (!this.#reserved.has(key)) return key;
    throw trouble("reserved", "The VM runs from this file");
  }

  #make(hostPath: string, expose: boolean): Making<Device> {
    const number = this.#places.take("VPMEM devices");
    const steps = [
      this.#link.accessTo(hostPath),
      this.#link.onHost({
        path: `VirtualPMem/Devices/${number}`,
        what: `vpmem:${number}=${hostPath}`,
        add: { HostPath: hostPath, ReadOnly: true, ImageFormat: imageFormatOf(hostPath) },
      }),
    ];
    const plain: Device = { hostPath, location: { key: String(number), device: number } };
    const { exposed, step } = this.#expose(plain);
    return {
      info: expose ? exposed : plain,
      steps: expose ? [...steps, step] : steps,
      release: () => this.#places.free(number),
    };
  }

  #expose(device: Device): { exposed: Device; step: Step } {
    const { key } = device.location;
    const guestPath = `/tmp/p${key}`;
    const settings = { DeviceNumber: Number(key), MountPath: guestPath };
    const step = this.#link.inGuest({
      type: "VPMemDevice",
      what: `vpmem:${guestPath}`,
      add: settings,
      remove: settings,
    });
    return { exposed: { ...device, guestPath }, step };
  }
}

function told({ info, references }: Attached<Device>): VpmemAttachment {
  return { ...info, references };
}

function aboutDevice(operation: string, hostPath: string, signal: AbortSignal | undefined): About {
  return { operation, subject: `attachment:${hostPath}`, signal };
}
