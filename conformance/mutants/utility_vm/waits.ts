/**
 * Mutants of how utility VMs start, and of how one waits for their end.
 *
 * @module
 */

import type { UtilityVm, UvmWaitResult } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  aboutVm,
  afterFailure,
  field,
  forgiving,
  type MutateVms,
  onVm,
  retold,
  TIMEOUT,
  uvmError,
  type UvmMutant,
  type UvmWorld,
} from "./uvm_mutant.ts";

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

/** The mutants. */
export const UVM_WAIT_MUTANTS: readonly UvmMutant[] = [
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
        if (signal?.aborted) throw uvmError("canceled", aboutVm(vm));
        const aborted = Promise.withResolvers<never>();
        const canceled = (): void => aborted.reject(uvmError("canceled", aboutVm(vm)));
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
