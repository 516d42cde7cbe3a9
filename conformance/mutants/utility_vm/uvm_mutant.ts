/**
 * How the mutants of utility VMs are made.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import type { DriverContext } from "../../../drivers/backend/module.ts";
import {
  DriverError,
  type ErrorCode,
  isDriverError,
  type NetworkNamespaces,
  type Plan9Shares,
  type ScsiAttachment,
  type ScsiDisks,
  type Subject,
  type UtilityVm,
  type UtilityVmHost,
  type UtilityVmOptions,
  type UtilityVms,
  type UvmWaitResult,
  type VpmemDevices,
  type VsmbShares,
  type World,
} from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { codeOf, mapErrors, type Mutant } from "../mutant.ts";

/** A mutant of utility VMs. */
export type UvmMutant = Mutant<"utility-vm">;

/** A world of utility VMs. */
export type UvmWorld = World<"utility-vm">;

/** How the mutants of utility VMs change a world. */
export type MutateVms = (world: UvmWorld) => UvmWorld;

/** A wait that was in vain. */
export const TIMEOUT: UvmWaitResult = { verdict: "timeout" };

/** The subject of errors about a VM. */
export const aboutVm = ({ id }: Pick<UtilityVm, "id">): Subject => `uvm:${id}`;

/** The subject of errors about something attached. */
export const aboutPath = (hostPath: string): Subject => `attachment:${hostPath}`;

/** What a request is about. */
export const pathOf = (request: Json): string => String(field(request, "ResourcePath") ?? "");

/** Of what type it is for the guest. */
export const typeOf = (request: Json): unknown => field(request, "GuestRequest", "ResourceType");

/** Whether a request is about a SCSI disk. */
export const isDisk = (request: Json): boolean =>
  /^VirtualMachine\/Devices\/Scsi\//.test(pathOf(request));

/** A SCSI disk that is nowhere. */
export const nowhere = (hostPath: string): ScsiAttachment => ({
  hostPath,
  location: { key: "none", controller: 0, lun: -1 },
});

/** Changes every instance that is opened. */
export function onVms(
  change: (vms: UtilityVms, world: UvmWorld) => Partial<UtilityVms>,
): MutateVms {
  return (world) =>
    withMembers(world, {
      open: async (options) => {
        const vms = await world.open(options);
        return withMembers(vms, change(vms, world));
      },
    });
}

/** Changes the options of every create. */
export function withOptions(change: (options: UtilityVmOptions) => UtilityVmOptions): MutateVms {
  return onVms((vms) => ({ create: (options, call) => vms.create(change(options), call) }));
}

/** Changes every handle of a VM. */
export function onVm(
  change: (vm: UtilityVm, vms: UtilityVms, world: UvmWorld) => Partial<UtilityVm>,
): MutateVms {
  return onVms((vms, world) => ({
    create: async (options, call) => {
      const vm = await vms.create(options, call);
      return withMembers(vm, change(vm, vms, world));
    },
  }));
}

/** Changes the SCSI disks of every VM. */
export function onScsi(
  change: (scsi: ScsiDisks, vm: UtilityVm, world: UvmWorld) => Partial<ScsiDisks>,
): MutateVms {
  return onVm((vm, _, world) => ({ scsi: withMembers(vm.scsi, change(vm.scsi, vm, world)) }));
}

/** Changes the persistent memory of every VM that has any. */
export function onVpmem(
  change: (vpmem: VpmemDevices, vm: UtilityVm) => Partial<VpmemDevices>,
): MutateVms {
  return onVm((vm) => vm.vpmem ? { vpmem: withMembers(vm.vpmem, change(vm.vpmem, vm)) } : {});
}

/** Changes the VSMB shares of every VM that has any. */
export function onVsmb(
  change: (vsmb: VsmbShares, vm: UtilityVm) => Partial<VsmbShares>,
): MutateVms {
  return onVm((vm) => vm.vsmb ? { vsmb: withMembers(vm.vsmb, change(vm.vsmb, vm)) } : {});
}

/** Changes the Plan9 shares of every VM that has any. */
export function onPlan9(
  change: (plan9: Plan9Shares, vm: UtilityVm) => Partial<Plan9Shares>,
): MutateVms {
  return onVm((vm) => vm.plan9 ? { plan9: withMembers(vm.plan9, change(vm.plan9, vm)) } : {});
}

/** Changes the namespaces of every VM that has any. */
export function onNetworks(
  change: (networks: NetworkNamespaces, vm: UtilityVm) => Partial<NetworkNamespaces>,
): MutateVms {
  return onVm((vm) =>
    vm.networks ? { networks: withMembers(vm.networks, change(vm.networks, vm)) } : {}
  );
}

