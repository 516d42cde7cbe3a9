import { assertEquals, assertRejects } from "@std/assert";
import { POWER_STATES, POWER_TABLE, type PowerOperation } from "../contract/mod.ts";
import { BackendError } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import type { MemoryBackend } from "./backend.ts";
import { memoryHost } from "./host.ts";
import { simulatedBackend } from "./hypervisor/simulated_backend.ts";
import { SEAM } from "./seam.ts";
import { stateOf, WORDS } from "./state.ts";

const UUID = "00000000-0000-4000-8000-000000000000";
const key = { uuid: UUID, name: "o.c.m" };

/** A hypervisor with one machine. */
async function hypervisor(): Promise<{ clock: VirtualClock; backend: MemoryBackend }> {
  const clock = new VirtualClock();
  const backend = simulatedBackend({ clock });
  const size = { memoryMiB: 64, cpus: 1, network: null };
  await backend.call("machine.define", { ...key, owner: null, ...size });
  await backend.call("disk.create", { machine: UUID, name: "d", owner: null, bootSector: "" });
  return { clock, backend };
}

const CALLS: Readonly<
  Partial<Record<PowerOperation, (backend: MemoryBackend) => Promise<unknown>>>
> = {
  start: (backend) => backend.call("machine.start", key),
  stop: (backend) => backend.call("machine.shutdown", key),
  forceStop: (backend) => backend.call("machine.destroy", key),
  pause: (backend) => backend.call("machine.suspend", key),
  resume: (backend) => backend.call("machine.resume", key),
  save: (backend) => backend.call("machine.save", key),
  delete: (backend) => backend.call("machine.undefine", { ...key, force: false }),
  forceDelete: (backend) => backend.call("machine.undefine", { ...key, force: true }),
};

for (const state of POWER_STATES.filter((state) => state !== "absent")) {
  Deno.test(`the hypervisor allows in the state ${state} what the power table allows`, async () => {
    for (const [operation, call] of Object.entries(CALLS)) {
      const { clock, backend } = await hypervisor();
      using _ = clock;
      await memoryHost(backend).force(key.name, state);
      const outcome = POWER_TABLE[state][operation as PowerOperation];
      if (outcome.kind === "allowed") await call(backend);
      else {
        const error = await assertRejects(() => call(backend), BackendError);
        assertEquals([error.kind, error.code], ["refused", "bad-state"], operation);
      }
    }
  });
}

Deno.test("each state has a word of its own, and other words are unknown", () => {
  for (const [state, word] of Object.entries(WORDS)) assertEquals(stateOf(word), state);
  assertEquals(stateOf("migrating"), "unknown");
  assertEquals(stateOf("constructor"), "unknown");
});

Deno.test("a closed hypervisor is unreachable, and its events end", async () => {
  const { clock, backend } = await hypervisor();
  using _ = clock;
  const events = Array.fromAsync(backend.events({ signal: new AbortController().signal }));
  await backend.call("machine.start", key);
  await backend[Symbol.asyncDispose]();
  assertEquals((await events).map(({ state }) => state), ["on"]);
  const error = await assertRejects(() => backend.call("host.info", {}), BackendError);
  assertEquals(error.kind, "unreachable");
});

Deno.test("answers are copies: changing one changes nothing on the host", async () => {
  const { clock, backend } = await hypervisor();
  using _ = clock;
  const before = await backend.call("machine.get", key);
  Object.assign(before, { state: "on" });
  assertEquals((await backend.call("machine.get", key)).state, "off");
});

Deno.test("calls about a subject share its lane, and reads change nothing", () => {
  assertEquals(SEAM.lane("machine.start", key), "machine:o.c.m");
  assertEquals(SEAM.lane("event", { ...key, owner: null, state: "on" }), "machine:o.c.m");
  assertEquals(SEAM.lane("guest.run", { address: "10.0.0.2:22", argv: [] }), "guest:10.0.0.2:22");
  assertEquals(SEAM.lane("host.info", {}), "host");
  assertEquals([SEAM.changes("machine.find"), SEAM.changes("machine.start")], [false, true]);
});
