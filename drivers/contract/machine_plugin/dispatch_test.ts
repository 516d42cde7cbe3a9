import { assertEquals, assertStringIncludes } from "@std/assert";
import { DriverError } from "../errors.ts";
import { LABEL_RULE } from "../names.ts";
import { callPlugin, type PluginCall } from "./dispatch.ts";
import type { MachinePlugin } from "./plugin.ts";
import { PluginError } from "./plugin_error.ts";
import { decodeStatus } from "./status_text.ts";

const REQUEST = { machine: { name: "m1" }, machineClass: { name: "c1", providerSpec: {} } };

function plugin(members: Partial<MachinePlugin> = {}): MachinePlugin {
  const failing = (): Promise<never> => Promise.reject(new TypeError("broken [here"));
  return {
    name: "p1",
    description: "a plugin",
    owner: "o",
    nameRule: LABEL_RULE,
    qualifiedMachineName: (name) => name,
    createMachine: failing,
    deleteMachine: () => Promise.resolve({}),
    getMachineStatus: failing,
    listMachines: () => Promise.resolve({ machineList: { "p://m1": "m1" } }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...members,
  };
}

Deno.test("a success is code 0 with its response", async () => {
  const reply = await callPlugin(plugin(), { method: "listMachines", request: REQUEST });
  assertEquals(reply, { code: 0, response: { machineList: { "p://m1": "m1" } } });
});

Deno.test("a facet that is absent is unimplemented", async () => {
  const calls = [
    { method: "initializeMachine", request: REQUEST },
    { method: "getVolumeIDs", request: { pvSpecs: [] } },
  ] as const;
  for (const call of calls) {
    const { code, error } = await callPlugin(plugin(), call);
    assertEquals(code, 12);
    assertEquals(decodeStatus(error ?? "")?.code, "unimplemented");
  }
});

Deno.test("a method that there is not is unimplemented, and never a success", async () => {
  for (const method of ["updateMachine", "generateMachineClassForMigration", "constructor"]) {
    const call = { method, request: REQUEST } as unknown as PluginCall;
    assertEquals((await callPlugin(plugin(), call)).code, 12, method);
  }
});

Deno.test("a request from outside that lacks a part is an invalid argument, and names it", async () => {
  const { machine, machineClass } = REQUEST;
  const requests: readonly (readonly [method: string, request: unknown, named: string])[] = [
    ["createMachine", null, "request"],
    ["createMachine", [], "request"],
    ["createMachine", { machineClass }, '"machine"'],
    ["deleteMachine", { machine: null, machineClass }, '"machine"'],
    ["getMachineStatus", { machine }, '"machineClass"'],
    ["listMachines", { machineClass: "workers" }, '"machineClass"'],
    ["getVolumeIDs", { pvSpecs: {} }, '"pvSpecs"'],
    ["getVolumeIDs", { pvSpecs: [null] }, '"pvSpecs"'],
  ];
  for (const [method, request, named] of requests) {
    const { code, error = "" } = await callPlugin(plugin(), { method, request } as PluginCall);
    assertEquals(code, 3, `${method} ${JSON.stringify(request)}`);
    assertStringIncludes(decodeStatus(error)?.message ?? "", named);
  }
});

Deno.test("no volumes, as Go writes them, are none", async () => {
  const it = plugin({
    getVolumeIDs: ({ pvSpecs }) => Promise.resolve({ volumeIDs: pvSpecs.map(() => "v") }),
  });
  for (const request of [{}, { pvSpecs: null }]) {
    const call = { method: "getVolumeIDs", request } as unknown as PluginCall;
    assertEquals(await callPlugin(it, call), { code: 0, response: { volumeIDs: [] } });
  }
});

Deno.test("a response goes along with an error", async () => {
  const response = { providerID: "p://m1", nodeName: "m1" };
  const error = new PluginError({
    code: "uninitialized",
    operation: "getMachineStatus",
    subject: "machine:m1",
    message: "Not yet",
    response,
  });
  const it = plugin({ getMachineStatus: () => Promise.reject(error) });
  const reply = await callPlugin(it, { method: "getMachineStatus", request: REQUEST });
  assertEquals(reply.code, 17);
  assertEquals(reply.response, response);
  assertEquals(error.toJSON().response, response);
});

Deno.test("a response goes along with an error of another copy of this package", async () => {
  const response = { providerID: "p://m1", nodeName: "m1" };
  const error = new DriverError({
    code: "uninitialized",
    operation: "getMachineStatus",
    subject: "machine:m1",
    message: "Not yet",
  });
  const it = plugin({
    getMachineStatus: () => Promise.reject(Object.assign(error, { response })),
  });
  const reply = await callPlugin(it, { method: "getMachineStatus", request: REQUEST });
  assertEquals([reply.code, reply.response], [17, response]);
});

Deno.test("whatever else is thrown is internal", async () => {
  const reply = await callPlugin(plugin(), { method: "createMachine", request: REQUEST });
  assertEquals(reply.code, 13);
  assertStringIncludes(decodeStatus(reply.error ?? "")?.message ?? "", "broken [here");
});
