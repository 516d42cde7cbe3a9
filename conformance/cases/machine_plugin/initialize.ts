/**
 * Cases about finishing machines that are there.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { byName, ending, halfMaker, subjectOf } from "./seen.ts";

/** The cases. */
export const PLUGIN_INITIALIZE_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.initialize.again",
    title: "Initializing answers what creating answered, as often as it is asked",
    why: "The second initialization fails, as its work is done",
    needs: ["host", "initializeMachine"],
    checks: { answers: "plugin.initialize" },
    async run({ plugin, fresh, settled, check }) {
      const { request, providerID, nodeName } = await fresh.machine();
      const answers: unknown[] = [];
      for (let times = 0; times < 2; times++) {
        const [it = {}] = await settled([Promise.resolve(plugin.initializeMachine?.(request))]);
        answers.push(it.value ? [it.value.providerID, it.value.nodeName] : ending(it));
      }
      const same = [providerID, nodeName];
      check.equal("answers", "provider ids and node names", answers, [same, same]);
    },
  },
  {
    id: "plugin.initialize.half",
    title: "Initializing finishes a machine whose creation was cut off",
    why: "Initializing only looks, so that the machine is uninitialized for ever",
    needs: ["host", "faults", "initializeMachine"],
    checks: { ids: "plugin.initialize.finishes", whole: "plugin.initialize.finishes" },
    async run(context) {
      const { plugin, fresh, check } = context;
      const makeHalf = await halfMaker(context);
      const request = makeHalf ? await makeHalf() : (await fresh.machine()).request;
      const { providerID, nodeName } = await check.succeeds(
        "ids",
        "initialize",
        async () =>
          await plugin.initializeMachine?.(byName(request)) ?? { providerID: "", nodeName: "" },
      );
      await check.answers("whole", "status", async () => {
        const status = await plugin.getMachineStatus(byName(request));
        return [status.providerID, status.nodeName];
      }, [providerID, nodeName]);
    },
  },
  {
    id: "plugin.initialize.absent",
    title: "Initializing a machine that is not there is not-found",
    why: "A machine is made in a call that only finishes one",
    needs: ["host", "initializeMachine"],
    checks: { refused: "plugin.initialize.absent", nothing: "plugin.initialize.absent" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      const before = await host.inventory();
      await check.refused("refused", async () => await plugin.initializeMachine?.(request), {
        code: "not-found",
        subject: subjectOf(request),
      });
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
];
