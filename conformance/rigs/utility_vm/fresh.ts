/**
 * Makes what cases about utility VMs start from.
 *
 * @module
 */

import type {
  LinuxUtilityVmOptions,
  PlantedNamespace,
  UtilityVm,
  UtilityVmHost,
  UtilityVmOptions,
  UtilityVms,
  WindowsUtilityVmOptions,
} from "../../../drivers/contract/mod.ts";
import type { Names } from "../../engine/names.ts";
import { HarnessError } from "../../engine/subject.ts";
import type { UvmFresh } from "./context.ts";

/** What {@linkcode FreshUtilityVms} works with. */
export interface FreshInit {
  /** What is under test, tracked. */
  readonly vms: UtilityVms;
  /** The case's names. */
  readonly names: Names;
  /** The ways behind its back, tracked. */
  readonly host: UtilityVmHost | undefined;
}

/** Makes the resources of one attempt at a case. */
export class FreshUtilityVms implements UvmFresh {
  readonly #init: FreshInit;

  /** Makes nothing yet. */
  constructor(init: FreshInit) {
    this.#init = init;
  }

  id(): string {
    return this.#init.names.label(30);
  }

  async linux(overrides: Partial<LinuxUtilityVmOptions> = {}): Promise<LinuxUtilityVmOptions> {
    const bootFilesPath = await this.#init.host?.bootFiles?.();
    return { os: "linux", id: this.id(), ...(bootFilesPath && { bootFilesPath }), ...overrides };
  }

  async windows(
    overrides: Partial<WindowsUtilityVmOptions> = {},
  ): Promise<WindowsUtilityVmOptions> {
    const { layerFolders } = overrides;
    const folders = layerFolders ??
      [...await this.#control("windowsLayers")(), await this.scratch()];
    return { os: "windows", id: this.id(), ...overrides, layerFolders: folders };
  }

  async options(): Promise<UtilityVmOptions> {
    return await (this.#init.vms.guests.linux ? this.linux() : this.windows());
  }

  async created(options?: UtilityVmOptions): Promise<UtilityVm> {
    return await this.#init.vms.create(options ?? await this.options());
  }

  async running(options?: UtilityVmOptions): Promise<UtilityVm> {
    const vm = await this.created(options);
    await vm.start();
    return vm;
  }

  async disk(extension: "vhd" | "vhdx" = "vhdx"): Promise<string> {
    return await this.#control("plantDisk")(`${this.id()}.${extension}`);
  }

  async disks(count: number): Promise<string[]> {
    const paths: string[] = [];
    while (paths.length < count) paths.push(await this.disk());
    return paths;
  }

  async folder(): Promise<string> {
    return await this.#control("plantFolder")(this.id());
  }

  async scratch(): Promise<string> {
    return await this.#control("scratchPath")(this.id());
  }

  async namespace(endpoints: number): Promise<PlantedNamespace> {
    return await this.#control("plantNetwork")(this.id(), endpoints);
  }

  #control<K extends keyof UtilityVmHost>(name: K): Required<UtilityVmHost>[K] {
    const control = this.#init.host?.[name];
    if (control !== undefined) return control as Required<UtilityVmHost>[K];
    throw new HarnessError(`A case uses the host control "${name}" without the need for it`);
  }
}
