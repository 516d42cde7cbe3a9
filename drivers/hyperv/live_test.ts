/** What takes long keeps nobody else waiting. */
import { assertEquals } from "@std/assert";
import { simulatedHyperv } from "../../fixtures/simulators/hyperv/mod.ts";
import { VirtualClock } from "../backend/clock.ts";
import type { HypervBackend } from "./backend.ts";
import { sessionBackend } from "./live.ts";

interface Lab extends AsyncDisposable {
  readonly backend: HypervBackend;
  readonly clock: VirtualClock;
  /** How many PowerShells were started. */
  readonly started: () => number;
}

function openLab(slowStartMs = 0): Lab {
  const clock = new VirtualClock();
  const host = simulatedHyperv({ clock, knobs: { slowStartMs } });
  let count = 0;
  const open: typeof host.open = () => {
    count++;
    return host.open();
  };
  const backend = sessionBackend({ clock, open });
  return {
    ...{ backend, clock, started: () => count },
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

async function machine({ backend }: Lab, Name: string): Promise<string> {
  const MemoryStartupBytes = 64 * 1024 * 1024;
  const params = { Name, Generation: 1, Path: "C:\\m", MemoryStartupBytes } as const;
  return (await backend.call("New-VM", params)).vm.id;
}

Deno.test("a host is asked of one machine while another one starts slowly", async () => {
  await using lab = openLab(60_000);
  const { backend, clock } = lab;
  const Id = await machine(lab, "a");
  const starting = backend.call("Start-VM", { Id }, { timeoutMs: 120_000 });
  await clock.sleep(1_000);
  const before = clock.now();
  const { vms } = await backend.call("Get-VM", {});
  assertEquals([vms[0]?.state, clock.now() - before < 1_000], ["Starting", true]);
  await starting;
});

Deno.test("guests that never shut down keep no machine from being made, started and removed", async () => {
  await using lab = openLab();
  const { backend, clock } = lab;
  const other = await machine(lab, "other");
  const patience = new AbortController();
  const stops = await Promise.all(["a", "b", "c", "d", "e"].map(async (name) => {
    const Id = await machine(lab, name);
    await backend.call("Set-VmtckState", { Id, State: "Stopping" });
    return { stopped: backend.call("Stop-VM", { Id }, { signal: patience.signal }) };
  }));
  const before = clock.now();
  await backend.call("Start-VM", { Id: other });
  await backend.call("Stop-VM", { Id: other, TurnOff: true });
  await backend.call("Remove-VM", { Id: other });
  assertEquals(clock.now() - before < 2_000, true);
  patience.abort();
  await Promise.allSettled(stops.map(({ stopped }) => stopped));
});

Deno.test("what takes long shares a PowerShell when it does not overlap", async () => {
  await using lab = openLab();
  const Id = await machine(lab, "a");
  for (let times = 0; times < 3; times++) {
    await lab.backend.call("Start-VM", { Id });
    await lab.backend.call("Save-VM", { Id });
  }
  assertEquals(lab.started(), 2);
});
