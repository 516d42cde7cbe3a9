/** Whatever a server answers, to whichever call: the same request comes to the same end later. */
import { assert, assertEquals } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { BackendError, type BackendErrorKind } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { isDriverError, type MachinePlugin, type MachineRequest } from "../contract/mod.ts";
import type { KubeBackend } from "./backend.ts";
import { createPlugin } from "./plugin.ts";
import { simulatedPluginHost } from "./plugin_host.ts";
import { redacted } from "./redact.ts";

/** What a server may say instead of doing it. */
const REFUSALS = [
  "400 BadRequest",
  "401 Unauthorized",
  "403 Forbidden",
  "403 Forbidden?note=quota",
  "404",
  "409 AlreadyExists",
  "409 AlreadyExists?note=being-deleted",
  "409 Conflict",
  "410 Expired",
  "422 Invalid?cause=FieldValueInvalid+spec",
  "429 TooManyRequests?retryAfterSeconds=3600",
  "500 InternalError?note=webhook",
  "500 ServerTimeout?retryAfterSeconds=3600",
  "503 ServiceUnavailable",
];
/** How an answer may be missing, after the server did it. */
const LOSSES: readonly BackendErrorKind[] = ["disconnected", "timeout", "garbled"];

interface Fault {
  readonly error: BackendError;
  /** Whether the server did what was asked. */
  readonly done: boolean;
}

const FAULTS: readonly Fault[] = [
  ...REFUSALS.map((code) => ({ error: new BackendError("refused", code, code), done: false })),
  ...LOSSES.flatMap((kind) =>
    [true, false].map((done) => ({ error: new BackendError(kind, "", kind), done }))
  ),
  { error: new BackendError("refused", "504 Timeout", "504"), done: true },
];

/** The same backend, one of whose calls goes wrong; `met` says whether it was made. */
function failing(cluster: KubeBackend, { error, done }: Fault, nth: number) {
  let count = 0;
  const backend: KubeBackend = {
    ...cluster,
    async call(method, params, options) {
      if (++count !== nth) return await cluster.call(method, params, options);
      if (done) await cluster.call(method, params, options).catch(() => {});
      throw error;
    },
  };
  return { backend, met: () => count >= nth };
}

type Act = (plugin: MachinePlugin, request: MachineRequest) => Promise<unknown>;
const create: Act = (plugin, request) => plugin.createMachine(request);
const remove: Act = (plugin, request) => plugin.deleteMachine(request);

/** One round; answers whether the fault was met. */
async function round(fault: Fault, nth: number, { before, act, after }: {
  readonly before?: (...args: [...Parameters<Act>, KubeBackend]) => Promise<unknown>;
  readonly act: Act;
  readonly after: (
    plugin: MachinePlugin,
    request: MachineRequest,
    at: string,
    cluster: KubeBackend,
  ) => Promise<void>;
}): Promise<boolean> {
  using clock = new VirtualClock();
  await using cluster = redacted(simulatedBackend({ clock }));
  const { samples } = simulatedPluginHost(cluster);
  const request = {
    machine: { name: "m1" },
    machineClass: samples.machineClass("a"),
    secret: await samples.secret("#cloud-config\n"),
  };
  const sound = createPlugin({ backend: cluster, clock, owner: "o", settings: {} });
  await before?.(sound, request, cluster);
  const { backend, met } = failing(cluster, fault, nth);
  const plugin = createPlugin({ backend, clock, owner: "o", settings: {} });
  const at = `${fault.error.code || fault.error.kind}, ${fault.done ? "done" : "not done"}, ${nth}`;
  const error: unknown = await act(plugin, request).then(() => undefined, (error) => error);
  assert(error === undefined || isDriverError(error), `${at}: ${error}`);
  await act(sound, request);
  await after(sound, request, at, cluster);
  return met();
}

Deno.test("a create that failed anywhere is completed by the same request", async () => {
  for (const fault of FAULTS) {
    for (let nth = 1;; nth++) {
      const isMet = await round(fault, nth, {
        act: create,
        async after(plugin, request, at) {
          const { providerID } = await plugin.getMachineStatus(request);
          const { machineList } = await plugin.listMachines(request);
          assertEquals(machineList, { [providerID]: "m1" }, at);
        },
      });
      if (!isMet) break;
    }
  }
});

