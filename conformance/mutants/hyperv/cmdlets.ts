/**
 * What kutti's cmdlets do: section 2.2 of the study of its Hyper-V driver.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import { machineError, type Mutant, onMachines } from "../mutant.ts";
import { field, isRefused, onVms } from "./below.ts";

/** The mutants. */
export const CMDLET_MUTANTS: readonly Mutant[] = [
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