/** Changes the ways behind the back, to know what a driver with the defect would have met. */
export function onHost(
  change: (host: UtilityVmHost) => Partial<UtilityVmHost>,
): MutateVms {
  return (world) =>
    world.host ? withMembers(world, { host: withMembers(world.host, change(world.host)) }) : world;
}

/** Replaces errors, wherever they come from. */
export function onUvmErrors(map: (error: unknown) => unknown): MutateVms {
  return (world) =>
    withMembers(world, { open: async (options) => mapErrors(await world.open(options), map) });
}

/** Changes what errors of a code, and perhaps a reason, say. */
export function retold(
  from: ErrorCode | readonly [ErrorCode, string],
  to: { readonly code?: ErrorCode; readonly reason?: string },
): MutateVms {
  const [code, reason] = typeof from === "string" ? [from, undefined] : from;
  return onUvmErrors((error) => {
    const isMeant = isDriverError(error) && error.code === code &&
      (reason === undefined || error.reason === reason);
    return isMeant ? new DriverError({ ...error.toJSON(), ...to }) : error;
  });
}

/** An error, for mutants that refuse what they should not. */
export function uvmError(code: ErrorCode, subject: Subject, reason?: string): DriverError {
  const message = `Cannot go on with "${subject}": a mutant is at work`;
  return new DriverError({
    code,
    operation: "mutant",
    subject,
    message,
    ...(reason && { reason }),
  });
}

/** Goes on as if all were well where a call is refused with that code. */
export async function forgiving<T>(
  code: ErrorCode,
  call: () => Promise<T>,
  instead: () => Promise<T> | T,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
    return await instead();
  }
}

/** Does something more when a call fails, and fails then. */
export async function afterFailure<T>(
  call: () => Promise<T>,
  more: (error: unknown) => unknown,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    await more(error);
    throw error;
  }
}

/** A member of JSON, down a path of keys. */
export function field(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let here = value;
  for (const key of keys) {
    const isObject = typeof here === "object" && here !== null;
    here = isObject ? (here as Readonly<Record<string, Json | undefined>>)[key] : undefined;
  }
  return here;
}

/** JSON with something else at the end of a path of keys; undefined removes it. */
export function withField(value: Json, keys: readonly string[], leaf: Json | undefined): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return leaf ?? null;
  const object = (value ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { [key]: old, ...others } = object;
  if (rest.length === 0 && leaf === undefined) return others;
  return { ...others, [key]: withField(old ?? {}, rest, leaf) };
}

type Below = NonNullable<Mutant["below"]>;

/** Changes the parameters of one method. */
export function sent(method: string, change: (params: Json) => Json): Below {
  return (call) => (name, params) => call(name, name === method ? change(params) : params);
}

/** Changes the documents that VMs are made from. */
export function documents(change: (document: Json) => Json): Below {
  return sent(
    "system.create",
    (params) => withField(params, ["document"], change(field(params, "document") ?? {})),
  );
}

/** Changes the requests for changes; undefined drops one, and answers success. */
export function requests(
  change: (request: Json, memory: Map<string, Json>) => Json | undefined,
): Below {
  return (call, context) => {
    const memory = memoryOf(context);
    return async (method, params) => {
      if (method !== "system.modify") return await call(method, params);
      const request = change(field(params, "request") ?? {}, memory);
      return request === undefined
        ? null
        : await call(method, withField(params, ["request"], request));
    };
  };
}

/** Leaves what is on the host when the guest failed: the next removal of such a thing is dropped. */
export function keepingHalf(isMeant: (request: Json) => boolean): Below {
  return (call, context) => {
    const memory = memoryOf(context);
    return async (method, params) => {
      const request = field(params, "request") ?? null;
      const isRemoval = isMeant(request) && field(request, "RequestType") === "Remove";
      if (method === "system.modify" && isRemoval && memory.delete("failed")) return null;
      const isMount = field(request, "GuestRequest", "RequestType") === "Add";
      const work = () => call(method, params);
      return await (isMount ? afterFailure(work, () => memory.set("failed", true)) : work());
    };
  };
}

const memories = new WeakMap<object, Map<string, Json>>();

/** What is remembered of each world. */
export function memoryOf(context: DriverContext): Map<string, Json> {
  const memory = memories.get(context.clock) ?? new Map<string, Json>();
  memories.set(context.clock, memory);
  return memory;
}
