/**
 * What kutti makes of states and addresses: section 2.4 of the study of its Hyper-V driver.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import { type Mutant, onMachines } from "../mutant.ts";
import { cached, field, onVms } from "./below.ts";

/** The mutants. */
export const STATUS_MUTANTS: readonly Mutant[] = [
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
  {
    id: "hyperv-no-address-is-a-text",
    breaks: "machine.address.none",
    why: "kutti answers an empty text where the guest told nothing yet",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (method !== "Get-VMNetworkAdapter") return result;
      const adapters = (field(result, "adapters") ?? []) as readonly Record<string, Json>[];
      const filled = adapters.map((it) => it.addresses === null ? { ...it, addresses: [""] } : it);
      return { ...result as Record<string, Json>, adapters: filled };
    },
  },
  {
    id: "hyperv-delete-forgets-the-saved",
    breaks: "machine.delete.complete",
    why: "A machine that is neither Off nor Running is forgotten, and stays on the host",
    mutate: onMachines((machines) => ({
      delete: async (ref, options) => {
        const machine = await machines.get(ref).catch(() => undefined);
        if ((await machine?.status())?.state === "saved") return;
        await machines.delete(ref, options);
      },
    })),
  },
];
