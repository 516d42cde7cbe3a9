/**
 * The KubeVirt adapter over its simulated cluster, held to the cases of machine plugins and to a sample of
 * those of drivers; a replay shows the others.
 */
import { CASES } from "./cases/mod.ts";
import { openSubject } from "./compose/mod.ts";
import { registerDenoTests } from "./register_deno_tests.ts";
import { simulationOf } from "./simulations/mod.ts";
import { HarnessError } from "./engine/subject.ts";

/** What goes through each part of the adapter once, and what is hardest to get right. */
const SAMPLE: ReadonlySet<string> = new Set([
  "create.concurrent",
  "create.pristine",
  "delete.race",
  "error.create-sweep",
  "error.lost-reply",
  "event.outside",
  "list.foreign",
  "power.error-state",
  "power.pause",
  "power.stop",
  "power.unknown",
  "wait.vanished",
]);

await registerDenoTests({
  open: async () => {
    const module = await simulationOf("kubevirt");
    if (module) return await openSubject(module);
    throw new HarnessError("There is no simulated cluster");
  },
  cases: CASES.filter(({ id, contract }) => contract === "machine-plugin" || SAMPLE.has(id)),
});
