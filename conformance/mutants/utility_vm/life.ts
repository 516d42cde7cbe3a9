/**
 * Mutants of the life of utility VMs.
 *
 * @module
 */

import type { UtilityVm, UvmWaitResult } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  afterFailure,
  field,
  forgiving,
  type MutateVms,
  onVm,
  onVms,
  retold,
  uvmError,
  type UvmMutant,
  type UvmWorld,
} from "./uvm_mutant.ts";

const TIMEOUT: UvmWaitResult = { verdict: "timeout" };
const about = ({ id }: Pick<UtilityVm, "id">) => `uvm:${id}` as const;

/** Changes how every wait ends. */
const onWait = (
  change: (result: UvmWaitResult, vm: UtilityVm) => UvmWaitResult,
): MutateVms => onVm((vm) => ({ wait: async (options) => change(await vm.wait(options), vm) }));

/** Changes handles by the strange events that were sent about their VMs. */
function onStrange(
  event: string,
  change: (vm: UtilityVm, wasSent: () => boolean) => Partial<UtilityVm>,
): MutateVms {
  return (world: UvmWorld) => {
    const sent = new Set<string>();
    const { host } = world;
    const changed = onVm((vm) => change(vm, () => sent.has(vm.id)))(world);
    return !host?.sendEvent ? changed : withMembers(changed, {
      host: withMembers(host, {
        sendEvent: async (id, which) => {
          if (which === event) sent.add(id);
          await host.sendEvent?.(id, which);
        },
      }),
    });
  };
}

let containers = 0;

/** Mutants of start and wait. */
const WAITS: readonly UvmMutant[] = [
  {
    id: "uvm-start-does-not-wait",
    breaks: "uvm.start.running",
    why: "The service has accepted the start, and that is called started",
    mutate: onVm((vm) => ({
      start: (options) => {
        vm.start(options).catch(() => {});
        return Promise.resolve();
      },
    })),
  },
  {
    id: "uvm-start-again-succeeds",
    breaks: "uvm.start.again",
    why:
      "A start of what runs already is nothing to complain about, and two callers believe it theirs",
    mutate: onVm((vm) => ({
      start: (options) => forgiving("failed-precondition", () => vm.start(options), () => {}),
    })),
  },
  {
    id: "uvm-start-takes-the-exit",
    breaks: "uvm.start.exit",
    why: "D21: hcsshim's start takes the only notice of the end",
    mutate: onVm((vm) => {
      let taken = false;
      return {
        start: (options) => afterFailure(() => vm.start(options), () => void (taken = true)),
        wait: async (options) => taken ? TIMEOUT : await vm.wait(options),
      };
    }),
  },
  {
    id: "uvm-failed-start-ends-the-vm",
    breaks: "uvm.start.failed",
    why: "A clean-up that does not ask what went wrong",
    mutate: onVm((vm) => ({
      start: (options) => afterFailure(() => vm.start(options), () => vm.terminate()),
    })),
  },
  {
    id: "uvm-failed-start-holds-on",
    breaks: "uvm.start.failed",
    why: "D27: hcsshim's failed start leaves the listener for the guest's log open",
    below: (call) => async (method, params) => {
      if (method !== "system.start") return await call(method, params);
      const id = field(params, "id");
      return await afterFailure(() => call(method, params), () => call("system.open", { id }));
    },
  },
  {
    id: "uvm-aborted-start-goes-on",
    breaks: "uvm.start.abort",
    why: "The caller is told at once, and the VM boots for nobody",
    mutate: onVm((vm) => ({
      start: async ({ signal } = {}) => {
        const starting = vm.start();
        starting.catch(() => {});
        if (signal?.aborted) throw uvmError("canceled", about(vm));
        const aborted = Promise.withResolvers<never>();
        const canceled = (): void => aborted.reject(uvmError("canceled", about(vm)));
        signal?.addEventListener("abort", canceled, { once: true });
        await Promise.race([starting, aborted.promise]);
      },
    })),
  },
  {
    id: "uvm-ended-is-unknown",
    breaks: "uvm.status",
    why: "The service's refusal to tell of what has ended",
    mutate: onVm((vm) => ({
      status: async (options) => {
        const status = await vm.status(options);
        return status.state === "stopped" ? { state: "unknown", raw: status.raw } : status;
      },
    })),
  },
  {
    id: "uvm-wait-looks-once",
    breaks: "uvm.wait.pending",
    why: "A wait that is a question",
    mutate: onVm((vm) => ({ wait: (options) => vm.wait({ ...options, timeoutMs: 0 }) })),
  },
  {
    id: "uvm-one-is-told",
    breaks: "uvm.wait.many",
    why: "D19: hcsshim's notice of the end is taken by the first who asks",
    mutate: onVm((vm) => {
      let told = false;
      return {
        wait: async (options) => {
          const result = await vm.wait(options);
          const isSecond = told && result.verdict === "exited";
          told ||= result.verdict === "exited";
          return isSecond ? TIMEOUT : result;
        },
      };
    }),
  },
  {
    id: "uvm-late-waits-miss-the-end",
    breaks: "uvm.wait.after",
    why: "D19: a notice that is not kept",
    mutate: onVm((vm) => ({
      wait: async (options) => {
        const isOver = (await vm.status()).state === "stopped";
        const result = await vm.wait(options);
        return isOver ? TIMEOUT : result;
      },
    })),
  },
  {
    id: "uvm-status-zero-is-graceful",
    breaks: "uvm.wait.kind",
    why: "The status alone is read, and a VM that was terminated has 0",
    mutate: onWait((result) => {
      if (result.verdict !== "exited") return result;
      const kind = result.exit.status === 0 ? "graceful" : "unexpected";
      return { verdict: "exited", exit: { ...result.exit, kind } };
    }),
  },
  {
    id: "uvm-death-is-not-told",
    breaks: "uvm.wait.death",
    why: "WSL #40158: a VM that died while nobody asked for anything",
    mutate: onWait((result) =>
      result.verdict === "exited" && result.exit.kind === "unexpected" ? TIMEOUT : result
    ),
  },
  {
    id: "uvm-malformed-event-is-an-end",
    breaks: "uvm.wait.strange",
    why: "D22: what an event says is not looked at",
    mutate: onStrange("malformed", (vm, wasSent) => ({
      status: async (options) =>
        wasSent() ? { state: "stopped", raw: "" } : await vm.status(options),
    })),
  },
  {
    id: "uvm-second-exit-replaces-the-first",
    breaks: "uvm.wait.once",
    why: "D23: an end that is kept as the last one that was told",
    mutate: onStrange("repeated-exit", (vm, wasSent) => ({
      wait: async (options) => {
        const result = await vm.wait(options);
        if (result.verdict !== "exited" || !wasSent()) return result;
        return { verdict: "exited", exit: { kind: "unexpected", raw: "UnexpectedExit" } };
      },
    })),
  },
  {
    id: "uvm-lost-service-is-internal",
    breaks: "uvm.wait.lost",
    why: "#586: an event that is not on the list of those that are listened to",
    mutate: retold(["unavailable", "service-lost"], { code: "internal" }),
  },
];

