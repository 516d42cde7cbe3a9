/**
 * Cases about removing machines.
 *
 * @module
 */

import { responseOf } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { byName, ending, machinesNamed, subjectOf } from "./seen.ts";

/** What a deletion that something holds up may end with. */
const HELD_UP = ["deadline-exceeded", "aborted"];

/** The cases. */
export const PLUGIN_DELETE_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.delete.gone",
    title: "A deleted machine is gone for every observer",
    why: "Told as done when it was accepted: the machine runs on, and its address is in use",
    needs: ["host", "host.running"],
    checks: {
      status: "plugin.delete.gone",
      list: "plugin.delete.gone",
      host: "plugin.delete.gone",
    },
    async run({ plugin, fresh, host, another, check }) {
      const { request } = await fresh.machine();
      await host.running(plugin.qualifiedMachineName(request.machine.name));
      await plugin.deleteMachine(request);
      const other = await another();
      await check.refused("status", () => other.getMachineStatus(request), {
        code: "not-found",
        subject: subjectOf(request),
      });
      check.equal("list", "list", (await other.listMachines(request)).machineList, {});
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      check.equal("host", "machines", await machinesNamed(host, qualified), []);
    },
  },
  {
    id: "plugin.delete.complete",
    title: "Deleting leaves nothing that creating made",
    why: "Disks and network cards of deleted machines pile up until a quota is reached",
    needs: ["host", "host.running"],
    checks: { nothing: "plugin.delete.complete" },
    async run({ plugin, fresh, host, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      await host.running(plugin.qualifiedMachineName(request.machine.name));
      await plugin.deleteMachine(request);
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.delete.absent",
    title: "Deleting what is not there succeeds",
    why: "Not-found or a conflict surfaces, and the machine object is never removed",
    needs: ["host"],
    checks: {
      never: "plugin.delete.absent",
      again: "plugin.delete.absent",
      race: "plugin.delete.absent",
    },
    async run({ plugin, fresh, settled, check }) {
      const unmade = await fresh.request();
      await check.succeeds("never", "delete", () => plugin.deleteMachine(unmade));
      const first = await fresh.machine();
      await plugin.deleteMachine(first.request);
      await check.succeeds("again", "delete", () => plugin.deleteMachine(first.request));
      const { request } = await fresh.machine();
      const results = await settled([0, 1, 2].map(() => plugin.deleteMachine(request)));
      check.equal("race", "endings", results.map(ending), ["ok", "ok", "ok"]);
    },
  },
  {
    id: "plugin.delete.blank",
    title: "Deleting without a name and an id removes nothing",
    why: "An empty name in a path or a selector means all machines",
    needs: ["host", "host.fingerprint"],
    checks: { refused: "plugin.delete.blank", untouched: "plugin.delete.blank" },
    async run({ plugin, fresh, host, check }) {
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      const before = await host.fingerprint(qualified);
      const blank = { ...request, machine: { name: "", spec: { providerID: "" } } };
      await check.refused("refused", () => plugin.deleteMachine(blank), {
        code: "invalid-argument",
        subject: "machine:",
      });
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "plugin.delete.incarnation",
    title: "The id of an earlier machine leaves a later one of the name alone",
    why: "A late search for orphans deletes by name, and hits the healthy successor",
    needs: ["host", "host.fingerprint"],
    checks: {
      ids: "plugin.delete.incarnation",
      untouched: "plugin.delete.incarnation",
      whole: "plugin.delete.incarnation",
    },
    async run({ plugin, fresh, host, settled, check }) {
      const { request: former, providerID } = await fresh.machine();
      await plugin.deleteMachine(former);
      const second = await plugin.createMachine(byName(former));
      const isOther = second.providerID !== providerID;
      check.holds("ids", "provider id", isOther, "another id", second.providerID);
      const qualified = plugin.qualifiedMachineName(former.machine.name);
      const before = await host.fingerprint(qualified);
      await settled([plugin.deleteMachine(former)]);
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
      await check.succeeds("whole", "status", () => plugin.getMachineStatus(byName(former)));
    },
  },
  {
    id: "plugin.delete.bare",
    title: "Deleting needs the name and the id alone",
    why: "The search for orphans has no labels and no status, and deletes nothing",
    needs: ["host"],
    checks: { id: "plugin.delete.bare", name: "plugin.delete.bare" },
    async run({ plugin, fresh, host, check }) {
      const before = await host.inventory();
      for (const what of ["id", "name"] as const) {
        const { request, providerID } = await fresh.machine();
        const { name } = request.machine;
        const machine = what === "id" ? { name, spec: { providerID } } : { name };
        await plugin.deleteMachine({ ...request, machine });
        check.equal(what, "inventory", await host.inventory(), before);
      }
    },
  },
  {
    id: "plugin.delete.vanished",
    title: "Deleting a machine that vanished removes what is left of it",
    why: "The machine is not found, so nobody looks for its disks",
    needs: ["host", "host.running", "host.vanish"],
    checks: { nothing: "plugin.delete.vanished" },
    async run({ plugin, fresh, host, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      await host.vanish(qualified);
      await plugin.deleteMachine(request);
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.delete.foreign",
    title: "A foreign machine of the name is never removed",
    why: "The name alone decides whose machine it is",
    needs: ["host", "host.plantMachine", "host.fingerprint"],
    checks: { untouched: "plugin.delete.foreign" },
    async run({ plugin, fresh, host, settled, check }) {
      const request = await fresh.request();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.plantMachine(qualified);
      const before = await host.fingerprint(qualified);
      await settled([plugin.deleteMachine(request)]);
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "plugin.delete.disowned",
    title: "A machine that somebody took from the owner keeps all that it has",
    why: "Its disks still carry the owner's marks, and are deleted under a machine that runs",
    needs: ["host", "host.running", "host.disown", "host.fingerprint", "host.uprootMachine"],
    checks: { untouched: "plugin.delete.foreign", kept: "plugin.delete.foreign" },
    async run({ plugin, fresh, host, settled, check }) {
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      await host.disown(qualified);
      const before = await host.fingerprint(qualified);
      const inventory = await host.inventory();
      await settled([plugin.deleteMachine(byName(request))]);
      await settled([plugin.deleteMachine(request)]);
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
      check.equal("kept", "inventory", await host.inventory(), inventory);
      await host.uprootMachine(qualified);
      await plugin.deleteMachine(byName(request));
    },
  },
  {
    id: "plugin.delete.held",
    title: "A deletion that is held up is told as such, forced by nothing, and succeeds later",
    why: "Finalizers are stripped to be done, and what they guard is lost",
    needs: ["host", "host.holdDeletion"],
    checks: {
      ending: "plugin.delete.held",
      there: "plugin.delete.held",
      later: "plugin.delete.held",
      gone: "plugin.delete.held",
    },
    async run({ plugin, fresh, host, settled, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.holdDeletion(qualified, true);
      const [held = {}] = await settled([plugin.deleteMachine(request)]);
      const isTold = HELD_UP.includes(ending(held));
      check.holds("ending", "ending", isTold, HELD_UP.join(" or "), ending(held));
      check.equal("there", "machines", (await machinesNamed(host, qualified)).length, 1);
      await host.holdDeletion(qualified, false);
      const { lastKnownState } = responseOf(held.error);
      const machine = { ...request.machine, status: { lastKnownState } };
      await check.succeeds("later", "delete", () => plugin.deleteMachine({ ...request, machine }));
      check.equal("gone", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.delete.held-disk",
    title: "A deletion is not done while a disk is there, however often it is asked for",
    why: "The machine is gone, so nobody knows its disks any more, and each is paid for",
    needs: ["host", "host.running", "host.diskName", "host.holdDisk"],
    checks: {
      first: "plugin.delete.storage",
      resumed: "plugin.delete.storage",
      later: "plugin.delete.storage",
      gone: "plugin.delete.storage",
    },
    async run({ plugin, fresh, host, settled, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      const disk = host.diskName(qualified);
      await host.holdDisk(disk, true);
      let lastKnownState: string | undefined;
      // As the controller does: what came with the error goes with the next request.
      for (const time of ["first", "resumed"] as const) {
        const machine = { ...request.machine, status: { lastKnownState } };
        const [held = {}] = await settled([plugin.deleteMachine({ ...request, machine })]);
        const isTold = HELD_UP.includes(ending(held));
        check.holds(time, "ending", isTold, HELD_UP.join(" or "), ending(held));
        ({ lastKnownState } = responseOf(held.error));
      }
      await host.holdDisk(disk, false);
      const machine = { ...request.machine, status: { lastKnownState } };
      await check.succeeds("later", "delete", () => plugin.deleteMachine({ ...request, machine }));
      check.equal("gone", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.delete.gap",
    title: "A deletion comes to its end although what tells of it breaks off",
    why:
      "A watch is cut, or ends with 410 as its history is gone, and the end is waited for in vain",
    needs: ["host", "host.running", "host.holdDeletion", "host.breakEvents"],
    checks: { ending: "plugin.delete.gap", gone: "plugin.delete.gap" },
    async run({ plugin, fresh, host, settled, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      await host.holdDeletion(qualified, true);
      const deleting = settled([plugin.deleteMachine(request)]);
      // Whether it looks or listens by then: each look at the host gives it time to go on.
      for (const how of ["cut", "forgotten", "cut"] as const) {
        await host.inventory();
        await host.breakEvents(how);
      }
      await host.holdDeletion(qualified, false);
      const [it = {}] = await deleting;
      check.equal("ending", "ending", ending(it), "ok");
      check.equal("gone", "inventory", await host.inventory(), before);
    },
  },
];
