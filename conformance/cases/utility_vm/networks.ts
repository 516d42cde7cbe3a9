/**
 * Cases about network namespaces.
 *
 * @module
 */

import {
  isDriverError,
  type NetworkNamespaces,
  type UtilityVm,
} from "../../../drivers/contract/mod.ts";
import type { Case, Need } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";
import { HarnessError } from "../../engine/subject.ts";
import { added, asked, told, vmSubject } from "./words.ts";

/** A guest that knows namespaces, and what its VM needs. */
const NEEDS: readonly Need<"utility-vm">[] = [
  "windows.networks",
  "host.windowsLayers",
  "host.scratchPath",
  "host.plantNetwork",
  "host.devices",
  "host.guestDevices",
];

/** A running VM with its namespaces, and how to see what host and guest have. */
async function running({ fresh, host }: UvmContext): Promise<{
  vm: UtilityVm;
  networks: NetworkNamespaces;
  seen(): Promise<string[]>;
}> {
  const vm = await fresh.running(await fresh.windows());
  if (!vm.networks) throw new HarnessError("A VM has no facet that it was claimed to have");
  const all = async (): Promise<string[]> => [
    ...await host.devices(vm.id),
    ...(await host.guestDevices(vm.id)).map((entry) => `guest ${entry}`),
  ];
  const before = await all();
  return { vm, networks: vm.networks, seen: async () => added(before, await all()) };
}

