/**
 * Cases about names and hostile input.
 *
 * @module
 */

import { type Driver, isValidName, machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { CaseContext } from "../../rigs/driver/context.ts";
import { ending } from "./endings.ts";

/** Checks that a driver refuses each of the names for a machine, in every operation that takes one. */
async function refusesNames(
  { driver, fresh, check, host }: CaseContext,
  names: readonly string[],
): Promise<void> {
  const spec = await fresh.spec();
  const before = await inventory(host);
  for (const [index, name] of names.entries()) {
    const refusal = {
      code: "invalid-argument",
      subject: machineSubject({ cluster: spec.cluster, name }),
    } as const;
    await check.refused(
      `create-${index}`,
      () => driver.machines.create({ ...spec, name }),
      refusal,
    );
    await check.refused(
      `delete-${index}`,
      () => driver.machines.delete({ cluster: spec.cluster, name }, { force: true }),
      refusal,
    );
  }
  check.equal("untouched", "inventory", await inventory(host), before);
}

const inventory = (host: CaseContext["host"] | undefined): Promise<string[]> =>
  host?.inventory() ?? Promise.resolve([]);

/** The checks of {@linkcode refusesNames}, for so many names. */
function refusalChecks(count: number, clause: string): Record<string, string> {
  const checks: Record<string, string> = {};
  for (let index = 0; index < count; index++) {
    checks[`create-${index}`] = clause;
    checks[`delete-${index}`] = clause;
  }
  return { ...checks, untouched: "name.before-effect" };
}

/** A case that hands bad names to a driver. */
function badNames(
  part: Pick<Case, "id" | "title" | "why">,
  clause: string,
  names: readonly string[],
): Case {
  return {
    ...part,
    checks: refusalChecks(names.length, clause),
    run: (context) => refusesNames(context, names),
  };
}

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
  badNames(
    {
      id: "name.wildcard",
      title: "A name with wildcards is refused, and touches no machine",
      why: "`Remove-VM -Name *` removes them all",
    },
    "name.wildcard",
    ["*", "a?", "[ab]", "a*", "%"],
  ),
  badNames(
    {
      id: "name.injection",
      title: "A name with quotes, operators or control characters is refused",
      why: "A name that is pasted into a script becomes part of it",
    },
    "name.injection",
    ["a'b", 'a"b', "a`b", "$(id)", "a;b", "a|b", "a&b", "a\nb", "a\0b", "<a/>", "a b", " a", "a "],
  ),
  badNames(
    {
      id: "name.option",
      title: "A name that begins with a hyphen is refused",
      why: "A tool reads it as an option",
    },
    "name.option",
    ["-a", "--force", "-"],
  ),
  badNames(
    {
      id: "name.traversal",
      title: "A name with dots or slashes is refused",
      why: "libvirt removes other machines' snapshots when it is asked to define one named `..`",
    },
    "name.traversal",
    ["a/b", "../a", "..\\a", "/etc/a", "C:\\a", "\\\\host\\a", "a.b", "./a"],
  ),
  badNames(
    {
      id: "name.case",
      title: "Upper-case letters are refused",
      why: "`M1` and `m1` are one file on some hosts and two on others",
    },
    "name.case",
    ["A", "aB", "M1"],
  ),
  badNames(
    {
      id: "name.unicode",
      title: "A name beyond ASCII is refused",
      why: "A console's code page turns it into another name",
    },
    "name.unicode",
    ["é", "名", "a\u0301", "\u{1F600}", "ａ", "a\u200Bb"],
  ),
  {
    id: "name.cluster",
    title: "A cluster's name is checked as a machine's is",
    why: "Only one of the two parameters is escaped",
    checks: {
      create: "name.cluster",
      get: "name.cluster",
      qualified: "name.cluster",
      list: "name.cluster",
    },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const cluster = "a'; b";
      const refusal = {
        code: "invalid-argument",
        subject: machineSubject({ cluster, name: spec.name }),
      } as const;
      await check.refused("create", () => driver.machines.create({ ...spec, cluster }), refusal);
      const ref = { cluster, name: spec.name };
      await check.refused("get", () => driver.machines.get(ref), refusal);
      await check.refused("qualified", () => driver.qualifiedMachineName(ref), refusal);
      await check.refused("list", () => driver.machines.list({ cluster: "../a" }), {
        code: "invalid-argument",
        subject: `driver:${driver.name}`,
      });
    },
  },
  {
    id: "name.network",
    title: "A network's cluster name is checked before any side effect",
    why: "The network's name is checked nowhere, as it comes from a cluster that is",
    needs: ["networks", "host"],
    checks: { create: "name.cluster", delete: "name.cluster", untouched: "name.before-effect" },
    async run({ driver, host, check }) {
      const before = await host.inventory();
      const cluster = "../a b";
      const refusal = { code: "invalid-argument", subject: `network:${cluster}` } as const;
      await check.refused("create", () => driver.networks?.create({ cluster }), refusal);
      await check.refused("delete", () => driver.networks?.delete(cluster), refusal);
      check.equal("untouched", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "name.image",
    title: "An image version that is no plain version is refused, and reaches no file",
    why: "The version comes from a remote list and goes straight into a file name",
    checks: { list: "name.image", get: "name.image", files: "name.image" },
    async run({ driver, server, files, check }) {
      const before = await files.cached();
      const version = "../../etc/passwd";
      server.publish([{ version, content: new Uint8Array([1, 2, 3]) }]);
      await check.refused("list", () => driver.images.update(), {
        code: "data-loss",
        subject: `driver:${driver.name}`,
      });
      await check.refused("get", () => driver.images.get(version), {
        code: "not-found",
        subject: `image:${version}`,
      });
      const added = (await files.cached()).filter((file) => !before.includes(file));
      check.equal(
        "files",
        "files with the version's parts",
        added.filter((f) => f.includes("passwd")),
        [],
      );
    },
  },
];
