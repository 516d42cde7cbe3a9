import { assertEquals } from "@std/assert";
import type { Claims, DeviceLocation, GuestSystem } from "../../drivers/contract/mod.ts";
import { casesOf } from "../case.ts";
import { UVM_CASES } from "../cases/utility_vm/mod.ts";
import { openSubject } from "../compose/mod.ts";
import { run } from "../engine/engine.ts";
import type { Status } from "../engine/events.ts";
import type { Subject } from "../engine/subject.ts";
import { withMembers } from "../engine/tracker.ts";
import { mutated } from "../mutants/kill_matrix.ts";
import { type MutateVms, onVm, onVms } from "../mutants/utility_vm/uvm_mutant.ts";
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

/** The cases that did not pass. */
async function failuresOf(subject: Subject, known: readonly Status[]): Promise<string[]> {
  const failures: string[] = [];
  const settings = { seed: "service", startedAt: "1970-01-01T00:00:00Z", bystander: true };
  for await (const event of run(casesOf("utility-vm", UVM_CASES), subject, settings)) {
    if (event.type === "case-end" && !known.includes(event.status)) {
      failures.push(`${event.case}: ${event.status} ${event.reason ?? ""}`);
    }
  }
  return failures;
}

for (const [what, options] of Object.entries(SERVICES)) {
  Deno.test(`every case passes over a service that ${what}`, async () => {
    await using subject = await openSubject(simulatedHcsModule(options));
    assertEquals(await failuresOf(subject, ["pass", "warn"]), []);
  });
}

/** An adapter that tells no numbers of locations. */
const opaque: MutateVms = onVm(({ scsi, vpmem }) => ({
  scsi: withMembers(scsi, {
    add: async (disk, options) => withoutNumbers(await scsi.add(disk, options)),
    attached: () => scsi.attached().map(withoutNumbers),
  }),
  ...(vpmem && {
    vpmem: withMembers(vpmem, {
      add: async (device, options) => withoutNumbers(await vpmem.add(device, options)),
      attached: () => vpmem.attached().map(withoutNumbers),
    }),
  }),
}));

function withoutNumbers<T extends { readonly location: DeviceLocation }>(attachment: T): T {
  return { ...attachment, location: { key: `at ${attachment.location.key}` } };
}

/** An adapter for one guest alone. */
const only = (guest: GuestSystem): MutateVms =>
  onVms(({ guests }) => ({ guests: { [guest]: guests[guest] } }));

const FREEDOMS: Readonly<Record<string, { mutate: MutateVms; guests: readonly GuestSystem[] }>> = {
  "tells no numbers of locations": { mutate: opaque, guests: ["windows", "linux"] },
  "makes Windows guests alone": { mutate: only("windows"), guests: ["windows"] },
  "makes Linux guests alone": { mutate: only("linux"), guests: ["linux"] },
};

for (const [what, { mutate, guests }] of Object.entries(FREEDOMS)) {
  Deno.test(`no case fails an adapter that ${what}`, async () => {
    await using subject = await openSubject(SIMULATED_HCS);
    const claims = (all: Claims): Claims => {
      const { "utility-vm": own } = all;
      const told = Object.fromEntries(guests.map((guest) => [guest, own?.subject.guests?.[guest]]));
      return { ...all, ...(own && { "utility-vm": { ...own, subject: { guests: told } } }) };
    };
    const changed = mutated(subject, { mutate, claims });
    assertEquals(await failuresOf(changed, ["pass", "warn", "unsupported"]), []);
  });
}
