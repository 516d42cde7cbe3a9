/**
 * The machines of tasks on libvirt.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import type { Undo } from "../../backend/undo.ts";
import {
  type CallOptions,
  HEALTHY,
  type TaskCapabilities,
  type TaskFacet,
  type TaskFingerprint,
  type TaskId,
  type TaskPluginConfig,
  type TaskResourceUsage,
} from "../../contract/mod.ts";
import type { MachineNote, Sight, TaskMachines, TaskPlan } from "../../tasks/mod.ts";
import type { LibvirtEvent } from "../backend.ts";
import { meaningOf } from "../errors.ts";
import { DomainState, Flags } from "../rpc/constants.ts";
import type { Session } from "../session.ts";
import { Storage } from "../storage.ts";
import { Endings } from "./endings.ts";
import { Making } from "./making.ts";
import { LibvirtTaskNet } from "./network.ts";
import { domainName, domainOf, moreOf } from "./notes.ts";
import { Removal } from "./removal.ts";
import { checkTask, CONFIG_SCHEMA, TASK_SCHEMA } from "./schemas.ts";
import { Usage } from "./usage.ts";

/** What jobs name in `driver = "…"`. */
export const PLUGIN = { name: "virt", version: "0.1.0" } as const;
const ATTRIBUTE = `driver.${PLUGIN.name}`;

const FACETS: readonly TaskFacet[] = [
  "images",
  "thin-copy",
  "graceful-stop",
  "address",
  "ports",
  "cloud-init",
  "stats",
  "events",
];

const CAPABILITIES: TaskCapabilities = {
  sendSignals: false,
  exec: false,
  fsIsolation: "image",
  netIsolationModes: ["host"],
  mustInitiateNetwork: false,
  mountConfigs: "none",
  disableLogCollection: true,
  dynamicWorkloadUsers: false,
};

/** No guest does with less, and QEMU starts none of it. */
const LEAST_MEMORY_MIB = 16;

/** See {@linkcode TaskMachines}. */
export class LibvirtTaskMachines implements TaskMachines {
  readonly plugin = PLUGIN;
  readonly facets = FACETS;
  readonly capabilities = CAPABILITIES;
  readonly configSchema = CONFIG_SCHEMA;
  readonly taskConfigSchema = TASK_SCHEMA;
  readonly leastMemoryMiB = LEAST_MEMORY_MIB;
  readonly meaningOf = meaningOf;
  readonly net: LibvirtTaskNet;
  readonly #session: Session;
  readonly #making: Making;
  readonly #removal: Removal;
  readonly #usage: Usage;
  readonly #endings: Endings;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    const storage = new Storage(session);
    this.#session = session;
    this.net = new LibvirtTaskNet(session, ATTRIBUTE);
    this.#removal = new Removal(session, storage, this.net);
    this.#making = new Making(session, storage, this.net, this.#removal);
    this.#usage = new Usage(session);
    this.#endings = new Endings(session);
  }

  checkConfig({ emulator, provider }: TaskPluginConfig): void {
    const { uri } = this.#session.settings;
    for (
      const [key, given] of [["emulator", emulator], [
        "provider.libvirt",
        provider?.libvirt,
      ]] as const
    ) {
      const refuse = (part: string, why: string): never => {
        throw new Trouble("invalid-argument", `the key "${key}.${part}" ${why}`);
      };
      if (given?.uri !== undefined && given.uri !== uri) {
        refuse("uri", `is "${given.uri}", but this driver was opened for "${uri}"`);
      }
      // Who would not be asked for a name must not believe that it was checked.
      if (given?.user !== undefined) refuse("user", "is of no use: the URI says who connects");
      if (given?.password !== undefined) refuse("password", "is of no use: SASL is not spoken");
    }
  }

  check({ config }: TaskPlan): void {
    checkTask(config);
  }

  async health({ signal }: CallOptions): Promise<TaskFingerprint> {
    const facts = await this.#session.call("hostFacts", {}, { signal });
    const libvirt = `${ATTRIBUTE}.provider.libvirt`;
    return {
      health: "healthy",
      description: HEALTHY,
      attributes: {
        [ATTRIBUTE]: { value: true },
        [libvirt]: { value: true },
        [`${libvirt}.version`]: { value: facts.libvirt },
        [`${libvirt}.hypervisor`]: { value: facts.hypervisor },
        [`${ATTRIBUTE}.storage_pool`]: { value: this.#session.settings.pool },
      },
    };
  }

  async launch(plan: TaskPlan, undo: Undo, { signal }: CallOptions): Promise<MachineNote> {
    const work = (): Promise<MachineNote> => this.#making.launch(plan, undo, { signal });
    return await this.#locked(plan.spec.id, work, { signal });
  }

  macs(note: MachineNote): Promise<string[]> {
    return Promise.resolve(moreOf(note).interfaces.map(({ mac }) => mac));
  }

  async look(note: MachineNote, { signal }: CallOptions): Promise<Sight> {
    return await this.#endings.look(domainOf(note), { signal });
  }

  changes(signal: AbortSignal): AsyncIterable<LibvirtEvent> {
    return this.#endings.changes(signal);
  }

  async askToStop(note: MachineNote, { signal }: CallOptions): Promise<void> {
    const domain = domainOf(note);
    const { state } = await this.#session.call("domainGetState", { domain }, { signal });
    if (state === DomainState.PAUSED) {
      throw new Trouble("failed-precondition", "a paused guest hears nothing");
    }
    // The agent would be asked first otherwise, and one that hangs blocks the call for five seconds.
    const flags = Flags.domainShutdown.ACPI;
    await this.#session.call("domainShutdownFlags", { domain, flags }, { signal });
  }

  async switchOff(note: MachineNote, { signal }: CallOptions): Promise<boolean> {
    return await this.#removal.switchOff(domainOf(note), { signal });
  }

  async remove(
    id: TaskId,
    note: MachineNote | undefined,
    { signal }: CallOptions,
  ): Promise<boolean> {
    const work = (): Promise<boolean> => this.#removal.remove(id, note, { signal });
    const was = await this.#locked(id, work, { signal });
    if (note) {
      this.#usage.forget(domainOf(note));
      this.#endings.forget(domainOf(note));
    }
    return was;
  }

  async usage(
    note: MachineNote,
    before: TaskResourceUsage | undefined,
    { signal }: CallOptions,
  ): Promise<Omit<TaskResourceUsage, "timestamp">> {
    return await this.#usage.measure(domainOf(note), before, { signal });
  }

  #locked<T>(id: TaskId, work: () => Promise<T>, options: CallOptions): Promise<T> {
    return this.#session.locks.run(`task:${domainName(this.#session, id)}`, work, options);
  }
}
