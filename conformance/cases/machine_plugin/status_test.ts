/** No provider at hand has two machines of one name: what the case about them sees is shown here. */
import { assert, assertEquals } from "@std/assert";
import {
  DriverError,
  isDriverError,
  type MachineAnswer,
  type MachinePlugin,
  type PluginHost,
} from "../../../drivers/contract/mod.ts";
import type { Refusal } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import { PLUGIN_STATUS_CASES } from "./status.ts";

const REQUEST = { machine: { name: "m1" }, machineClass: { name: "c", providerSpec: {} } };

/** Whether the case is content with that status of a machine that there is twice. */
async function isContentWith(getMachineStatus: () => Promise<MachineAnswer>): Promise<boolean> {
  const item = PLUGIN_STATUS_CASES.find(({ id }) => id === "plugin.status.ambiguous");
  assert(item);
  const doubled: string[] = [];
  let isContent: boolean | undefined;
  const plugin: Partial<MachinePlugin> = {
    qualifiedMachineName: (name) => `o.${name}`,
    getMachineStatus,
  };
  const host: Partial<PluginHost> = {
    duplicate: (name) => Promise.resolve(void doubled.push(name)),
  };
  const check = {
    async refused(_id: string, call: () => unknown, { code, subject }: Refusal): Promise<void> {
      const error: unknown = await Promise.resolve().then(call).catch((error) => error);
      isContent = isDriverError(error) && error.code === code && error.subject === subject;
    },
  };
  const fresh = {
    machine: () => Promise.resolve({ providerID: "p://1", nodeName: "m1", request: REQUEST }),
  };
  await item.run({ plugin, host, check, fresh } as unknown as PluginContext);
  assertEquals(doubled, ["o.m1"]);
  assert(isContent !== undefined);
  return isContent;
}

Deno.test("several machines for one have to be out-of-range", async () => {
  const error = new DriverError({
    code: "out-of-range",
    operation: "getMachineStatus",
    subject: "machine:m1",
    message: "There are two",
  });
  assertEquals(await isContentWith(() => Promise.reject(error)), true);
});

Deno.test("one of several machines, taken at random, is no status", async () => {
  const answer = { providerID: "p://1", nodeName: "m1" };
  assertEquals(await isContentWith(() => Promise.resolve(answer)), false);
});
