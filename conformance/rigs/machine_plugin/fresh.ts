/**
 * Makes what cases about machine plugins start from.
 *
 * @module
 */

import type {
  MachineClass,
  MachinePlugin,
  MachineRequest,
  PluginHost,
  PluginSamples,
  PluginSecret,
} from "../../../drivers/contract/mod.ts";
import { type Discretion, fromBase64 } from "../../engine/discretion.ts";
import type { Names } from "../../engine/names.ts";
import { HarnessError } from "../../engine/subject.ts";
import type { MadeMachine, PluginFresh } from "./context.ts";

/** What {@linkcode FreshRequests} works with. */
export interface FreshInit {
  /** What is under test, tracked. */
  readonly plugin: MachinePlugin;
  /** The case's names. */
  readonly names: Names;
  /** The ways behind its back. */
  readonly host: PluginHost | undefined;
  /** Takes the credentials that are given out: they may be those of a real cluster. */
  readonly discretion: Discretion;
}

/** User data with what must not be seen: short, and with characters that every encoding changes. */
function userData(canary: string): string {
  return `#cloud-config\nwrite_files: [{path: /etc/join, content: "${canary}"}]\n`;
}

/** Makes the requests of one attempt at a case. */
export class FreshRequests implements PluginFresh {
  readonly canary: string;
  readonly #init: FreshInit;
  #secret?: Promise<PluginSecret>;
  #class?: MachineClass;

  /** Makes nothing yet. */
  constructor(init: FreshInit) {
    this.#init = init;
    this.canary = `canary+/?=${init.names.label(12)}<é>`;
    init.discretion.add(this.canary);
  }

  name(): string {
    return this.#init.names.label(this.#init.plugin.nameRule.maxLength);
  }

  machineClass(): MachineClass {
    return this.#samples().machineClass(this.name());
  }

  secret(): Promise<PluginSecret> {
    return this.#secret ??= this.#newSecret();
  }

  async request(machineClass?: MachineClass): Promise<MachineRequest> {
    return {
      machine: { name: this.name() },
      machineClass: machineClass ?? (this.#class ??= this.machineClass()),
      secret: await this.secret(),
    };
  }

  async machine(machineClass?: MachineClass): Promise<MadeMachine> {
    const request = await this.request(machineClass);
    const { providerID, nodeName } = await this.#init.plugin.createMachine(request);
    const machine = { ...request.machine, spec: { providerID } };
    return { providerID, nodeName, request: { ...request, machine } };
  }

  async #newSecret(): Promise<PluginSecret> {
    const secret = await this.#samples().secret(userData(this.canary));
    for (const value of Object.values(secret.data ?? {})) {
      this.#init.discretion.add(fromBase64(value) ?? value);
    }
    return secret;
  }

  #samples(): PluginSamples {
    const samples = this.#init.host?.samples;
    if (samples) return samples;
    throw new HarnessError("A case asks for samples without the need for the host");
  }
}
