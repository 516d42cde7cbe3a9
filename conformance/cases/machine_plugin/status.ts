/**
 * Cases about looking at machines and listing them.
 *
 * @module
 */

import { type NodeAddress, orphansIn } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { byName, ending, subjectOf } from "./seen.ts";

/** What Kubernetes calls the kinds of addresses. */
const KINDS: readonly string[] = [
  "Hostname",
  "InternalIP",
  "ExternalIP",
  "InternalDNS",
  "ExternalDNS",
];

/** Addresses that are empty, of no kind or there twice. */
function senseless(addresses: readonly NodeAddress[]): string[] {
  const told = addresses.map(({ type, address }) => `${type} ${address}`);
  return addresses.flatMap(({ type, address }, at) => {
    const text = `${type} ${address}`;
    const isFine = KINDS.includes(type) && address.trim() !== "" && told.indexOf(text) === at;
    return isFine ? [] : [text];
  });
}

/** The cases. */
export const PLUGIN_STATUS_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.status.absent",
    title: "The status of a machine that is not there is not-found",
    why: "A success with an empty id makes the controller go on without a machine",
    needs: ["host"],
    checks: { never: "plugin.status.absent", deleted: "plugin.status.absent" },
    async run({ plugin, fresh, check }) {
      const request = await fresh.request();
      const absent = { code: "not-found", subject: subjectOf(request) } as const;
      await check.refused("never", () => plugin.getMachineStatus(request), absent);
      await plugin.createMachine(request);
      await plugin.deleteMachine(request);
      await check.refused("deleted", () => plugin.getMachineStatus(request), absent);
    },
  },
  {
    id: "plugin.status.ids",
    title: "Create, status and list answer the same provider id",
    why: "An id that is written in two ways makes a healthy machine an orphan",
    needs: ["host"],
    checks: {
      status: "plugin.status.ids",
      node: "plugin.status.ids",
      list: "plugin.status.ids",
      others: "plugin.status.ids",
    },
    async run({ plugin, fresh, another, check }) {
      const { request, providerID, nodeName } = await fresh.machine();
      const status = await plugin.getMachineStatus(request);
      check.equal("status", "provider id", status.providerID, providerID);
      check.equal("node", "node name", status.nodeName, nodeName);
      const { machineList } = await plugin.listMachines(request);
      check.equal("list", "list", machineList, { [providerID]: request.machine.name });
      const later = await another();
      const others = [
        (await later.createMachine(byName(request))).providerID,
        (await later.getMachineStatus(request)).providerID,
        ...Object.keys((await later.listMachines(request)).machineList),
      ];
      check.equal("others", "ids of another instance", others, others.map(() => providerID));
    },
  },
  {
    id: "plugin.status.addresses",
    title: "Addresses are told by their kind, and each once",
    why: "An interface without an address yet becomes a node with an empty one",
    needs: ["host", "host.running"],
    checks: { fresh: "plugin.status.addresses", running: "plugin.status.addresses" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      const { addresses: first = [] } = await plugin.createMachine(request);
      check.equal("fresh", "addresses that make no sense", senseless(first), []);
      await host.running(plugin.qualifiedMachineName(request.machine.name));
      const { addresses = [] } = await plugin.getMachineStatus(request);
      check.equal("running", "addresses that make no sense", senseless(addresses), []);
    },
  },
  {
    id: "plugin.status.repeatable",
    title: "Asking for the status changes nothing",
    why: "A status that initializes, starts or marks the machine",
    needs: ["host", "host.fingerprint"],
    checks: { same: "plugin.status.repeatable", untouched: "plugin.status.repeatable" },
    async run({ plugin, fresh, host, check }) {
      const { request, providerID } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      const before = await host.fingerprint(qualified);
      const ids = [
        (await plugin.getMachineStatus(request)).providerID,
        (await plugin.getMachineStatus(byName(request))).providerID,
      ];
      check.equal("same", "provider ids", ids, [providerID, providerID]);
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "plugin.status.foreign",
    title: "A machine of somebody else's is not-found",
    why: "The name alone decides, and a stranger's machine is adopted",
    needs: ["host", "host.plantMachine"],
    checks: { planted: "plugin.status.foreign", owner: "plugin.status.foreign" },
    async run({ plugin, fresh, host, another, check }) {
      const foreign = await fresh.request();
      await host.plantMachine(plugin.qualifiedMachineName(foreign.machine.name));
      await check.refused("planted", () => plugin.getMachineStatus(foreign), {
        code: "not-found",
        subject: subjectOf(foreign),
      });
      const { request } = await fresh.machine();
      const other = await another({ owner: fresh.name() });
      await check.refused("owner", () => other.getMachineStatus(byName(request)), {
        code: "not-found",
        subject: subjectOf(request),
      });
    },
  },
  {
    id: "plugin.status.deleting",
    title: "A machine that is being deleted is not told as well",
    why: "The controller adopts a machine that is gone a minute later",
    needs: ["host", "host.holdDeletion", "host.condemn"],
    checks: { unwell: "plugin.status.deleting" },
    async run({ plugin, fresh, host, settled, check }) {
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.holdDeletion(qualified, true);
      await host.condemn(qualified);
      const [status = {}] = await settled([plugin.getMachineStatus(request)]);
      check.holds("unwell", "status", ending(status) !== "ok", "an error", ending(status));
      await host.holdDeletion(qualified, false);
    },
  },
  {
    id: "plugin.status.ambiguous",
    title: "Several machines for one are out-of-range",
    why: "One of two is taken at random, and the other is paid for for ever",
    needs: ["host", "host.duplicate"],
    checks: { refused: "plugin.status.ambiguous" },
    async run({ plugin, fresh, host, check }) {
      const { request } = await fresh.machine();
      await host.duplicate(plugin.qualifiedMachineName(request.machine.name));
      await check.refused("refused", () => plugin.getMachineStatus(byName(request)), {
        code: "out-of-range",
        subject: subjectOf(request),
      });
    },
  },
  {
    id: "plugin.list.exact",
    title: "A list has the machines of the class, and no other",
    why: "What is listed and has no machine object is deleted as an orphan",
    needs: ["host", "host.plantMachine"],
    checks: { list: "plugin.list", empty: "plugin.list", owner: "plugin.list" },
    async run({ plugin, fresh, host, another, check }) {
      const [ours, theirs] = [fresh.machineClass(), fresh.machineClass()];
      const machines = [await fresh.machine(ours), await fresh.machine(ours)];
      await fresh.machine(theirs);
      await host.plantMachine(plugin.qualifiedMachineName(fresh.name()));
      const other = await another({ owner: fresh.name() });
      const request = await fresh.request(ours);
      await other.createMachine(request);
      const expected = machines
        .map(({ providerID, request }) => [providerID, request.machine.name]).sort();
      const { machineList } = await plugin.listMachines(request);
      check.equal("list", "list", Object.entries(machineList).sort(), expected);
      const none = await plugin.listMachines({ ...request, machineClass: fresh.machineClass() });
      check.equal("empty", "list of a class without machines", none.machineList, {});
      const others = Object.values((await other.listMachines(request)).machineList);
      check.equal("owner", "list of another owner", others, [request.machine.name]);
    },
  },
  {
    id: "plugin.list.unmarked",
    title: "A class that marks nothing is refused",
    why: "Without tags the whole namespace is listed, and the search for orphans deletes it",
    needs: ["host"],
    checks: { list: "plugin.list.unmarked", create: "plugin.list.unmarked" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      const unmarked = {
        ...request,
        machineClass: host.samples.unmarked(request.machineClass),
      };
      await check.refused("list", () => plugin.listMachines(unmarked), {
        code: "invalid-argument",
        subject: `plugin:${plugin.name}`,
      });
      await check.refused("create", () => plugin.createMachine(unmarked), {
        code: "invalid-argument",
        subject: subjectOf(request),
      });
    },
  },
  {
    id: "plugin.list.pages",
    title: "A list of several pages is complete",
    why: "Only the first page is read, and the machines of the others are orphans or forgotten",
    needs: ["host", "host.page"],
    checks: { list: "plugin.list.pages" },
    async run({ plugin, fresh, host, check }) {
      const machines = [await fresh.machine(), await fresh.machine(), await fresh.machine()];
      await host.page(1);
      const { machineList } = await plugin.listMachines(await fresh.request());
      const ids = machines.map(({ providerID }) => providerID).sort();
      check.equal("list", "list", Object.keys(machineList).sort(), ids);
      await host.page(undefined);
    },
  },
  {
    id: "plugin.list.whole",
    title: "A list that cannot be read to its end fails",
    why: "A short list after an outage: what is missing on it is taken for gone",
    needs: ["host", "host.page", "faults"],
    checks: { failures: "plugin.list.whole", whole: "plugin.list.whole" },
    async run({ plugin, fresh, host, faults, check }) {
      const machines = [await fresh.machine(), await fresh.machine(), await fresh.machine()];
      await host.page(1);
      const request = await fresh.request();
      const short: string[] = [];
      let failures = 0;
      for (const kind of ["error", "disconnect", "garbled-reply"] as const) {
        for (let call = 1; call <= machines.length; call++) {
          let listed = machines.length;
          const { error } = await faults.during({ kind, call }, async () => {
            listed = Object.keys((await plugin.listMachines(request)).machineList).length;
          });
          if (error !== undefined) failures++;
          else if (listed !== machines.length) short.push(`${kind} at call ${call}: ${listed}`);
        }
      }
      check.holds("failures", "lists that failed", failures > 0, "at least one", failures);
      check.equal("whole", "short lists", short, []);
      await host.page(undefined);
    },
  },
  {
    id: "plugin.list.orphans",
    title: "The search for orphans removes what no machine is behind, and nothing else",
    why:
      "A search that runs while machines are made has deleted healthy machines of several providers",
    needs: ["host", "host.plantMachine", "host.fingerprint"],
    checks: {
      found: "plugin.list.orphans",
      kept: "plugin.list.orphans",
      foreign: "plugin.list.orphans",
    },
    async run({ plugin, fresh, host, check }) {
      const [running, pending, orphan] = [
        await fresh.machine(),
        await fresh.machine(),
        await fresh.machine(),
      ];
      const foreign = plugin.qualifiedMachineName(fresh.name());
      await host.plantMachine(foreign);
      const before = await host.fingerprint(foreign);
      const request = await fresh.request();
      const { machineList } = await plugin.listMachines(request);
      const orphans = orphansIn(machineList, [
        { name: running.request.machine.name, providerID: running.providerID, phase: "Running" },
        { name: pending.request.machine.name, phase: "" },
      ]);
      const ids = orphans.map(({ spec }) => spec?.providerID);
      check.equal("found", "orphans", ids, [orphan.providerID]);
      for (const machine of orphans) await plugin.deleteMachine({ ...request, machine });
      const left = Object.keys((await plugin.listMachines(request)).machineList).sort();
      check.equal("kept", "list", left, [running.providerID, pending.providerID].sort());
      check.equal("foreign", "fingerprint", await host.fingerprint(foreign), before);
    },
  },
];