Deno.test("a delete that failed anywhere is completed by the same request", async () => {
  for (const fault of FAULTS) {
    for (let nth = 1;; nth++) {
      const isMet = await round(fault, nth, {
        before: create,
        act: remove,
        async after(plugin, request, at, cluster) {
          assertEquals((await plugin.listMachines(request)).machineList, {}, at);
          assertEquals(await simulatedPluginHost(cluster).inventory(), [], at);
        },
      });
      if (!isMet) break;
    }
  }
});

/** What comes after are looks at what is on its way out, and like these. */
const MOST_CALLS_FOR_PARTS = 12;

Deno.test("a delete of what is left of a machine, which failed anywhere, is completed", async () => {
  for (const fault of FAULTS.filter(({ done, error }) => done || error.code === "409 Conflict")) {
    for (let nth = 1; nth <= MOST_CALLS_FOR_PARTS; nth++) {
      const isMet = await round(fault, nth, {
        async before(plugin, request, cluster) {
          await create(plugin, request);
          const host = simulatedPluginHost(cluster);
          await host.running?.("o.m1");
          await host.vanish?.("o.m1");
        },
        act: remove,
        async after(_plugin, _request, at, cluster) {
          assertEquals(await simulatedPluginHost(cluster).inventory(), [], at);
        },
      });
      if (!isMet) break;
    }
  }
});

for (
  const [name, act] of [
    ["status", (plugin, request) => plugin.getMachineStatus(request)],
    ["list", (plugin, request) => plugin.listMachines(request)],
  ] satisfies readonly (readonly [string, Act])[]
) {
  Deno.test(`a ${name} that failed anywhere is no answer, and changes nothing`, async () => {
    for (const fault of FAULTS) {
      for (let nth = 1;; nth++) {
        // Of the call with the fault, if it has one, and of the one without.
        const answers: unknown[] = [];
        const isMet = await round(fault, nth, {
          before: create,
          act: async (plugin, request) => answers.push(await act(plugin, request)),
          async after(plugin, request, at) {
            const sound = await act(plugin, request);
            assertEquals(answers, answers.map(() => sound), at);
          },
        });
        if (!isMet) break;
      }
    }
  });
}

Deno.test("the ids of volumes are told without a server", async () => {
  let calls = 0;
  await round({ error: new BackendError("timeout", "", ""), done: false }, 1, {
    act: async (plugin) => {
      const { volumeIDs } = await plugin.getVolumeIDs?.({ pvSpecs: [] }) ?? {};
      assertEquals(volumeIDs, []);
      calls++;
    },
    after: () => Promise.resolve(),
  });
  assertEquals(calls, 2);
});

const shutDown: Act = async (plugin, { machine, machineClass, secret }) =>
  await plugin.spi?.shutDownMachine(machine.name, "", machineClass.providerSpec, secret);

/** A look, the change, and a look at how it comes about. */
const MOST_SHUTDOWN_CALLS = 3;

Deno.test("a shutdown that failed anywhere is completed by the same request", async () => {
  for (const fault of FAULTS) {
    for (let nth = 1; nth <= MOST_SHUTDOWN_CALLS; nth++) {
      const isMet = await round(fault, nth, {
        before: create,
        act: shutDown,
        async after(plugin, request, at) {
          const { providerID } = await plugin.getMachineStatus(request);
          assertEquals(await shutDown(plugin, request), providerID, at);
        },
      });
      if (!isMet) break;
    }
  }
});

Deno.test("an initialization that failed anywhere is completed by the same request", async () => {
  for (const fault of FAULTS) {
    for (let nth = 1;; nth++) {
      const isMet = await round(fault, nth, {
        async before(plugin, request, cluster) {
          await create(plugin, request);
          const at = { group: "", version: "v1", resource: "secrets", namespace: "default" };
          await cluster.call("delete", { ...at, name: "o.m1.userdata" });
        },
        act: async (plugin, request) => await plugin.initializeMachine?.(request),
        async after(plugin, request, at) {
          assertEquals((await plugin.getMachineStatus(request)).nodeName, "m1", at);
        },
      });
      if (!isMet) break;
    }
  }
});
