import { assertEquals } from "@std/assert";
import type { MachinePlugin, PluginHost } from "../../../drivers/contract/mod.ts";
import { deadLedgers } from "../../engine/ledger_file.ts";
import { reap } from "../../engine/reap.ts";

/** What a killed run leaves behind: the intent to make a machine. */
const LEDGER = [
  { head: { run: "r1", driver: "fake", settings: {}, startedAt: "2026-01-01" } },
  { intent: 1, resource: { kind: "plugin-machine", owner: "o", name: "m1" } },
].map((line) => `${JSON.stringify(line)}\n`).join("");

Deno.test("reap ends the holds of a killed case before it removes its machine", async () => {
  const calls: string[] = [];
  const hold = (what: string) => (name: string, held: boolean): Promise<void> =>
    Promise.resolve(void calls.push(`${what} ${name} ${held}`));
  const host: PluginHost = {
    inventory: () => Promise.resolve([]),
    samples: {
      machineClass: () => ({ name: "any" }),
      secret: () => Promise.resolve({}),
    } as unknown as PluginHost["samples"],
    diskName: (name) => `${name}.disk`,
    holdDeletion: hold("machine"),
    holdDisk: hold("disk"),
  };
  const plugin = {
    qualifiedMachineName: (name) => `o.${name}`,
    deleteMachine: ({ machine }) => {
      calls.push(`delete ${machine.name}`);
      return Promise.resolve({});
    },
  } as Partial<MachinePlugin> as MachinePlugin;
  const reach = {
    host: () => Promise.resolve(host),
    of: () => Promise.resolve(plugin),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/r1.ndjson`, LEDGER);
    const reaping = reap(deadLedgers(folder), () => Promise.resolve(reach), { dryRun: false });
    assertEquals((await Array.fromAsync(reaping)).map(({ outcome }) => outcome), ["removed"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(calls, ["machine o.m1 false", "disk o.m1.disk false", "delete m1"]);
});