/** The cases. */
export const UVM_NETWORK_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.network.add",
    title: "A namespace is in the guest, with an adapter for each endpoint",
    why: "Adapters with one id, and a guest that is told of them before it knows their namespace",
    needs: NEEDS,
    checks: {
      adapters: "uvm.network.add",
      host: "uvm.network.add",
      guest: "uvm.network.guest",
      gone: "uvm.network.shared",
    },
    async run(context) {
      const { fresh, check } = context;
      const { vm, networks, seen } = await running(context);
      const { id, endpoints } = await fresh.namespace(2);
      const { adapters } = await networks.add(id, endpoints);
      const ids = new Set(adapters.map((adapter) => adapter.id));
      const behind = adapters.map(({ endpoint }) => endpoint);
      const expected = [2, endpoints.map((endpoint) => endpoint.id)];
      check.equal("adapters", vmSubject(vm), [ids.size, behind], expected);
      const now = await seen();
      const nics = now.filter((entry) => entry.startsWith("nic:"));
      const words = adapters.map((adapter) => `nic:${adapter.id}=${adapter.endpoint}`);
      check.equal("host", vmSubject(vm), nics, words.sort());
      const inGuest = now.filter((entry) => entry.startsWith("guest "));
      const guest = [
        `guest namespace:${id}`,
        ...adapters.map((adapter) => `guest nic:${adapter.id}`),
      ];
      check.equal("guest", vmSubject(vm), inGuest.sort(), guest.sort());
      await networks.remove(id);
      check.equal("gone", vmSubject(vm), await seen(), []);
    },
  },
  {
    id: "uvm.network.linux",
    title: "A Linux guest has an adapter for each endpoint",
    why: "A guest that is asked for what it does not know",
    needs: ["linux.networks", "host.plantNetwork", "host.devices"],
    checks: { host: "uvm.network.add", gone: "uvm.network.shared" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running(await fresh.linux());
      const before = await host.devices(vm.id);
      const { id, endpoints } = await fresh.namespace(1);
      const namespace = await vm.networks?.add(id, endpoints);
      const words = namespace?.adapters.map((it) => `nic:${it.id}=${it.endpoint}`);
      check.equal("host", vmSubject(vm), added(before, await host.devices(vm.id)), words);
      await vm.networks?.remove(id);
      check.equal("gone", vmSubject(vm), added(before, await host.devices(vm.id)), []);
    },
  },
  {
    id: "uvm.network.shared",
    title: "A namespace that is added again brings nothing, and goes with the last remove",
    why:
      "hcsshim took the namespace out of the guest with the first remove, and panicked at an unknown one",
    needs: NEEDS,
    checks: {
      same: "uvm.network.shared",
      nothing: "uvm.network.shared",
      kept: "uvm.network.shared",
      gone: "uvm.network.shared",
      unknown: "uvm.attach.unknown",
      conflict: "uvm.network.shared",
    },
    async run(context) {
      const { fresh, check } = context;
      const { vm, networks, seen } = await running(context);
      const { id, endpoints } = await fresh.namespace(2);
      const first = await networks.add(id, endpoints);
      const now = await seen();
      const second = await networks.add(id, endpoints);
      check.equal("same", vmSubject(vm), second.adapters, first.adapters);
      check.equal("nothing", vmSubject(vm), await seen(), now);
      await check.refused("conflict", () => networks.add(id, endpoints.slice(1)), {
        code: "failed-precondition",
        subject: `network:${id}`,
        reason: "conflict",
      });
      await networks.remove(id);
      check.equal("kept", vmSubject(vm), await seen(), now);
      await networks.remove(id);
      check.equal("gone", vmSubject(vm), await seen(), []);
      await check.refused("unknown", () => networks.remove(id), {
        code: "not-found",
        subject: `network:${id}`,
        reason: "not-attached",
      });
    },
  },
  {
    id: "uvm.network.rollback",
    title: "Whichever part of a namespace fails, nothing of it is left, and it can be added again",
    why: "hcsshim left the guest's namespace, and an adapter that was announced and never came",
    needs: [...NEEDS, "faults"],
    checks: {
      met: "uvm.network.rollback",
      shape: "uvm.error.sweep",
      left: "uvm.network.rollback",
      retry: "uvm.network.rollback",
    },
    async run(context) {
      const { fresh, check, faults, settled } = context;
      const { networks, seen } = await running(context);
      const { id, endpoints } = await fresh.namespace(2);
      const [strange, left, stuck]: [string[], string[], string[]] = [[], [], []];
      let failures = 0;
      for (let call = 1; call <= 30; call++) {
        const add = () => networks.add(id, endpoints);
        const { error, met } = await faults.during({ kind: "error", call }, add);
        if (met === 0) break;
        failures++;
        if (!isDriverError(error)) strange.push(`call ${call}: ${error}`);
        const now = await seen();
        if (now.length > 0) left.push(`call ${call}: ${now.join(", ")}`);
        const [again] = await settled([add()]);
        if (again?.error !== undefined) stuck.push(`call ${call}: ${told(again)}`);
        await settled([networks.remove(id)]);
      }
      check.holds("met", "adds that failed", failures > 3, "more than three", failures);
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("left", "what was left", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
  {
    id: "uvm.network.in-use",
    title: "An endpoint that another VM has is refused, and nothing is left of its namespace",
    why: "An address that two guests have",
    needs: NEEDS,
    checks: { refused: "uvm.network.in-use", left: "uvm.network.in-use" },
    async run(context) {
      const { fresh, check, settled } = context;
      const [one, two] = [await running(context), await running(context)];
      const { id, endpoints } = await fresh.namespace(1);
      await one.networks.add(id, endpoints);
      const [result] = await settled([two.networks.add(id, endpoints)]);
      check.equal("refused", vmSubject(two.vm), told(result ?? {}).split(" ")[0], "aborted");
      check.equal("left", vmSubject(two.vm), await two.seen(), []);
    },
  },
  {
    id: "uvm.network.remove-failed",
    title: "A namespace that could not be removed is kept in mind, and can be removed again",
    why: "hcsshim forgot the adapters that it could not remove",
    needs: [...NEEDS, "faults"],
    checks: {
      met: "uvm.network.remove-failed",
      kept: "uvm.network.remove-failed",
      retry: "uvm.network.remove-failed",
      gone: "uvm.network.remove-failed",
    },
    async run(context) {
      const { fresh, check, faults, settled } = context;
      const { networks, seen } = await running(context);
      const { id, endpoints } = await fresh.namespace(2);
      const [forgotten, stuck, left]: [string[], string[], string[]] = [[], [], []];
      let failures = 0;
      for (let call = 1; call <= 30; call++) {
        await networks.add(id, endpoints);
        const remove = () => networks.remove(id);
        const { error } = await faults.during({ kind: "error", call }, remove);
        if (error === undefined) break;
        failures++;
        if (networks.attached().length !== 1) forgotten.push(`call ${call}`);
        const [again] = await settled([remove()]);
        if (again?.error !== undefined) stuck.push(`call ${call}: ${told(again)}`);
        const now = await seen();
        if (now.length > 0) left.push(`call ${call}: ${now.join(", ")}`);
      }
      check.holds("met", "removes that failed", failures > 2, "more than two", failures);
      check.equal("kept", "namespaces that were forgotten", forgotten, []);
      check.equal("retry", "second removes that failed", stuck, []);
      check.equal("gone", "what was left", left, []);
    },
  },
  {
    id: "uvm.network.invalid",
    title: "What is no GUID or MAC address is refused, and the host is not asked",
    why: "Text of the caller in a path of the service",
    needs: [...NEEDS, "faults"],
    checks: { refused: "uvm.network.invalid", asked: "uvm.network.invalid" },
    async run(context) {
      const { fresh, check, settled } = context;
      const { vm, networks } = await running(context);
      const { id, endpoints } = await fresh.namespace(1);
      const [endpoint] = endpoints;
      const wrong = [
        networks.add.bind(networks, "none", endpoints),
        networks.add.bind(networks, `${id}/..`, endpoints),
        networks.add.bind(networks, id, [{ id: "x", macAddress: "00-15-5D-52-C0-00" }]),
        networks.add.bind(networks, id, [{ id, macAddress: "00-15" }]),
        networks.add.bind(networks, id, endpoint ? [endpoint, endpoint] : []),
      ];
      const seen: string[] = [];
      const calls = await asked(context, async () => {
        for (const call of wrong) seen.push(...(await settled([call()])).map(told));
      });
      check.equal("refused", vmSubject(vm), seen, wrong.map(() => "invalid-argument"));
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
];
