/**
 * The defects of kutti's Hyper-V driver, as mutants of this one: each of them has to be killed over the
 * simulated host, too.
 *
 * Most are planted below the adapter, where its answers come from; some are those of the reference
 * driver, applied to this one.
 *
 * @module
 */

import { BackendError, type Json } from "../../drivers/backend/backend.ts";
import type { DriverContext } from "../../drivers/backend/module.ts";
import { isDriverError } from "../../drivers/contract/mod.ts";
import { machineError, type Mutant, onMachine, onMachines } from "./mutant.ts";

type Below = NonNullable<Mutant["below"]>;

interface Vm {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly notes: string;
}

const isRefused = (error: unknown): error is BackendError =>
  error instanceof BackendError && error.kind === "refused";
const field = (params: Json, name: string): Json | undefined =>
  (params as Readonly<Record<string, Json | undefined>>)[name];

/** Changes the machines that are found. */
const onVms = (
  change: (vms: readonly Vm[], params: Json, context: DriverContext) => readonly Vm[],
): Below =>
(call, context) =>
async (method, params) => {
  const result = await call(method, params);
  if (method !== "Get-VM") return result;
  const { vms } = result as unknown as { readonly vms: readonly Vm[] };
  return { vms: change(vms, params, context) as unknown as Json };
};

/** What is remembered of each world's driver, by its owner: instances are made anew, defects stay. */
const remembered = new WeakMap<object, Map<string, Json>>();

function memoryOf(context: DriverContext): Map<string, Json> {
  const memory = remembered.get(context.clock) ?? new Map<string, Json>();
  remembered.set(context.clock, memory);
  return memory;
}

/** Answers the same as the first time, if the call is one of those. */
const cached = (
  isCached: (method: string, params: Json, result: Json) => boolean,
): Below =>
(call, context) =>
async (method, params) => {
  const memory = memoryOf(context);
  const key = JSON.stringify([method, params]);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const result = await call(method, params);
  if (isCached(method, params, result)) memory.set(key, result);
  return result;
};

const SOUND: Json = {
  hypervisorPresent: true,
  module: { version: "2.0.0.0" },
  serviceRunning: true,
  permission: "administrator",
  osBuild: "",
  psVersion: "",
  languageMode: "FullLanguage",
  is64Bit: true,
};

/** A host that is never asked how it is, so that each of these refusals is a machine that is not there. */
const readAsMissing = (id: string): Below => (call) => async (method, params) => {
  if (method === "Get-VmtckProbe") return SOUND;
  try {
    return await call(method, params);
  } catch (error) {
    if (method === "Get-VM" && isRefused(error) && error.code.startsWith(id)) return { vms: [] };
    throw error;
  }
};

/** Defects of its transport and its cmdlets: sections 2.1 and 2.2 of the study of it. */
const CMDLET_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-stop-forces",
    breaks: "machine.stop.graceful",
    why: "kutti's stop is Stop-VM -Force",
    below: (call) => async (method, params) => {
      try {
        return await call(method, params);
      } catch (error) {
        if (method !== "Stop-VM" || !isRefused(error)) throw error;
        return await call(method, { Id: field(params, "Id"), TurnOff: true });
      }
    },
  },
  {
    id: "hyperv-force-stop-asks",
    breaks: "machine.force-stop.stopped",
    why: "Stop-VM without -TurnOff for both stops",
    below: (call) => (method, params) =>
      call(method, method === "Stop-VM" ? { Id: field(params, "Id") } : params),
  },
  {
    id: "hyperv-one-error-for-all",
    breaks: "error.missing",
    why: "kutti's reply has the text of an exception, and no identity of it",
    below: (call) => async (method, params) => {
      try {
        return await call(method, params);
      } catch (error) {
        if (!isRefused(error)) throw error;
        throw new BackendError("refused", "Unspecified:NotSpecified", error.message);
      }
    },
  },
  {
    id: "hyperv-service-down-is-missing",
    breaks: "driver.unavailable",
    why: "A stopped vmms says ObjectNotFound, and kutti does not look whether it runs",
    below: readAsMissing("ObjectNotFound"),
  },
  {
    id: "hyperv-no-rights-is-missing",
    breaks: "driver.permission",
    why: "kutti ignores whether the reply says success: no machine is no machine",
    below: readAsMissing("AccessDenied"),
  },
  {
    id: "hyperv-probes-once",
    breaks: "driver.status.error",
    why: "kutti probes at the first call, and never again",
    below: (call) => (method, params) =>
      method === "Get-VmtckProbe" ? Promise.resolve(SOUND) : call(method, params),
  },
  {
    id: "hyperv-takes-the-first-of-a-name",
    breaks: "machine.ambiguous",
    why:
      "Names are not unique in Hyper-V, and kutti's reply is an array where it expects an object",
    below: onVms((vms, params) => field(params, "Name") === undefined ? vms : vms.slice(0, 1)),
  },
  {
    id: "hyperv-names-are-identity",
    breaks: "machine.foreign.code",
    why: "kutti's machines have no mark: whatever has the name is taken for its own",
    below: onVms((vms) =>
      vms.map((vm) => {
        const [owner, cluster, name] = vm.name.split(".");
        return vm.notes === "" && name !== undefined
          ? { ...vm, notes: JSON.stringify({ vmtck: { owner, cluster, name, image: "" } }) }
          : vm;
      })
    ),
  },
  {
    id: "hyperv-sizes-are-fixed",
    breaks: "machine.create.spec",
    why: "kutti's script says 2 GiB and two processors",
    below: (call) => (method, params) => {
      if (method !== "Set-VM" || field(params, "ProcessorCount") === undefined) {
        return call(method, params);
      }
      const sizes = { ProcessorCount: 1, MemoryStartupBytes: 2 * 1024 ** 3 };
      return call(method, { ...params as Record<string, Json>, ...sizes });
    },
  },
  {
    id: "hyperv-devices-are-no-names",
    breaks: "name.rule",
    why:
      "On Windows, a file called nul cannot be made, and kutti's files begin with what users write",
    mutate: onMachines((machines) => ({
      create: async (spec, options) => {
        if (spec.name !== "nul") return await machines.create(spec, options);
        throw machineError("internal", "machines.create", spec);
      },
    })),
  },
];

