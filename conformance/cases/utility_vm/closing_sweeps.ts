/**
 * Cases that let one backend call after the other fail in the life of a utility VM, and in its close.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { added, LONG } from "./words.ts";

/** The cases. */
export const UVM_CLOSING_SWEEP_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.close.sweep",
    title: "Whichever backend call of a life fails, it is told by the contract and nothing is held",
    why: "An error path that was never walked",
    needs: ["faults", "host"],
    checks: { shape: "uvm.error.sweep", left: "uvm.error.sweep" },
    async run({ fresh, check, host, vms, faults, settled }) {
      const [strange, left]: [string[], string[]] = [[], []];
      for (const kind of ["error", "timeout", "lost-reply", "disconnect"] as const) {
        for (let call = 1; call <= 12; call++) {
          const options = await fresh.options();
          const before = await host.inventory();
          const vm = await fresh.created(options);
          const { error, met } = await faults.during({ kind, call }, async () => {
            await vm.start();
            await vm.terminate();
            await vm.wait(LONG);
          });
          const what = `${kind} of call ${call}`;
          if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
          await settled([vm.close()]);
          await settled([vms.terminate(vm.id)]);
          // Scratch disks stay, as they are their folder's.
          const more = (await host.inventory())
            .filter((it) => it.startsWith("machine:") && !before.includes(it));
          if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
          if (met === 0) break;
        }
      }
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("left", "what was left", left, []);
    },
  },
  {
    id: "uvm.close.faults",
    title: "Whichever backend call of a close fails, the handle is released and the VM ends",
    why: "A handle that nobody has any more, and that the service still counts",
    needs: ["faults", "host", "host.census"],
    checks: { shape: "uvm.error.sweep", left: "uvm.close.failed", held: "uvm.close.failed" },
    async run({ fresh, check, host, faults }) {
      const [strange, left, held]: [string[], string[], string[]] = [[], [], []];
      for (const kind of ["error", "lost-reply", "garbled-reply"] as const) {
        for (let call = 1; call <= 8; call++) {
          const census = await host.census();
          const vm = await fresh.running();
          const { error, met } = await faults.during({ kind, call }, () => vm.close());
          const what = `${kind} of call ${call}`;
          if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
          const inventory = await host.inventory();
          left.push(...inventory.filter((it) => it.endsWith(vm.id)).map((it) => `${what}: ${it}`));
          held.push(...added(census, await host.census()).map((it) => `${what}: ${it}`));
          if (met === 0) break;
        }
      }
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("left", "VMs that went on", left, []);
      check.equal("held", "what is held", held, []);
    },
  },
];
