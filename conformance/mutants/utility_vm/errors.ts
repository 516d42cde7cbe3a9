/**
 * Mutants of the errors of utility VMs, of their raw changes, and of what they leave open.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import {
  forgiving,
  memoryOf,
  onUvmErrors,
  onVm,
  retold,
  uvmError,
  type UvmMutant,
} from "./uvm_mutant.ts";

/** The mutants. */
export const UVM_ERROR_MUTANTS: readonly UvmMutant[] = [
  {
    id: "uvm-access-is-for-ever",
    breaks: "uvm.create.access",
    why: "D34: hcsshim ignored the flag about access, and never took any back",
    below: (call) => async (method, params) =>
      method === "access.revoke" ? null : await call(method, params),
  },
  {
    id: "uvm-errors-are-the-backends",
    breaks: "uvm.error.sweep",
    why: "An error path that was never walked",
    mutate: onUvmErrors((error) =>
      isDriverError(error) && error.code === "deadline-exceeded" ? new Error("timeout") : error
    ),
  },
  {
    id: "uvm-errors-have-no-code",
    breaks: "uvm.error.raw",
    why: "hcsshim's text of an error is all that is left of it",
    mutate: onUvmErrors((error) => {
      if (!isDriverError(error) || error.backend === undefined) return error;
      const { code, subject, reason } = error;
      return uvmError(code, subject, reason);
    }),
  },
  {
    id: "uvm-timeouts-are-unknown",
    breaks: "uvm.error.timeout",
    why: "hcsshim's timeout is an error of its own, beside all others",
    mutate: retold("deadline-exceeded", { code: "unknown" }),
  },
  {
    id: "uvm-cancel-is-a-failure",
    breaks: "uvm.error.canceled",
    why: "A caller who gave up is told that the service is broken",
    mutate: retold("canceled", { code: "internal" }),
  },
  {
    id: "uvm-not-found-is-stopped",
    breaks: "uvm.error.codes",
    why: "Section 1.11: hcsshim reads 0x490 as not found and as already stopped",
    mutate: onVm((vm) => ({
      modify: (request, options) =>
        forgiving("not-found", () => vm.modify(request, options), () => {
          throw uvmError("failed-precondition", `uvm:${vm.id}`, "not-running");
        }),
    })),
  },
  {
    id: "uvm-handles-stay-open",
    breaks: "uvm.leak.handles",
    why: "hcsshim's seed: handles and callbacks of closed VMs stay",
    below: (call, context) => async (method, params) => {
      const closed = memoryOf(context);
      if (method !== "system.close" || closed.size > 0) return await call(method, params);
      closed.set("one", true);
      return null;
    },
  },
  {
    id: "uvm-modify-drops-the-guest",
    breaks: "uvm.modify",
    why: "A request whose second part is not sent on",
    mutate: onVm((vm) => ({
      modify: ({ GuestRequest: _, ...request }, options) => vm.modify(request, options),
    })),
  },
  {
    id: "uvm-modify-takes-anything",
    breaks: "uvm.modify.invalid",
    why: "What JSON has no word for is left out in silence",
    mutate: onVm((vm) => ({
      modify: (request, options) =>
        forgiving("invalid-argument", () => vm.modify(request, options), () => {}),
    })),
  },
];