/** Mutants of terminate and close. */
const ENDS: readonly UvmMutant[] = [
  {
    id: "uvm-pending-is-an-error",
    breaks: "uvm.terminate.accepted",
    why: "Section 1.5: hcsshim answers pending as an error that callers have to look into",
    mutate: onVm((vm) => ({
      terminate: async (options) => {
        const { changed } = await vm.terminate(options);
        if (changed) throw uvmError("aborted", about(vm), "pending");
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
        if (!result.changed) throw uvmError("failed-precondition", about(vm), "not-running");
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
        throw uvmError("failed-precondition", about(vm), "not-running");
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
          if (flying) throw uvmError("failed-precondition", about(vm), "not-running");
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
    mutate: (world) => {
      const all = new Map<string, UtilityVm>();
      return onVms((vms) => ({
        create: async (options, call) => {
          const vm = await vms.create(options, call);
          all.set(vm.id, vm);
          return vm;
        },
        list: () => Promise.resolve([...all.keys()].map((id) => ({ id, state: "created" }))),
      }))(world);
    },
  },
  {
    id: "uvm-anybody-ends-anything",
    breaks: "uvm.lost",
    why: "A clean-up that ends whatever has the id",
    mutate: (world) => {
      const all = new Map<string, UtilityVm>();
      return onVms((vms) => ({
        create: async (options, call) => {
          const vm = await vms.create(options, call);
          all.set(vm.id, vm);
          return vm;
        },
        terminate: async (id, call) => {
          const vm = all.get(id);
          if (vm) await vm.terminate();
          else await vms.terminate(id, call);
        },
      }))(world);
    },
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

/** The mutants. */
export const UVM_LIFE_MUTANTS: readonly UvmMutant[] = [...WAITS, ...ENDS];
