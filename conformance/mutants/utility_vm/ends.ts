/**
 * Mutants of how utility VMs are terminated and closed.
 *
 * @module
 */

import type { UtilityVm, UtilityVms } from "../../../drivers/contract/mod.ts";
import {
  aboutVm,
  forgiving,
  type MutateVms,
  onVm,
  onVms,
  TIMEOUT,
  uvmError,
  type UvmMutant,
} from "./uvm_mutant.ts";

let containers = 0;

/** Changes every instance, which knows the VMs that any of them made. */
function knowingAll(
  change: (vms: UtilityVms, all: ReadonlyMap<string, UtilityVm>) => Partial<UtilityVms>,
): MutateVms {
  return (world) => {
    const all = new Map<string, UtilityVm>();
    return onVms((vms) => ({
      create: async (options, call) => {
        const vm = await vms.create(options, call);
        all.set(vm.id, vm);
        return vm;
      },
      ...change(vms, all),
    }))(world);
  };
}

/** The mutants. */
export const UVM_END_MUTANTS: readonly UvmMutant[] = [
  {
    id: "uvm-pending-is-an-error",
    breaks: "uvm.terminate.accepted",
    why: "Section 1.5: hcsshim answers pending as an error that callers have to look into",
    mutate: onVm((vm) => ({
      terminate: async (options) => {
        const { changed } = await vm.terminate(options);
        if (changed) throw uvmError("aborted", aboutVm(vm), "pending");
        return { changed };
      },
    })),
  },
  {
    id: "uvm-terminate-again-fails",
    breaks: "uvm.terminate.again",
    why: "#423: a VM that has ended cannot be ended",
    mutate: onVm((vm) => ({
      terminate: async (options) => {
        const result = await vm.terminate(options);
        if (!result.changed) throw uvmError("failed-precondition", aboutVm(vm), "not-running");
        return result;
      },
    })),
  },
  {
    id: "uvm-created-cannot-be-terminated",
    breaks: "uvm.terminate.created",
    why: "Book-keeping that begins with the start",
    mutate: onVm((vm) => ({
      terminate: async (options) => {
        if ((await vm.status()).state !== "created") return await vm.terminate(options);
        throw uvmError("failed-precondition", aboutVm(vm), "not-running");
      },
    })),
  },
  {
    id: "uvm-terminates-collide",
    breaks: "uvm.terminate.race",
    why: "The second one meets 0x80370110, and hands it on",
    mutate: onVm((vm) => {
      let flying = false;
      return {
        terminate: async (options) => {
          if (flying) throw uvmError("failed-precondition", aboutVm(vm), "not-running");
          flying = true;
          return await vm.terminate(options);
        },
      };
    }),
  },
  {
    id: "uvm-close-again-panics",
    breaks: "uvm.close.again",
    why: "D25: hcsshim's second close calls into nothing",
    mutate: onVm((vm) => {
      let closed = false;
      return {
        close: async (options) => {
          if (closed) throw new TypeError("Cannot read properties of undefined");
          closed = true;
          await vm.close(options);
        },
      };
    }),
  },
  {
    id: "uvm-close-does-not-wait",
    breaks: "uvm.close.ended",
    why: "D24: hcsshim's close does not wait for the end",
    mutate: onVm((vm) => ({
      close: (options) => {
        vm.close(options).catch(() => {});
        return Promise.resolve();
      },
    })),
  },
  {
    id: "uvm-close-forgets-waits",
    breaks: "uvm.close.waits",
    why: "#537: waits that nobody wakes",
    mutate: onVm((vm) => {
      let closed = false;
      return {
        close: async (options) => {
          closed = true;
          await vm.close(options);
        },
        wait: async (options) => {
          const result = await vm.wait(options);
          return closed ? TIMEOUT : result;
        },
      };
    }),
  },
  {
    id: "uvm-closed-counts-on",
    breaks: "uvm.close.refusals",
    why: "D25: a method that nobody thought of when the handle was closed",
    mutate: onVm((vm) => ({
      containerCounter: () => {
        try {
          return vm.containerCounter();
        } catch {
          return 0;
        }
      },
    })),
  },
  {
    id: "uvm-closed-wait-panics",
    breaks: "uvm.close.refusals",
    why: "D20: hcsshim's wait after a close dereferences nil",
    mutate: onVm((vm) => ({
      wait: (options) =>
        forgiving("failed-precondition", () => vm.wait(options), () => {
          throw new TypeError("Cannot read properties of undefined");
        }),
    })),
  },
  {
    id: "uvm-close-hides-failures",
    breaks: "uvm.close.failed",
    why: "D24: hcsshim ignores that the terminate failed",
    mutate: onVm((vm) => ({
      close: (options) => forgiving("internal", () => vm.close(options), () => {}),
    })),
  },
  {
    id: "uvm-list-has-all",
    breaks: "uvm.list",
    why: "The service's enumeration without its filter",
    mutate: knowingAll((_, all) => ({
      list: () => Promise.resolve([...all.keys()].map((id) => ({ id, state: "created" }))),
    })),
  },
  {
    id: "uvm-anybody-ends-anything",
    breaks: "uvm.lost",
    why: "A clean-up that ends whatever has the id",
    mutate: knowingAll((vms, all) => ({
      terminate: async (id, call) => {
        const vm = all.get(id);
        if (vm) await vm.terminate();
        else await vms.terminate(id, call);
      },
    })),
  },
  {
    id: "uvm-nobody-is-everybody",
    breaks: "uvm.no-utility-vm",
    why: "A query without an id has all VMs for an answer",
    mutate: onVms((vms) => ({
      terminate: (id, call) =>
        forgiving("invalid-argument", () => vms.terminate(id, call), () => {}),
    })),
  },
  {
    id: "uvm-dispose-does-nothing",
    breaks: "uvm.dispose",
    why: "VMs that outlive what made them",
    mutate: onVms(() => ({ [Symbol.asyncDispose]: () => Promise.resolve() })),
  },
  {
    id: "uvm-one-counter-for-all",
    breaks: "uvm.counter",
    why: "D28: hcsshim's counter is the process's",
    mutate: onVm((vm) => ({
      containerCounter: () => {
        vm.containerCounter();
        return ++containers;
      },
    })),
  },
];
