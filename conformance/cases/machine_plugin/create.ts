/**
 * Cases about making machines.
 *
 * @module
 */

import type { SampleMistake } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import {
  byName,
  ending,
  machinesNamed,
  messageOf,
  methodsOf,
  subjectOf,
  withSpec,
} from "./seen.ts";

/** What no name of a machine can be, whatever the plugin. */
const BAD_NAMES = ["", "Upper", "under_score", "-first", "last-", "two words", "a/b", "é"];
/** What no provider spec can be. */
const NO_SPECS: readonly unknown[] = [null, undefined, "text", 7, true, ["list"]];

/** What is wrong with how mistakes are refused: each must be, by its code, and be named. */
async function unrefused(
  { plugin, fresh, settled }: PluginContext,
  mistakes: readonly SampleMistake[],
): Promise<{ codes: string[]; unnamed: string[] }> {
  const seen = { codes: [] as string[], unnamed: [] as string[] };
  for (const { what, field, machineClass } of mistakes) {
    const request = { ...await fresh.request(), machineClass };
    const [it = {}] = await settled([plugin.createMachine(request)]);
    if (ending(it) !== "invalid-argument") seen.codes.push(`${what}: ${ending(it)}`);
    if (!messageOf(it.error).includes(field)) seen.unnamed.push(`${what}: ${messageOf(it.error)}`);
  }
  return seen;
}

