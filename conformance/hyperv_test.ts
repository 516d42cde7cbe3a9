/** The Hyper-V driver, held to every case over its simulated host. */
import { openSubject } from "./compose/mod.ts";
import { registerDenoTests } from "./register_deno_tests.ts";
import { simulationOf } from "./simulations/mod.ts";
import { HarnessError } from "./engine/subject.ts";

await registerDenoTests({
  open: async () => {
    const module = await simulationOf("hyperv");
    if (module) return await openSubject(module);
    throw new HarnessError("There is no simulated Hyper-V host");
  },
});
