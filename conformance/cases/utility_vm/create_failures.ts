/**
 * Cases about creates of utility VMs that fail or are aborted: nothing is left of them.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { told } from "./words.ts";

/** The cases. */
export const UVM_CREATE_FAILURE_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.create.rollback",
    title: "A VM that the host refuses to make leaves nothing, and its id is free",
    why: "hcsshim kept the handle and the callback of a create that failed",
    needs: ["windows", "host.windowsLayers", "host.scratchPath", "host.refuse", "host.hasFile"],
    checks: {
      refused: "uvm.create.rollback",
      left: "uvm.create.rollback",
      files: "uvm.create.rollback",
      again: "uvm.create.rollback",
    },
    async run({ fresh, check, vms, host }) {
      const options = await fresh.windows();
      const scratch = options.layerFolders.at(-1) ?? "";
      await host.refuse(options.id ?? "", "create", { code: "0x80004005" });
      const subject = `uvm:${options.id}` as const;
      await check.refused("refused", () => vms.create(options), { code: "internal", subject });
      check.equal("left", "the list", await vms.list(), []);
      check.equal("files", scratch, await host.hasFile(scratch), false);
      await check.succeeds("again", subject, () => vms.create(options));
    },
  },
  {
    id: "uvm.create.sweep",
    title: "Whichever backend call of a create fails, nothing is left and a retry succeeds",
    why: "A create that ends half way: a folder, an access, a system without a handle",
    needs: ["faults", "host", "windows", "host.windowsLayers", "host.scratchPath"],
    checks: {
      shape: "uvm.error.sweep",
      left: "uvm.create.rollback",
      retry: "uvm.create.rollback",
    },
    async run({ fresh, check, vms, host, faults, settled }) {
      const [strange, left, stuck]: string[][] = [[], [], []];
      for (const kind of ["error", "timeout", "lost-reply", "garbled-reply"] as const) {
        for (let call = 1; call <= 30; call++) {
          const options = await fresh.windows();
          const before = await host.inventory();
          const plan = { kind, call };
          const { error, met } = await faults.during(plan, () => vms.create(options));
          const what = `${kind} of call ${call}`;
          if (met === 0) break;
          const told = isDriverError(error) ? error.leftovers ?? [] : [];
          if (error !== undefined && !isDriverError(error)) strange?.push(`${what}: ${error}`);
          const now = error === undefined ? [] : await host.inventory();
          const more = now.filter((it) => !before.includes(it) && !told.includes(it));
          if (more.length > 0) left?.push(`${what}: ${more.join(", ")}`);
          if (error === undefined) continue;
          const [again] = await settled([vms.create(options)]);
          if (again?.value === undefined) stuck?.push(`${what}: ${again?.error}`);
          await again?.value?.close();
        }
      }
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("left", "what was left", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
  {
    id: "uvm.create.abort",
    title: "A create that is aborted at any moment leaves nothing, and its id is free",
    why: "A VM that boots for a caller who is gone",
    needs: ["faults", "host"],
    checks: {
      told: "uvm.error.canceled",
      left: "uvm.create.rollback",
      retry: "uvm.create.rollback",
    },
    async run({ fresh, check, vms, host, faults, settled }) {
      const [others, left, stuck]: [string[], string[], string[]] = [[], [], []];
      for (const kind of ["timeout", "lost-reply"] as const) {
        for (let call = 1; call <= 20; call++) {
          const options = await fresh.options();
          const before = await host.inventory();
          const abort = new AbortController();
          const { signal } = abort;
          const plan = { kind, call, onMet: () => abort.abort() };
          const { error, met } = await faults.during(plan, () => vms.create(options, { signal }));
          if (met === 0) break;
          const what = `${kind} of call ${call}`;
          if (told({ error }) !== "canceled") others.push(`${what}: ${told({ error })}`);
          const more = (await host.inventory()).filter((it) => !before.includes(it));
          if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
          const [again] = await settled([vms.create(options)]);
          if (again?.value === undefined) stuck.push(`${what}: ${told(again ?? {})}`);
          await again?.value?.close();
        }
      }
      check.equal("told", "aborted creates that were told something else", others, []);
      check.equal("left", "what was left", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
];
