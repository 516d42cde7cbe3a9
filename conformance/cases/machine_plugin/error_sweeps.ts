/**
 * Cases in which each backend call of a method fails, one after the other.
 *
 * @module
 */

import type { MachineRequest } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import { byName, ending, shutDown } from "./seen.ts";
import { idsOf, MOST_CALLS, MOST_WAITING_CALLS, sweepCase } from "./sweep.ts";

/** Whether a machine is there and whole. */
async function isWhole(
  { plugin, settled }: PluginContext,
  request: MachineRequest,
): Promise<boolean> {
  const [status = {}] = await settled([plugin.getMachineStatus(byName(request))]);
  return ending(status) === "ok";
}

/** The cases. */
export const PLUGIN_ERROR_SWEEP_CASES: readonly Case<"machine-plugin">[] = [
  sweepCase({
    id: "plugin.error.create-sweep",
    title: "Whichever backend call of a create fails, and however, a retry comes to one machine",
    why: "The machine is there and its secret is not, and nobody can finish the job",
  }, {
    from: "nothing",
    call: ({ plugin }, request) => plugin.createMachine(request),
    isDone: isWhole,
    mostCalls: MOST_CALLS,
  }),
  sweepCase({
    id: "plugin.error.status-sweep",
    title: "Whichever backend call of a status fails, the machine is not told as missing",
    why: "A lost connection is taken for a lost machine, and another one is made",
    needs: ["host.running"],
  }, {
    from: "one machine",
    call: async ({ plugin }, request) => (await plugin.getMachineStatus(request)).providerID,
    isDone: (_, { machine }, answer) => Promise.resolve(answer === machine.spec?.providerID),
    mostCalls: MOST_CALLS,
  }),
  sweepCase({
    id: "plugin.error.delete-sweep",
    title: "Whichever backend call of a delete fails, and however, a retry removes the machine",
    why: "The machine is gone and its disks are not, and nobody looks again",
  }, {
    from: "machine",
    call: ({ plugin }, request) => plugin.deleteMachine(request),
    isDone: async ({ plugin, settled }, request) => {
      const [status = {}] = await settled([plugin.getMachineStatus(byName(request))]);
      return ending(status) === "not-found";
    },
    removes: true,
    mostCalls: MOST_WAITING_CALLS,
  }),
  sweepCase({
    id: "plugin.error.initialize-sweep",
    title: "Whichever backend call of an initialization fails, and however, a retry finishes it",
    why: "The machine is finished half a second time, and is uninitialized for ever",
    needs: ["initializeMachine"],
  }, {
    from: "half",
    call: async ({ plugin }, request) => await plugin.initializeMachine?.(request),
    isDone: isWhole,
    mostCalls: MOST_CALLS,
  }),
  sweepCase({
    id: "plugin.error.shutdown-sweep",
    title: "Whichever backend call of a shutdown fails, and however, a retry switches it off",
    why: "Half of what keeps the machine off is written, and the rest never",
    needs: ["spi", "host.powered"],
  }, {
    from: "machine",
    call: ({ plugin }, request) => shutDown(plugin, request),
    isDone: async ({ plugin, host }, { machine }) =>
      !await host.powered(plugin.qualifiedMachineName(machine.name)),
    mostCalls: MOST_WAITING_CALLS / 2,
  }),
  {
    id: "plugin.error.deadline",
    title: "After a create without answer, the same request comes to the machine that was made",
    why: "A reply is lost after the machine was made, and another one is made",
    needs: ["host", "faults"],
    checks: { same: "plugin.error.deadline", ended: "plugin.error.deadline" },
    async run({ plugin, fresh, faults, settled, check }) {
      const endings = new Set<string>();
      const doubled: string[] = [];
      const requests: MachineRequest[] = [];
      for (const kind of ["timeout", "late-reply", "lost-reply"] as const) {
        for (let call = 1; call <= 3; call++) {
          const request = await fresh.request();
          const { error } = await faults.during(
            { kind, call, among: "changes", times: Infinity },
            () => plugin.createMachine(request),
          );
          endings.add(ending({ error }));
          const { providerID } = await plugin.createMachine(request);
          const ids = await idsOf(plugin, request);
          if (ids.join() !== providerID) doubled.push(`${kind} at change ${call}: ${ids.join()}`);
          requests.push(byName(request));
        }
      }
      // All at once: each may have a guest that takes its time.
      await settled(requests.map((request) => plugin.deleteMachine(request)));
      check.equal("same", "machines other than the one", doubled, []);
      const allowed = ["ok", "deadline-exceeded", "unavailable", "unknown", "aborted"];
      const strange = [...endings].filter((it) => !allowed.includes(it));
      check.equal("ended", `endings other than ${allowed.join(", ")}`, strange, []);
    },
  },
];