/** Defects of its status and addresses: section 2.4. */
const STATUS_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-knows-two-states",
    breaks: "machine.save",
    why: "kutti reads everything but Off and Running as unknown",
    below: onVms((vms) =>
      vms.map((vm) => /^(?:Off|Running)$/.test(vm.state) ? vm : { ...vm, state: "Other" })
    ),
  },
  {
    id: "hyperv-paused-is-unknown",
    breaks: "machine.pause",
    why: "kutti reads everything but Off and Running as unknown",
    below: onVms((vms) => vms.map((vm) => vm.state === "Paused" ? { ...vm, state: "Other" } : vm)),
  },
  {
    id: "hyperv-state-is-a-field",
    breaks: "machine.status.live",
    why: "kutti's handle has a field, which is written when something is asked of it",
    below: cached((method, params) => method === "Get-VM" && field(params, "Id") !== undefined),
  },
];

/** Defects of its clean-up: section 2.5. */
const CLEANUP_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-rollback-keeps-the-disk",
    breaks: "error.rollback",
    why: "kutti leaves the copied disk where PowerShell itself fails",
    below: (call, context) => async (method, params) => {
      const memory = memoryOf(context);
      const path = String(field(params, "Path"));
      const isDisk = method === "Remove-VmtckItem" && /\.vhdx$/.test(path);
      if (isDisk && !path.includes(".base.") && !memory.delete(path)) return null;
      const result = await call(method, params);
      if (method === "New-VM") memory.set(String(field(params, "VHDPath")), true);
      return result;
    },
  },
  {
    id: "hyperv-rollback-keeps-the-registration",
    breaks: "error.rollback",
    why: "kutti removes the files of a failed create, and leaves the machine registered",
    below: (call, context) => async (method, params) => {
      const memory = memoryOf(context);
      const id = `made ${field(params, "Id")}`;
      if (method === "Remove-VM" && !memory.has(id)) return null;
      const result = await call(method, params);
      if (method === "Set-VM" && field(params, "ProcessorCount") !== undefined) {
        memory.set(id, true);
      }
      return result;
    },
  },
  {
    id: "hyperv-create-removes-the-existing-disk",
    breaks: "machine.create.exists",
    why: "kutti copies over the disk of the machine that has the name",
    mutate: onMachines((machines, driver, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (isDriverError(error) && error.code === "already-exists") {
            await world.host?.removeDisk?.(driver.qualifiedMachineName(spec));
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "hyperv-delete-ends-with-the-registration",
    breaks: "machine.delete.partial",
    why: "kutti says not found for ever, once the machine is gone and a file was locked",
    mutate: onMachines((machines) => ({
      delete: async (ref, options) => {
        await machines.get(ref);
        await machines.delete(ref, options);
      },
    })),
  },
  {
    id: "hyperv-forwards-are-fake",
    breaks: "driver.facets.stable",
    why: "kutti's ForwardPort answers success and does nothing",
    mutate: onMachine(() => ({
      forwards: {
        add: () => Promise.resolve(),
        remove: () => Promise.resolve(),
        list: () => Promise.resolve([]),
      },
    })),
  },
];

/** The defects that it shares with mutants of the reference driver, by their ids. */
export const SHARED_DEFECTS: readonly string[] = [
  // 2.1 and 2.2
  "garbled-reply-panics",
  "start-refuses-the-running",
  "stop-refuses-the-stopped",
  "force-stop-refuses-the-stopped",
  "wildcards-delete-nothing",
  "wait-looks-once",
  "wait-is-always-25-seconds",
  "failed-wait-is-a-timeout",
  "wait-cannot-be-aborted",
  "status-error-sticks",
  "arguments-are-joined",
  "extra-parameters-are-dropped",
  // 2.3
  "open-writes-a-file",
  "bad-versions-are-skipped",
  "checksums-are-compared-as-text",
  "cut-transfer-blocks-the-next",
  "two-instances-collide",
  "failed-fetch-purges",
  "last-chunk-goes-unreported",
  "unknown-total-is-minus-1",
  "tampering-goes-unnoticed",
  "purge-again-is-not-found",
  "old-handle-is-detached",
  "malformed-list-is-empty",
  "corrupt-list-is-empty",
  "status-word-of-the-list",
  "create-takes-deprecated",
  // 2.4
  "names-joined-with-hyphens",
  "name-split-at-hyphens",
  "status-is-optimistic",
  "address-is-link-local",
  "address-of-the-first-start",
  // 2.5
  "create-leaves-it-running",
  "old-disk-is-used-again",
  "delete-needs-the-disk",
];

/** The defects that are this driver's own. */
export const HYPERV_MUTANTS: readonly Mutant[] = [
  ...CMDLET_MUTANTS,
  ...STATUS_MUTANTS,
  ...CLEANUP_MUTANTS,
];
