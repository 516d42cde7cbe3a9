/**
 * Cases about calls that are aborted.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { ending, methodNames, methodsOf, subjectOf } from "./seen.ts";

/** A signal, and what aborts it. */
function aborting(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** The cases. */
export const PLUGIN_ABORT_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.error.canceled",
    title: "An aborted call ends with canceled, and the plugin goes on",
    why: "The abort is noticed at the next poll, or work goes on behind the caller's back",
    needs: ["host", "faults"],
    checks: {
      before: "plugin.error.canceled",
      subject: "plugin.error.canceled",
      during: "plugin.error.canceled",
      quiet: "plugin.error.canceled",
      later: "plugin.error.canceled",
    },
    async run(context) {
      const { plugin, fresh, faults, host, settled, check, trace } = context;
      const request = await fresh.request();
      const { request: there } = await fresh.machine();
      const aborted = { signal: AbortSignal.abort() };
      const before: Record<string, string> = {};
      for (const [name, call] of methodsOf(context)) {
        const [it = {}] = await settled([call(there, aborted)]);
        before[name] = ending(it);
      }
      const canceled = methodNames(context).map((name) => [name, "canceled"]);
      check.equal("before", "endings", before, Object.fromEntries(canceled));
      await check.refused("subject", () => plugin.createMachine(request, aborted), {
        code: "canceled",
        subject: subjectOf(request),
      });
      const endings: string[] = [];
      // What is in the trace of a look at the host; more of it is what goes on.
      const look = async (): Promise<number> => {
        const before = trace().length;
        await host.inventory();
        return trace().length - before;
      };
      const looks = [await look()];
      // While an answer is waited for, and while a call is made.
      const kinds = ["late-reply", "overtaken", "late-reply"] as const;
      for (const [index, kind] of kinds.entries()) {
        const { signal, abort } = aborting();
        const { error } = await faults.during(
          { kind, call: index + 1, onMet: abort },
          () => plugin.createMachine(request, { signal }),
        );
        endings.push(ending({ error }));
        looks.push(await look());
      }
      check.equal(
        "quiet",
        "calls during a look, before and after",
        looks,
        looks.map(() => looks[0]),
      );
      check.equal("during", "endings", endings, ["canceled", "canceled", "canceled"]);
      const [later = {}] = await settled([plugin.createMachine(request)]);
      check.equal("later", "ending", ending(later), "ok");
    },
  },
  {
    id: "plugin.error.canceled-wait",
    title: "A wait for the end of a change ends when the call is aborted",
    why: "The signal goes to the requests, and not to what waits between them",
    needs: ["host", "host.running", "host.holdDeletion"],
    checks: { delete: "plugin.error.canceled", later: "plugin.error.canceled" },
    async run({ plugin, fresh, host, settled, check }) {
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      await host.holdDeletion(qualified, true);
      const { signal, abort } = aborting();
      const deleting = settled([plugin.deleteMachine(request, { signal })]);
      // By then the deletion is accepted, and cannot come to its end.
      for (let looks = 0; looks < 3; looks++) await host.inventory();
      abort();
      const [it = {}] = await deleting;
      check.equal("delete", "ending", ending(it), "canceled");
      await host.holdDeletion(qualified, false);
      await check.succeeds("later", "delete", () => plugin.deleteMachine(request));
    },
  },
];
