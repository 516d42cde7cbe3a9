import { assertEquals } from "@std/assert";
import { casesOf } from "../case.ts";
import { UVM_CASES } from "../cases/utility_vm/mod.ts";
import { openSubject } from "../compose/mod.ts";
import { run } from "../engine/engine.ts";
import { registerDenoTests } from "../register_deno_tests.ts";
import { SIMULATED_HCS, simulatedHcsModule } from "./hcs.ts";

await registerDenoTests({ open: () => openSubject(SIMULATED_HCS) });

/** What the service's documentation leaves open: an adapter has to pass whatever it does. */
const SERVICES: Readonly<Record<string, Parameters<typeof simulatedHcsModule>[0]>> = {
  "keeps the host's part when the guest fails, and tells exits late": {
    policies: { atomicity: "host-applied", exitOrder: "completion-first", createdState: "omitted" },
  },
  "loses replies of the guest, and tells exits late": {
    policies: { atomicity: "reply-lost", exitOrder: "completion-first", createdState: "told" },
  },
  "loses replies of the guest, and tells no state before the start": {
    policies: { atomicity: "reply-lost", exitOrder: "event-first", createdState: "omitted" },
  },
  "is as old as Windows Server 2019": { host: { schemaMinor: 1 } },
  "is slow": { durations: { latency: 100, boot: 8_000, exitGap: 1_000 } },
};

for (const [what, options] of Object.entries(SERVICES)) {
  Deno.test(`every case passes over a service that ${what}`, async () => {
    await using subject = await openSubject(simulatedHcsModule(options));
    const failures: string[] = [];
    const settings = { seed: "service", startedAt: "1970-01-01T00:00:00Z", bystander: true };
    for await (const event of run(casesOf("utility-vm", UVM_CASES), subject, settings)) {
      if (event.type === "case-end" && !["pass", "warn"].includes(event.status)) {
        failures.push(`${event.case}: ${event.status} ${event.reason ?? ""}`);
      }
    }
    assertEquals(failures, []);
  });
}
