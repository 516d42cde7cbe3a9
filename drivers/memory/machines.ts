/**
 * The machines of an owner: create, get, list and delete.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import {
  assertName,
  type CallOptions,
  decide,
  DriverError,
  type Machine,
  type MachineRef,
  type Machines,
  type MachineSpec,
  machineSubject,
  qualifiedName,
  type Subject,
} from "../contract/mod.ts";
import type { ImageStore } from "../images/mod.ts";
import type { MachineRecord, Owner } from "./backend.ts";
import { attempt, confirmed, isRefusal, meaningOf } from "./errors.ts";
import { machineHandle } from "./machine.ts";
import { networkOf } from "./networks.ts";
import type { Identity, MemoryContext } from "./session.ts";
import { stateOf } from "./state.ts";
import { deleteDisks, diskName, isOf, readBootSector } from "./storage.ts";

/** What a machine has by default. */
const DEFAULTS = { memoryMiB: 512, cpus: 1 };
/** How often a delete looks again when somebody else was faster. */
const MOST_TRIES = 4;

/** Checks a machine's names. @throws {DriverError} */
export function assertRef({ cluster, name }: MachineRef, operation: string): void {
  const subject = machineSubject({ cluster, name });
  assertName(cluster, { operation, subject });
  assertName(name, { operation, subject });
}

/** The machines of the context's owner. */
export function memoryMachines(context: MemoryContext, images: ImageStore): Machines {
  const tell = (operation: string, subject: Subject, options: CallOptions): About => ({
    operation,
    subject,
    signal: options.signal,
  });
  return {
    create(spec, options = {}): Promise<Machine> {
      const about = tell("machines.create", machineSubject(spec), options);
      return attempt(about, () => create(context, images, spec, about));
    },
    get(ref, options = {}): Promise<Machine> {
      const about = tell("machines.get", machineSubject(ref), options);
      return attempt(about, async () => {
        assertRef(ref, about.operation);
        const found = await find(context, ref, about);
        decide(found ? stateOf(found.state) : "absent", "get", ref);
        return machineHandle(context, identityOf(context, ref, found?.uuid ?? ""));
      });
    },
    list(options = {}): Promise<Machine[]> {
      const about = tell("machines.list", "driver:memory", options);
      return attempt(about, () => list(context, options.cluster, about));
    },
    delete({ cluster, name }, options = {}): Promise<void> {
      const ref = { cluster, name };
      const about = tell("machines.delete", machineSubject(ref), options);
      return attempt(about, async () => {
        assertRef(ref, about.operation);
        const wasThere = await undefine(context, ref, options.force === true, about);
        const had = await deleteDisks(context, ref, about);
        if (!wasThere && !had) decide("absent", "delete", ref);
      });
    },
  };
}

function ownerOf({ owner }: MemoryContext, { cluster, name }: MachineRef): Owner {
  return { owner, cluster, name };
}

function identityOf(context: MemoryContext, ref: MachineRef, uuid: string): Identity {
  const { cluster, name } = ref;
  return {
    ref: { cluster, name },
    key: { uuid, name: qualifiedName(context.owner, cluster, name) },
  };
}

/** The one machine of that name, if it is ours. @throws {DriverError} */
async function find(
  context: MemoryContext,
  ref: MachineRef,
  about: About,
): Promise<MachineRecord | undefined> {
  const name = qualifiedName(context.owner, ref.cluster, ref.name);
  const found = await context.backend.call("machine.find", { name }, about);
  if (found.length > 1) {
    const why = `the hypervisor has ${found.length} machines named "${name}"`;
    throw new Trouble("failed-precondition", why, "ambiguous");
  }
  if (found[0] && !isOf(context, ref, found[0].owner)) {
    const why = `the hypervisor's machine "${name}" is somebody else's`;
    throw new Trouble("failed-precondition", why, "foreign");
  }
  return found[0];
}

