/**
 * Cases about names that machines have, each exactly as it was given.
 *
 * @module
 */

import { type Driver, isValidName, machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ending } from "./endings.ts";

/** The qualified names of all machines over some labels. */
function qualifiedNames(driver: Driver, labels: readonly string[]): string[] {
  return labels.flatMap((cluster) =>
    labels.map((name) => driver.qualifiedMachineName({ cluster, name }))
  );
}

/** Cases about names. */
export const NAME_CASES: readonly Case[] = [
  {
    id: "name.injective",
    title: "Two different machines never have one qualified name",
    why: "Joined with hyphens, machine `c` of cluster `a-b` is machine `b-c` of cluster `a`",
    checks: { machines: "name.injective", owners: "name.injective" },
    async run({ driver, another, check }) {
      const labels = ["a", "b", "a-b", "b-a", "a-b-a", "a--b", "aa", "0", "0-a"]
        .filter((label) => isValidName(label, driver.nameRule));
      const names = qualifiedNames(driver, labels);
      check.equal("machines", "distinct names", new Set(names).size, names.length);
      const other = await another({ owner: `${driver.owner}-a`.slice(-63) });
      const both = new Set([...names, ...qualifiedNames(other, labels)]);
      check.equal("owners", "distinct names of two owners", both.size, 2 * names.length);
    },
  },
  {
    id: "name.devices",
    title: "A name that Windows keeps for a device is a name as any other",
    why:
      "A file called con or nul is the console or nothing at all, with any ending, in any folder",
    checks: {
      create: "name.rule",
      starts: "name.rule",
      found: "name.exact",
      delete: "name.rule",
      gone: "name.rule",
    },
    async run({ driver, fresh, settled, check }) {
      const spec = await fresh.spec();
      const refs = ["con", "nul", "aux", "com1", "lpt9"]
        .filter((name) => isValidName(name, driver.nameRule))
        .map((name) => ({ cluster: spec.cluster, name }));
      const all = async (call: (ref: (typeof refs)[number]) => Promise<unknown>) =>
        (await settled(refs.map(call))).map(ending);
      const fine = refs.map(() => "ok");
      const create = await all((ref) => driver.machines.create({ ...spec, ...ref }));
      check.equal("create", "creates", create, fine);
      const found = (await driver.machines.list({ cluster: spec.cluster })).map((it) => it.name);
      check.equal("found", "names", found.sort(), refs.map((it) => it.name).sort());
      const start = await all(async (ref) => await (await driver.machines.get(ref)).start());
      check.equal("starts", "starts", start, fine);
      const remove = await all((ref) => driver.machines.delete(ref, { force: true }));
      check.equal("delete", "deletes", remove, fine);
      const gone = await all((ref) => driver.machines.get(ref));
      check.equal("gone", "gets afterwards", gone, refs.map(() => "not-found"));
    },
  },
  {
    id: "name.exact",
    title: "A machine's name and cluster are exactly what was given",
    why: "kutti's Hyper-V driver splits the hypervisor's name at hyphens and retargets the handle",
    checks: {
      created: "name.exact",
      got: "name.exact",
      listed: "name.exact",
      started: "name.exact",
      elsewhere: "name.exact",
    },
    async run({ driver, another, fresh, check }) {
      const { cluster } = await fresh.ref();
      const name = "a-b-0";
      const given = { cluster, name };
      const shown = ({ cluster, name }: { cluster: string; name: string }) => ({ cluster, name });
      const machine = await fresh.machine({ name });
      check.equal("created", "handle from create", shown(machine), given);
      check.equal("got", "handle from get", shown(await driver.machines.get(given)), given);
      const listed = await driver.machines.list({ cluster });
      check.equal("listed", "handles from list", listed.map(shown), [given]);
      await machine.start();
      check.equal("started", "handle after start", shown(machine), given);
      const again = await (await another()).machines.get(given);
      check.equal("elsewhere", "handle of another instance", shown(again), given);
    },
  },
  {
    id: "name.rule",
    title: "A name is accepted if and only if the published rule accepts it",
    why: "The message says up to 10 characters, and the code wants 2 to 10",
    checks: {
      longest: "name.rule",
      "too-long": "name.rule",
      shortest: "name.rule",
      empty: "name.rule",
    },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const { maxLength } = driver.nameRule;
      for (const [id, name] of [["longest", "a".repeat(maxLength)], ["shortest", "a"]] as const) {
        const made = await check.succeeds(
          id,
          `name of ${name.length}`,
          () => driver.machines.create({ ...spec, name }),
        );
        await driver.machines.delete(made);
      }
      for (const [id, name] of [["too-long", "a".repeat(maxLength + 1)], ["empty", ""]] as const) {
        await check.refused(id, () => driver.machines.create({ ...spec, name }), {
          code: "invalid-argument",
          subject: machineSubject({ cluster: spec.cluster, name }),
        });
      }
    },
  },
  {
    id: "name.longest",
    title: "The longest name works in every operation",
    why: "A path or a bridge name made from it is cut, and two machines meet in one",
    checks: { start: "name.longest", list: "name.longest", delete: "name.longest" },
    async run({ driver, fresh, check }) {
      const name = "m".repeat(driver.nameRule.maxLength);
      const machine = await fresh.machine({ name });
      const change = await check.succeeds("start", "start", () => machine.start());
      check.equal(
        "list",
        "list",
        (await driver.machines.list({ cluster: machine.cluster }))[0]?.name,
        name,
      );
      await check.succeeds(
        "delete",
        `delete in state ${change.state}`,
        () => driver.machines.delete(machine, { force: true }),
      );
    },
  },
];
