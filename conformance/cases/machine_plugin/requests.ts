/**
 * Cases about requests, the methods by name and volumes.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { byName, ending, methodsOf, subjectOf } from "./seen.ts";

/** The same value, which nobody can change any more. */
function deepFrozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const child of Object.values(value)) deepFrozen(child);
  return Object.freeze(value);
}

/** The cases. */
export const PLUGIN_REQUEST_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.request.unchanged",
    title: "No call changes what it was given",
    why: "The tags of a class are shared by all its machines, and each adds its own",
    needs: ["host"],
    checks: { request: "plugin.request.unchanged", frozen: "plugin.request.unchanged" },
    async run(context) {
      const { plugin, fresh, host, settled, check } = context;
      const request = await fresh.request();
      const text = JSON.stringify(request);
      const changed: string[] = [];
      for (const [name, call] of methodsOf(context)) {
        await settled([call(request)]);
        if (JSON.stringify(request) !== text) changed.push(name);
      }
      const pvSpecs = [
        host.samples.volumes?.own("v-1") ?? {},
        ...host.samples.volumes?.foreign ?? [],
      ];
      const volumes = JSON.stringify(pvSpecs);
      await settled([Promise.resolve(plugin.getVolumeIDs?.({ pvSpecs }))]);
      if (JSON.stringify(pvSpecs) !== volumes) changed.push("volumes");
      check.equal("request", "methods that changed it", changed, []);
      // Nor may a change be taken back before the answer: the class is that of other machines, too.
      const endings: string[] = [];
      const frozen = deepFrozen(JSON.parse(text));
      for (const [name, call] of methodsOf(context)) {
        const [it = {}] = await settled([call(frozen)]);
        if (ending(it) !== "ok") endings.push(`${name}: ${ending(it)}`);
      }
      check.equal("frozen", "methods that cannot do without changing it", endings, []);
    },
  },
  {
    id: "plugin.spi.same",
    title: "The methods by name answer what the others answer",
    why: "Two ways to the same machine that see two machines",
    needs: ["host", "spi"],
    checks: {
      create: "plugin.spi",
      status: "plugin.spi",
      list: "plugin.spi",
      found: "plugin.spi",
      deleted: "plugin.spi",
      absent: "plugin.spi",
    },
    async run({ plugin, fresh, check }) {
      const { request, providerID } = await fresh.machine();
      const { machine: { name }, machineClass: { providerSpec }, secret } = request;
      const spi = plugin.spi;
      const rest = [providerSpec, secret] as const;
      check.equal("create", "id", await spi?.createMachine(name, ...rest), providerID);
      const status = await spi?.getMachineStatus(name, providerID, ...rest);
      check.equal("status", "id", status, providerID);
      const { machineList } = await plugin.listMachines(request);
      check.equal("list", "list", await spi?.listMachines(...rest), machineList);
      check.equal("found", "id", await spi?.deleteMachine(name, providerID, ...rest), providerID);
      const absent = { code: "not-found", subject: subjectOf(request) } as const;
      await check.refused("deleted", () => plugin.getMachineStatus(byName(request)), absent);
      await check.refused(
        "absent",
        async () => await spi?.getMachineStatus(name, "", ...rest),
        absent,
      );
    },
  },
  {
    id: "plugin.volumes.own",
    title: "Volume ids are those of this provider, in the order of the request",
    why: "Volumes of another driver are waited for, and never detached",
    needs: ["host", "getVolumeIDs"],
    checks: {
      ids: "plugin.volumes",
      empty: "plugin.volumes.empty",
      foreign: "plugin.volumes.empty",
    },
    async run({ plugin, host, check }) {
      const ids = async (pvSpecs: readonly Readonly<Record<string, unknown>>[]) =>
        (await plugin.getVolumeIDs?.({ pvSpecs }))?.volumeIDs;
      const { own = () => ({}), foreign = [] } = host.samples.volumes ?? {};
      // Opaque to the plugin: whatever is in them stays as it is.
      const handles = ["v-2", "V/1 é%2F", "v-1"];
      const mixed = [...foreign, ...handles.map(own), ...foreign];
      check.equal("ids", "ids", await ids(mixed), handles);
      await check.answers("empty", "ids", () => ids([]), []);
      await check.answers("foreign", "ids", () => ids(foreign), []);
    },
  },
];