async function list(
  context: MemoryContext,
  cluster: string | undefined,
  about: About,
): Promise<Machine[]> {
  if (cluster !== undefined) assertName(cluster, about);
  const found = await context.backend.call("machine.list", {}, about);
  return found
    .flatMap(({ uuid, owner }) => {
      if (owner?.name === undefined || owner.owner !== context.owner) return [];
      if (cluster !== undefined && owner.cluster !== cluster) return [];
      return [identityOf(context, { cluster: owner.cluster, name: owner.name }, uuid)];
    })
    .sort(({ ref: a }, { ref: b }) => compare(a.cluster, b.cluster) || compare(a.name, b.name))
    .map((identity) => machineHandle(context, identity));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function create(
  context: MemoryContext,
  images: ImageStore,
  spec: MachineSpec,
  about: About,
): Promise<Machine> {
  assertRef(spec, about.operation);
  const { memoryMiB = DEFAULTS.memoryMiB, cpus = DEFAULTS.cpus } = spec;
  for (const [size, what] of [[memoryMiB, "memory"], [cpus, "processors"]] as const) {
    if (Number.isSafeInteger(size) && size > 0) continue;
    throw new Trouble("invalid-argument", `the ${what} must be a whole number from 1: ${size}`);
  }
  const bootSector = await readBootSector(context, images, spec.image, about);
  const network = await networkOf(context, spec.cluster, about);
  if (!network) {
    const why = `the cluster "${spec.cluster}" has no network; create it first`;
    throw new Trouble("failed-precondition", why, "network-missing");
  }
  const identity = identityOf(context, spec, crypto.randomUUID());
  const size = { memoryMiB, cpus, network: network.name };
  await make(context, identity, { ...size, bootSector }, about);
  return machineHandle(context, identity);
}

/** Makes the machine, then its disk; takes both back if a step fails. */
async function make(
  context: MemoryContext,
  identity: Identity,
  parts: { memoryMiB: number; cpus: number; network: string; bootSector: string },
  about: About,
): Promise<void> {
  const { bootSector, ...size } = parts;
  const { key, ref } = identity;
  const owner = ownerOf(context, ref);
  const disk = { machine: key.uuid, name: diskName(identity), owner, bootSector };
  const { backend } = context;
  try {
    // The definition comes first, as it reserves the name.
    await backend.call("machine.define", { ...key, owner, ...size }, about);
    await backend.call("disk.create", disk, about);
  } catch (cause) {
    const error = createError(cause, about);
    const leftovers = error.code === "already-exists" ? [] : await takeBack(context, identity);
    throw leftovers.length === 0 ? error : new DriverError({ ...error.toJSON(), leftovers, cause });
  }
}

/** What a failed step of a create means. */
function createError(cause: unknown, about: About): DriverError {
  const trouble = isRefusal(cause, "no-such-network")
    ? new Trouble("failed-precondition", cause.message, "network-missing")
    : isRefusal(cause, "no-such-machine")
    ? new Trouble("aborted", "somebody else deleted it at the same time")
    : cause;
  return driverError(trouble, about, meaningOf);
}

/** Takes a create back, without the caller's signal; answers what may still be there. */
async function takeBack({ backend }: MemoryContext, identity: Identity): Promise<string[]> {
  const { key } = identity;
  const name = diskName(identity);
  const steps = [
    [`machine:${key.name}`, () => backend.call("machine.undefine", { ...key, force: true })],
    [`disk:${name}`, () => backend.call("disk.delete", { name })],
  ] as const;
  const left: string[] = [];
  for (const [what, undo] of steps) {
    try {
      await undo();
    } catch (error) {
      if (!isRefusal(error, "no-such-machine", "no-such-disk")) left.push(what);
    }
  }
  return left;
}

/** Removes a machine's registration; answers whether there was one. */
async function undefine(
  context: MemoryContext,
  ref: MachineRef,
  force: boolean,
  about: About,
): Promise<boolean> {
  for (let tries = 1;; tries++) {
    const found = await find(context, ref, about);
    if (!found) return false;
    decide(stateOf(found.state), force ? "forceDelete" : "delete", ref);
    const { key } = identityOf(context, ref, found.uuid);
    const call = (): Promise<null> =>
      context.backend.call("machine.undefine", { ...key, force }, about);
    try {
      await confirmed(call, async () => await find(context, ref, about) ? undefined : null);
      return true;
    } catch (error) {
      if (isRefusal(error, "no-such-machine")) return false;
      // Somebody else was faster: whether it may be deleted depends on what they did.
      if (tries === MOST_TRIES || !isRefusal(error, "bad-state")) throw error;
    }
  }
}
