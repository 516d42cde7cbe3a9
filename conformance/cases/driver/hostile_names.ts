/**
 * Cases about names that no driver may take: hostile input.
 *
 * @module
 */

import { machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { CaseContext } from "../../rigs/driver/context.ts";

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

/** Cases about hostile names. */
export const HOSTILE_NAME_CASES: readonly Case[] = [
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
