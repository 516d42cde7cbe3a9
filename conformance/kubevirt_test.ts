/** The KubeVirt adapter, held to the cases of machine plugins over its simulated cluster. */
import { CASES } from "./cases/mod.ts";
import { openSubject } from "./compose/mod.ts";
import { registerDenoTests } from "./register_deno_tests.ts";
import { simulationOf } from "./simulations/mod.ts";
import { HarnessError } from "./engine/subject.ts";

await registerDenoTests({
  open: async () => {
    const module = await simulationOf("kubevirt");
    if (module) return await openSubject(module);
    throw new HarnessError("There is no simulated cluster");
  },
  cases: CASES.filter(({ contract }) => contract === "machine-plugin"),
});