/** The cases. */
export const PLUGIN_CREATE_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.create.ids",
    title: "A created machine has a provider id and a node name",
    why: "The controller ends with an internal error if either is empty",
    needs: ["host"],
    checks: { id: "plugin.create.ids", node: "plugin.create.ids", unique: "plugin.create.ids" },
    async run({ fresh, check }) {
      const [first, second] = [await fresh.machine(), await fresh.machine()];
      check.holds("id", "provider id", first.providerID !== "", "a text", first.providerID);
      check.holds("node", "node name", first.nodeName !== "", "a text", first.nodeName);
      const ids = [first.providerID, second.providerID];
      check.holds("unique", "provider ids", ids[0] !== ids[1], "two different ones", ids);
    },
  },
  {
    id: "plugin.create.again",
    title: "The same request again answers the same machine",
    why: "A controller that lost the answer asks again, and gets an internal error for ever",
    needs: ["host"],
    checks: { same: "plugin.create.again", one: "plugin.create.again" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      const { providerID, nodeName } = await plugin.createMachine(request);
      const again = await check.succeeds(
        "same",
        "create",
        async () => {
          const answer = await plugin.createMachine(request);
          return { providerID: answer.providerID, nodeName: answer.nodeName };
        },
      );
      const machines = await machinesNamed(
        host,
        plugin.qualifiedMachineName(request.machine.name),
      );
      check.equal("one", "answers and machines", { again, machines: machines.length }, {
        again: { providerID, nodeName },
        machines: 1,
      });
    },
  },
  {
    id: "plugin.create.differs",
    title: "A request for another machine of an existing name leaves the existing one untouched",
    why: "The existing machine is taken for the new one, or changed under its node",
    needs: ["host", "host.fingerprint"],
    checks: { refused: "plugin.create.differs", untouched: "plugin.create.differs" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      await plugin.createMachine(request);
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      const before = await host.fingerprint(qualified);
      const machineClass = host.samples.altered(request.machineClass);
      await check.refused("refused", () => plugin.createMachine({ ...request, machineClass }), {
        code: "already-exists",
        subject: subjectOf(request),
      });
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "plugin.create.race",
    title: "Of the same request several times at once comes one machine",
    why:
      "Looked first and made later: all see that there is none, and one removes another's secret",
    needs: ["host"],
    checks: {
      endings: "plugin.create.race",
      ids: "plugin.create.race",
      one: "plugin.create.race",
      whole: "plugin.create.race",
    },
    async run({ plugin, fresh, host, settled, check }) {
      const request = await fresh.request();
      const calls = [0, 1, 2].map(() => plugin.createMachine(request));
      const results = await settled(calls);
      const endings = results.map(ending);
      const isFine = endings.includes("ok") &&
        endings.every((it) => it === "ok" || it === "aborted");
      check.holds("endings", "endings", isFine, "ok, or aborted for some", endings);
      const ids = new Set(results.flatMap(({ value }) => value?.providerID ?? []));
      check.holds("ids", "provider ids", ids.size === 1, "one", [...ids]);
      const name = plugin.qualifiedMachineName(request.machine.name);
      check.equal("one", "machines", (await machinesNamed(host, name)).length, 1);
      await check.succeeds("whole", "status", () => plugin.getMachineStatus(request));
    },
  },
  {
    id: "plugin.create.invalid",
    title: "A class with a mistake is refused before anything is made",
    why: "Every mistake of a user becomes an internal error, half a machine later",
    needs: ["host"],
    checks: {
      codes: "plugin.create.invalid",
      named: "plugin.create.invalid",
      nothing: "plugin.create.invalid",
    },
    async run(context) {
      const { fresh, host, check } = context;
      const before = await host.inventory();
      const mistakes = host.samples.mistakes(fresh.machineClass());
      const { codes, unnamed } = await unrefused(context, mistakes);
      check.equal("codes", "mistakes that are not invalid-argument", codes, []);
      check.equal("named", "messages without the field", unnamed, []);
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.create.unknown-field",
    title: "A field that there is not is refused by its name",
    why: "A misspelt field is ignored, and the machine lacks what was asked for",
    needs: ["host"],
    checks: { code: "plugin.create.unknown-field", named: "plugin.create.unknown-field" },
    async run(context) {
      const { fresh, host, check } = context;
      const misspelt = host.samples.misspelt(fresh.machineClass());
      const { codes, unnamed } = await unrefused(context, [misspelt]);
      check.equal("code", "endings other than invalid-argument", codes, []);
      check.equal("named", "messages without the field", unnamed, []);
    },
  },
  {
    id: "plugin.create.spec-shape",
    title: "A provider spec that is no object is refused in every method",
    why: "The provider spec null ends the original plugin with a nil dereference",
    needs: ["host"],
    checks: { refused: "plugin.create.spec-shape" },
    async run(context) {
      const { fresh, settled, check } = context;
      const request = await fresh.request();
      const wrong: string[] = [];
      for (const [name, call] of methodsOf(context)) {
        for (const spec of NO_SPECS) {
          const [it = {}] = await settled([call(withSpec(request, spec))]);
          if (ending(it) !== "invalid-argument") {
            wrong.push(`${name} of ${JSON.stringify(spec)}: ${ending(it)}`);
          }
        }
      }
      check.equal("refused", "endings other than invalid-argument", wrong, []);
    },
  },
  {
    id: "plugin.create.name",
    title: "A name that cannot be a machine's is refused before anything is made",
    why: "The machine's own name fits, and that of its second disk does not",
    needs: ["host"],
    checks: {
      refused: "plugin.create.name",
      nothing: "plugin.create.name",
      longest: "plugin.create.name",
    },
    async run({ plugin, fresh, host, settled, check }) {
      const request = await fresh.request();
      const before = await host.inventory();
      const { maxLength } = plugin.nameRule;
      const wrong: string[] = [];
      for (const name of [...BAD_NAMES, "n".repeat(maxLength + 1)]) {
        const [it = {}] = await settled([plugin.createMachine({ ...request, machine: { name } })]);
        if (ending(it) !== "invalid-argument") wrong.push(`${JSON.stringify(name)}: ${ending(it)}`);
      }
      check.equal("refused", "endings other than invalid-argument", wrong, []);
      check.equal("nothing", "inventory", await host.inventory(), before);
      const name = request.machine.name.padEnd(maxLength, "x");
      await check.succeeds(
        "longest",
        "create",
        () => plugin.createMachine({ ...request, machine: { name } }),
      );
    },
  },
  {
    id: "plugin.create.marks",
    title: "A class cannot set the marks that the plugin finds its machines by",
    why: "A tag of a user makes a machine somebody else's, who removes it",
    needs: ["host"],
    checks: { code: "plugin.create.marks", named: "plugin.create.marks" },
    async run(context) {
      const { fresh, host, check } = context;
      const spoofed = host.samples.spoofed(fresh.machineClass());
      const { codes, unnamed } = await unrefused(context, [spoofed]);
      check.equal("code", "endings other than invalid-argument", codes, []);
      check.equal("named", "messages without the mark", unnamed, []);
    },
  },
  {
    id: "plugin.create.deleting",
    title: "A create waits its turn while a namesake is being deleted",
    why: "The dying machine is taken for the new one, or the name is taken for ever",
    needs: ["host", "host.holdDeletion", "host.condemn"],
    checks: {
      aborted: "plugin.create.deleting",
      later: "plugin.create.deleting",
      other: "plugin.create.deleting",
    },
    async run({ plugin, fresh, host, check }) {
      const { request, providerID } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.holdDeletion(qualified, true);
      await host.condemn(qualified);
      await check.refused("aborted", () => plugin.createMachine(byName(request)), {
        code: "aborted",
        subject: subjectOf(request),
      });
      await host.holdDeletion(qualified, false);
      await plugin.deleteMachine(request);
      const second = await check.succeeds(
        "later",
        "create",
        () => plugin.createMachine(byName(request)),
      );
      const isOther = second.providerID !== providerID;
      check.holds("other", "provider id", isOther, "another id", second.providerID);
    },
  },
  {
    id: "plugin.create.foreign",
    title: "The name of a foreign machine is taken",
    why: "Somebody else's machine is adopted by its name, and later deleted",
    needs: ["host", "host.plantMachine", "host.fingerprint"],
    checks: { refused: "plugin.create.foreign", untouched: "plugin.create.foreign" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.plantMachine(qualified);
      const before = await host.fingerprint(qualified);
      await check.refused("refused", () => plugin.createMachine(request), {
        code: "already-exists",
        subject: subjectOf(request),
      });
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "plugin.create.foreign-disk",
    title: "The name of a foreign disk is taken",
    why: "KubeVirt takes over a disk that it finds by name, and removes it with the machine",
    needs: ["host", "host.plantDisk", "host.diskName"],
    checks: { refused: "plugin.create.foreign", untouched: "plugin.create.foreign" },
    async run({ plugin, fresh, host, check }) {
      const request = await fresh.request();
      await host.plantDisk(host.diskName(plugin.qualifiedMachineName(request.machine.name)));
      const before = await host.inventory();
      await check.refused("refused", () => plugin.createMachine(request), {
        code: "already-exists",
        subject: subjectOf(request),
      });
      const machines = (entries: string[]) => entries.filter((it) => !it.startsWith("claim:"));
      check.equal("untouched", "inventory", machines(await host.inventory()), machines(before));
    },
  },
];
