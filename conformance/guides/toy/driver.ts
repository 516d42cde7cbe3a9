/**
 * The driver of the guide. Its parts are shown there, and the suite runs it as it is.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type Change,
  decide,
  type Driver,
  LABEL_RULE,
  type Machine,
  type MachineId,
  type MachineRef,
  type Machines,
  type MachineSpec,
  machineSubject,
  type PowerState,
  qualifiedName,
  type WaitResult,
  type WaitTarget,
} from "@vmtck/vmtck";
import {
  type About,
  attempt,
  type Meaning,
  type PlainModule,
  Trouble,
  waitForMachine,
} from "@vmtck/vmtck/backend";
import { type ImageStore, imageStore } from "@vmtck/vmtck/images";
import { ToyError, ToyHypervisor, type ToyVm } from "./hypervisor.ts";

// #region module
/** One hypervisor for all instances of the driver, as on a real host. */
let host: ToyHypervisor | undefined;

/** What the suite loads. */
export default {
  name: "toy",
  origin: "simulator",
  serves: {
    driver: { open: (context) => toyDriver(context, host ??= new ToyHypervisor(context.clock)) },
  },
} satisfies PlainModule;
// #endregion

type Context = Parameters<NonNullable<PlainModule["serves"]["driver"]>["open"]>[0];

