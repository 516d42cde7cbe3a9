/**
 * The hypervisor of the guide: a few machines in memory, with an API of its own as every hypervisor
 * has one. It knows nothing of owners and clusters; it has a field for notes.
 *
 * @module
 */

import type { Clock } from "@vmtck/vmtck";

/** A machine, in the hypervisor's own words. */
export interface ToyVm {
  /** Made up by the hypervisor; never used again. */
  readonly uuid: string;
  /** Not unique! */
  readonly label: string;
  /** What its user wrote down. */
  readonly notes: string;
  /** `off`, `on` or `going-down`. */
  readonly power: "off" | "on" | "going-down";
  /** Where its guest is, once it has told. */
  readonly ip?: string;
}

/** How the hypervisor refuses. */
export class ToyError extends Error {
  /** Always `ToyError`. */
  override readonly name = "ToyError";

  /** Makes it. */
  constructor(
    /** The number of the error. */
    readonly code: 404 | 409,
    message: string,
  ) {
    super(message);
  }
}

/** How long a guest takes to have an address, and to go down, in milliseconds. */
const BOOT_MS = 20;
const DOWN_MS = 10;

/** The hypervisor. Every change takes a moment, as others come between. */
export class ToyHypervisor {
  readonly #clock: Clock;
  readonly #vms = new Map<string, ToyVm & { readonly boots: boolean }>();
  #count = 0;

  /** Makes one without machines. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every machine. */
  async list(): Promise<ToyVm[]> {
    await this.#clock.sleep(1);
    return [...this.#vms.values()];
  }

  /** One machine. @throws {ToyError} 404 */
  async get(uuid: string): Promise<ToyVm> {
    await this.#clock.sleep(1);
    return this.#vm(uuid);
  }

  /** Makes a machine; it is off. `boots` says whether there is a system on its disk. */
  async make(vm: { label: string; notes: string; boots: boolean }): Promise<ToyVm> {
    await this.#clock.sleep(1);
    const uuid = `toy-${++this.#count}`;
    this.#vms.set(uuid, { ...vm, uuid, power: "off" });
    return this.#vm(uuid);
  }

  /** Switches a machine on. @throws {ToyError} 404, 409 */
  async on(uuid: string): Promise<void> {
    await this.#clock.sleep(1);
    const { boots } = this.#change(uuid, "off", { power: "on", ip: undefined });
    if (boots) this.#later(BOOT_MS, uuid, "on", { ip: `192.0.2.${this.#count}` });
  }

  /** Presses the power button: a guest goes down by itself, nothing else hears it. @throws {ToyError} */
  async press(uuid: string): Promise<void> {
    await this.#clock.sleep(1);
    const { boots, ip } = this.#vm(uuid);
    if (!boots || ip === undefined) return;
    this.#change(uuid, "on", { power: "going-down" });
    this.#later(DOWN_MS, uuid, "going-down", { power: "off", ip: undefined });
  }

  /** Cuts the power. @throws {ToyError} 404 */
  async off(uuid: string): Promise<void> {
    await this.#clock.sleep(1);
    this.#vms.set(uuid, { ...this.#vm(uuid), power: "off", ip: undefined });
  }

  /** Forgets a machine and its disk. @throws {ToyError} 404, 409 if it is not off */
  async forget(uuid: string): Promise<void> {
    await this.#clock.sleep(1);
    this.#change(uuid, "off", {});
    this.#vms.delete(uuid);
  }

  #vm(uuid: string): ToyVm & { readonly boots: boolean } {
    const vm = this.#vms.get(uuid);
    if (vm) return vm;
    throw new ToyError(404, `No machine ${uuid}`);
  }

  #change(uuid: string, from: ToyVm["power"], change: Partial<ToyVm>): { boots: boolean } {
    const vm = this.#vm(uuid);
    if (vm.power !== from) throw new ToyError(409, `Machine ${uuid} is ${vm.power}`);
    this.#vms.set(uuid, { ...vm, ...change });
    return vm;
  }

  #later(ms: number, uuid: string, from: ToyVm["power"], change: Partial<ToyVm>): void {
    this.#clock.sleep(ms).then(() => {
      const vm = this.#vms.get(uuid);
      if (vm?.power === from) this.#vms.set(uuid, { ...vm, ...change });
    });
  }
}
