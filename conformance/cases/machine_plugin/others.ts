/**
 * Cases in which another client is faster between two calls of the backend, and one in which an answer
 * is another's.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { byName, ending, methodsOf } from "./seen.ts";

/** Before each of its first changes a create is overtaken: more are made by few plugins. */
const FIRST_CHANGES = [1, 2];

/** The cases. */
export const PLUGIN_OTHERS_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.create.overtaken",
    title: "A create that is overtaken by the same one comes to its machine",
    why:
      "What there was not a moment ago is there by now, and already-exists is told of the own machine",
    needs: ["host", "faults"],
    checks: {
      endings: "plugin.create.race",
      same: "plugin.create.race",
      whole: "plugin.create.race",
    },
    async run({ plugin, fresh, faults, another, settled, check }) {
      const other = await another();
      const endings: string[] = [];
      const ids: string[][] = [];
      const halves: string[] = [];
      for (const call of FIRST_CHANGES) {
        const request = await fresh.request();
        const told: string[] = [];
        // It may be aborted, too: then nobody overtook.
        const onMet = async (): Promise<void> => {
          const [it = {}] = await settled([other.createMachine(request)]);
          if (it.value) told.push(it.value.providerID);
        };
        const { error, met } = await faults.during(
          { kind: "overtaken", among: "changes", call, onMet },
          async () => told.push((await plugin.createMachine(request)).providerID),
        );
        endings.push(ending({ error }));
        if (met > 0 && error === undefined) ids.push(told);
        const [status = {}] = await settled([plugin.getMachineStatus(byName(request))]);
        if (ending(status) !== "ok") halves.push(`at change ${call}: ${ending(status)}`);
      }
      const strange = endings.filter((it) => it !== "ok" && it !== "aborted");
      check.equal("endings", "endings other than ok and aborted", strange, []);
      const doubled = ids.filter((told) => new Set(told).size !== 1);
      check.equal("same", "provider ids that differ", doubled, []);
      check.equal("whole", "machines that are not", halves, []);
    },
  },
  {
    id: "plugin.create.overtaken-foreign",
    title: "A create that is overtaken by somebody else's machine leaves that one alone",
    why:
      "It was looked for, and was not there; now it is adopted, or what is rolled back is somebody else's",
    needs: ["host", "host.plantMachine", "host.uprootMachine", "host.fingerprint", "faults"],
    checks: {
      endings: "plugin.create.foreign",
      untouched: "plugin.create.foreign",
      left: "plugin.create.rollback",
    },
    async run({ plugin, fresh, faults, host, check }) {
      const before = await host.inventory();
      const endings: string[] = [];
      const touched: string[] = [];
      for (const call of FIRST_CHANGES) {
        const request = await fresh.request();
        const name = plugin.qualifiedMachineName(request.machine.name);
        let planted = "";
        const onMet = async (): Promise<void> => {
          await host.plantMachine(name);
          planted = await host.fingerprint(name);
        };
        const { error, met } = await faults.during(
          { kind: "overtaken", among: "changes", call, onMet },
          () => plugin.createMachine(request),
        );
        // A create has one change at least.
        if (met === 0 && call > 1) continue;
        endings.push(ending({ error }));
        if (await host.fingerprint(name) !== planted) touched.push(`at change ${call}`);
        await host.uprootMachine(name);
      }
      const others = endings.filter((it) => it !== "already-exists");
      check.equal("endings", "endings other than already-exists", others, []);
      check.equal("untouched", "foreign machines that were changed", touched, []);
      check.equal("left", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.delete.overtaken",
    title: "A delete that is overtaken leaves alone what took the machine's place",
    why:
      "It was looked at, and then deleted by its name: the machine that was made in between is gone",
    needs: [
      "host",
      "host.vanish",
      "host.plantMachine",
      "host.uprootMachine",
      "host.fingerprint",
      "faults",
    ],
    checks: {
      ending: "plugin.delete.foreign",
      untouched: "plugin.delete.foreign",
      later: "plugin.delete.foreign",
    },
    async run({ plugin, fresh, faults, host, settled, check }) {
      const before = await host.inventory();
      const { request } = await fresh.machine();
      const name = plugin.qualifiedMachineName(request.machine.name);
      let planted = "";
      const onMet = async (): Promise<void> => {
        await host.vanish(name);
        await host.plantMachine(name);
        planted = await host.fingerprint(name);
      };
      const { error } = await faults.during(
        { kind: "overtaken", among: "changes", call: 1, onMet },
        () => plugin.deleteMachine(request),
      );
      const isFine = ["ok", "aborted"].includes(ending({ error }));
      check.holds("ending", "ending", isFine, "ok or aborted", ending({ error }));
      check.equal("untouched", "fingerprint", await host.fingerprint(name), planted);
      await host.uprootMachine(name);
      await settled([plugin.deleteMachine(byName(request))]);
      check.equal("later", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.error.other-reply",
    title: "An answer about another machine is not taken for one about this",
    why:
      "A proxy mixes two answers up, and the id of one machine is told of the other, which is deleted",
    needs: ["host", "faults"],
    checks: { told: "plugin.error.mistaken", kept: "plugin.error.mistaken" },
    async run(context) {
      const { plugin, fresh, faults, settled, check } = context;
      const [one, other] = [await fresh.machine(), await fresh.machine()];
      const told: string[] = [];
      for (const [name, call] of methodsOf(context)) {
        // Its first backend call alone: the next one of the method is answered with the same.
        await faults.during(
          { kind: "disconnect", call: 2, times: Infinity },
          () => plugin.getMachineStatus(other.request),
        );
        let answer: unknown;
        const { error } = await faults.during(
          { kind: "other-reply", call: 1 },
          async () => answer = await call(byName(one.request)),
        );
        const isToldOfOther = JSON.stringify(answer ?? "").includes(other.providerID);
        const isToldAbsent = isDriverError(error) && error.code === "not-found";
        // A list has both, whoever asked for it.
        if (name !== "list" && (isToldOfOther || isToldAbsent)) {
          told.push(`${name}: ${ending({ error })}`);
        }
        if (name === "delete" && error === undefined) told.push(`${name}: ok`);
      }
      check.equal("told", "methods that took it for theirs", told, []);
      const results = [
        ...await settled([plugin.getMachineStatus(one.request)]),
        ...await settled([plugin.getMachineStatus(other.request)]),
      ];
      check.equal("kept", "statuses", results.map(ending), ["ok", "ok"]);
    },
  },
  {
    id: "plugin.error.other-deletion",
    title: "An answer about the deletion of another machine ends none",
    why:
      "What is on its way is looked for by what the answer says, and is not found: the machine runs on",
    needs: ["host", "host.holdDeletion", "faults"],
    checks: { told: "plugin.error.mistaken", later: "plugin.error.mistaken" },
    async run({ plugin, fresh, faults, host, check }) {
      const [one, other] = [await fresh.machine(), await fresh.machine()];
      const name = plugin.qualifiedMachineName(one.request.machine.name);
      await plugin.deleteMachine(other.request);
      await host.holdDeletion(name, true);
      const { error } = await faults.during(
        { kind: "other-reply", among: "changes", call: 1 },
        () => plugin.deleteMachine(one.request),
      );
      const isTold = error !== undefined;
      check.holds("told", "ending", isTold, "an error", ending({ error }));
      await host.holdDeletion(name, false);
      await check.succeeds("later", "delete", () => plugin.deleteMachine(one.request));
    },
  },
];