// #region driver
/** Makes the driver. Nothing is asked of the hypervisor yet. */
export function toyDriver(context: Context, toy: ToyHypervisor): Driver {
  const { owner, imagesUrl } = context;
  assertName(owner, { operation: "driver.open", subject: "driver:toy" });
  const images = imageStore({ ...context, driver: "toy", listUrl: imagesUrl });
  return {
    name: "toy",
    description: "The driver of the guide",
    owner,
    nameRule: LABEL_RULE,
    reachability: "direct",
    machineFacets: [],
    status: () => Promise.resolve({ state: "ready", facts: {} }),
    qualifiedMachineName(ref): string {
      assertRef(ref, "driver.qualifiedMachineName");
      return qualifiedName(owner, ref.cluster, ref.name);
    },
    machines: toyMachines(context, toy, images),
    images,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
// #endregion

// #region names
/** Every name is checked before anything else happens. */
function assertRef({ cluster, name }: MachineRef, operation: string): void {
  const subject = machineSubject({ cluster, name });
  assertName(cluster, { operation, subject });
  assertName(name, { operation, subject });
}

/** Whose machine it is stands in its notes; its label is for people. */
interface Tag {
  readonly vmtck: { readonly owner: string; readonly cluster: string; readonly name: string };
}

/** The tag of a machine of ours; undefined for every other one, whatever its notes are. */
function tagOf({ notes }: ToyVm): Tag["vmtck"] | undefined {
  try {
    const { vmtck } = JSON.parse(notes) as Partial<Tag>;
    return vmtck;
  } catch {
    return undefined;
  }
}
// #endregion

// #region states
/** From the hypervisor's words to the contract's. A word that nobody knows is `unknown`, not an error. */
function stateOf({ power }: Pick<ToyVm, "power">): PowerState {
  const states: Readonly<Record<string, PowerState>> = {
    "off": "stopped",
    "on": "running",
    "going-down": "stopping",
  };
  return states[power] ?? "unknown";
}
// #endregion

// #region errors
/** What the hypervisor's numbers mean. Its text is for people, and decides nothing. */
function meaningOf(error: unknown): Meaning | undefined {
  if (!(error instanceof ToyError)) return undefined;
  return error.code === 404 ? ["not-found"] : ["aborted"];
}

const tell = (operation: string, ref: MachineRef, { signal }: CallOptions): About => ({
  operation,
  subject: machineSubject(ref),
  signal,
});
// #endregion

// #region machines
/** Names that are being created, by any instance: the hypervisor itself would take a name twice. */
const making = new Set<string>();

/** The machines of an owner. */
function toyMachines(
  { owner, clock, files }: Context,
  toy: ToyHypervisor,
  images: ImageStore,
): Machines {
  /** Those of a name that are there; more than one would be somebody's mistake. */
  const find = async (ref: MachineRef): Promise<ToyVm | undefined> => {
    const label = qualifiedName(owner, ref.cluster, ref.name);
    const [found, twin] = (await toy.list()).filter((vm) => vm.label === label);
    if (twin) {
      throw new Trouble(
        "failed-precondition",
        `there are several machines "${label}"`,
        "ambiguous",
      );
    }
    if (found && tagOf(found)?.owner !== owner) {
      throw new Trouble("failed-precondition", `"${label}" is somebody else's`, "foreign");
    }
    return found;
  };
  const handle = (ref: MachineRef, vm: ToyVm): Machine => toyMachine({ toy, clock }, ref, vm.uuid);
  return {
    create(spec: MachineSpec, options: CallOptions = {}): Promise<Machine> {
      const about = tell("machines.create", spec, options);
      return attempt(about, async () => {
        assertRef(spec, about.operation);
        assertSize(spec);
        const boots = await bootsFrom(files, await images.localFile(spec.image, about));
        const label = qualifiedName(owner, spec.cluster, spec.name);
        if (making.has(label)) decide("creating", "create", spec);
        making.add(label);
        try {
          const there = await find(spec);
          if (there) decide(stateOf(there), "create", spec);
          const { cluster, name } = spec;
          const tag: Tag = { vmtck: { owner, cluster, name } };
          return handle(spec, await toy.make({ label, notes: JSON.stringify(tag), boots }));
        } finally {
          making.delete(label);
        }
      }, meaningOf);
    },
    get(ref: MachineRef, options: CallOptions = {}): Promise<Machine> {
      const about = tell("machines.get", ref, options);
      return attempt(about, async () => {
        assertRef(ref, about.operation);
        const vm = await find(ref);
        decide(vm ? stateOf(vm) : "absent", "get", ref);
        return handle(ref, vm as ToyVm);
      }, meaningOf);
    },
    list({ cluster, signal } = {}): Promise<Machine[]> {
      const about: About = { operation: "machines.list", subject: "driver:toy", signal };
      return attempt(about, async () => {
        if (cluster !== undefined) assertName(cluster, about);
        return (await toy.list()).flatMap((vm) => {
          const tag = tagOf(vm);
          if (tag?.owner !== owner || cluster !== undefined && tag.cluster !== cluster) return [];
          return [handle(tag, vm)];
        });
      });
    },
    delete(ref, { force = false, signal } = {}): Promise<void> {
      const about = tell("machines.delete", ref, { signal });
      return attempt(about, async () => {
        assertRef(ref, about.operation);
        const vm = await find(ref);
        decide(vm ? stateOf(vm) : "absent", force ? "forceDelete" : "delete", ref);
        const { uuid } = vm as ToyVm;
        if (force) await toy.off(uuid);
        await toy.forget(uuid);
      }, meaningOf);
    },
  };
}
// #endregion

/** Refuses a size that is none. */
function assertSize({ memoryMiB = 512, cpus = 1 }: MachineSpec): void {
  for (const size of [memoryMiB, cpus]) {
    if (Number.isSafeInteger(size) && size > 0) continue;
    throw new Trouble(
      "invalid-argument",
      `memory and processors are whole numbers from 1: ${size}`,
    );
  }
}

/** Whether there is a system on a disk; a hypervisor finds that out by itself. */
async function bootsFrom(
  files: Context["files"],
  { path }: { readonly path: string },
): Promise<boolean> {
  for await (const chunk of files.read(path)) {
    return new TextDecoder().decode(chunk.subarray(0, 11)) === "VMTCK GUEST";
  }
  return false;
}

/** How often a power operation is tried again when somebody else was faster. */
const MOST_TRIES = 4;

// #region machine
/** The handle of a machine: it keeps its identity and nothing else, so it is never out of date. */
function toyMachine(
  { toy, clock }: { readonly toy: ToyHypervisor; readonly clock: Context["clock"] },
  { cluster, name }: MachineRef,
  uuid: string,
): Machine {
  const ref = { cluster, name };
  /** A power operation: the table decides, then the hypervisor acts. */
  const power =
    (operation: "start" | "stop" | "forceStop", act: () => Promise<void>) =>
    (options: CallOptions = {}): Promise<Change> =>
      attempt(tell(`machine.${operation}`, ref, options), async () => {
        for (let tries = 1;; tries++) {
          const before = stateOf(await toy.get(uuid));
          if (decide(before, operation, ref) === "no-op") return { changed: false, state: before };
          try {
            await act();
            return { changed: true, state: stateOf(await toy.get(uuid)) };
          } catch (error) {
            // Somebody else was faster: what is to be done depends on what they did.
            if (!(error instanceof ToyError && error.code === 409) || tries === MOST_TRIES) {
              throw error;
            }
          }
        }
      }, meaningOf);
  const address = (options: CallOptions = {}): Promise<string | undefined> =>
    attempt(tell("machine.address", ref, options), async () => (await toy.get(uuid)).ip, meaningOf);
  return {
    id: uuid as MachineId,
    ...ref,
    status: (options = {}) =>
      attempt(tell("machine.status", ref, options), async () => {
        const vm = await toy.get(uuid);
        return { state: stateOf(vm), raw: vm.power };
      }, meaningOf),
    start: power("start", () => toy.on(uuid)),
    stop: power("stop", () => toy.press(uuid)),
    forceStop: power("forceStop", () => toy.off(uuid)),
    address,
    sshAddress: () => Promise.resolve(undefined),
    wait(target: WaitTarget, { timeoutMs, signal }): Promise<WaitResult> {
      return waitForMachine({
        clock,
        timeoutMs,
        about: tell("machine.wait", ref, { signal }),
        meaningOf,
        pollMs: 5,
        async look() {
          const vm = await toy.get(uuid);
          const state = stateOf(vm);
          const reached = target === "address" ? vm.ip !== undefined : state === target;
          return reached ? { verdict: "reached", state } : { state };
        },
      });
    },
  };
}
// #endregion
