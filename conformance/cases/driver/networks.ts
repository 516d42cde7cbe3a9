/**
 * Cases about networks.
 *
 * @module
 */

import type { FaultPlan, Network } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ending } from "./endings.ts";

/** The first and last address of a CIDR block, as numbers. */
function range(cidr: string): readonly [number, number] {
  const [address = "", bits = "32"] = cidr.split("/");
  const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [start, start + 2 ** (32 - Number(bits)) - 1];
}

const CIDR = /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;

/** Cases about networks. */
export const NETWORK_CASES: readonly Case[] = [
  {
    id: "network.create",
    title: "A new network has the qualified name and a CIDR, and is found",
    why: "Two calls make it, and the second one fails half-way",
    needs: ["networks"],
    checks: {
      name: "network.create",
      cidr: "network.create",
      found: "network.get",
      elsewhere: "network.get",
      exists: "network.create.exists",
    },
    async run({ driver, another, fresh, check }) {
      const cluster = fresh.name();
      const made = await driver.networks?.create({ cluster });
      check.equal("name", "name", made?.name, driver.networks?.qualifiedName(cluster));
      check.holds("cidr", "CIDR", CIDR.test(made?.cidr ?? ""), "IPv4 in CIDR notation", made?.cidr);
      const shown = (network?: Network) => [network?.cluster, network?.name, network?.cidr];
      check.equal("found", "get", shown(await driver.networks?.get(cluster)), shown(made));
      const other = await another();
      check.equal(
        "elsewhere",
        "get elsewhere",
        shown(await other.networks?.get(cluster)),
        shown(made),
      );
      await check.refused("exists", () => driver.networks?.create({ cluster }), {
        code: "already-exists",
        subject: `network:${cluster}`,
      });
    },
  },
  {
    id: "network.cidr",
    title: "A network has the CIDR that was asked for",
    why: "kutti's setter has no result, and panics in two drivers",
    needs: ["networks"],
    checks: { cidr: "network.create.cidr", again: "network.create.cidr" },
    async run({ driver, fresh, check }) {
      const cluster = fresh.name();
      const cidr = "192.168.231.0/24";
      const made = await driver.networks?.create({ cluster, cidr });
      check.equal("cidr", "CIDR", made?.cidr, cidr);
      check.equal("again", "CIDR from get", (await driver.networks?.get(cluster))?.cidr, cidr);
    },
  },
  {
    id: "network.invalid",
    title: "A bad CIDR is refused before any side effect",
    why: "The network is made, and its DHCP server never starts",
    needs: ["networks", "host"],
    checks: {
      word: "network.create.invalid",
      octet: "network.create.invalid",
      bits: "network.create.invalid",
      host: "network.create.invalid",
      ipv6: "network.create.invalid",
      nothing: "network.create.invalid",
    },
    async run({ driver, fresh, host, check }) {
      const cluster = fresh.name();
      const before = await host.inventory();
      const bad = {
        word: "default",
        octet: "10.0.256.0/24",
        bits: "10.0.0.0/33",
        host: "10.0.0.7/24",
        ipv6: "fd00::/64",
      };
      for (const [id, cidr] of Object.entries(bad)) {
        await check.refused(id, () => driver.networks?.create({ cluster, cidr }), {
          code: "invalid-argument",
          subject: `network:${cluster}`,
        });
      }
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "network.list",
    title: "A list has every network of the owner exactly once",
    why: "Everybody's networks are listed",
    needs: ["networks"],
    checks: { all: "network.list", other: "network.list" },
    async run({ driver, another, fresh, check }) {
      const clusters = [fresh.name(), fresh.name()].sort();
      for (const cluster of clusters) await driver.networks?.create({ cluster });
      const listed = await driver.networks?.list() ?? [];
      check.equal("all", "list", listed.map(({ cluster }) => cluster).sort(), clusters);
      const other = await another({ owner: fresh.name() });
      check.equal("other", "list of another owner", await other.networks?.list(), []);
    },
  },
  {
    id: "network.delete",
    title: "A deleted network is gone, and a missing one is not-found",
    why: "The first of two steps succeeds, the second fails, and nobody can finish it",
    needs: ["networks"],
    checks: {
      delete: "network.delete",
      get: "network.delete",
      "get-missing": "network.get",
      again: "network.delete.missing",
      recreate: "network.delete",
    },
    async run({ driver, another, fresh, check }) {
      const cluster = fresh.name();
      const missing = { code: "not-found", subject: `network:${cluster}` } as const;
      await check.refused("get-missing", () => driver.networks?.get(cluster), missing);
      await driver.networks?.create({ cluster });
      await check.succeeds("delete", "delete", async () => await driver.networks?.delete(cluster));
      const other = await another();
      await check.refused("get", () => other.networks?.get(cluster), missing);
      await check.refused("again", () => driver.networks?.delete(cluster), missing);
      await check.succeeds(
        "recreate",
        "create",
        async () => await driver.networks?.create({ cluster }),
      );
    },
  },
  {
    id: "network.used",
    title: "A network with machines is not deleted",
    why: "The machines' next start fails, as their network is gone",
    needs: ["networks"],
    checks: {
      stopped: "network.delete.used",
      running: "network.delete.used",
      intact: "network.delete.used",
      free: "network.delete",
    },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      const used = { code: "failed-precondition", subject: `network:${machine.cluster}` } as const;
      await check.refused("stopped", () => driver.networks?.delete(machine.cluster), used);
      await machine.start();
      await check.refused("running", () => driver.networks?.delete(machine.cluster), used);
      await machine.forceStop();
      check.equal("intact", "start", (await machine.start()).state, "running");
      await driver.machines.delete(machine, { force: true });
      await check.succeeds(
        "free",
        "delete",
        async () => await driver.networks?.delete(machine.cluster),
      );
    },
  },
  {
    id: "network.rollback",
    title: "Whichever backend call of a create fails, no network is left and a retry succeeds",
    why: "VirtualBox keeps the network when its DHCP server could not be made",
    needs: ["networks", "faults", "host"],
    checks: { failures: "network.rollback", left: "network.rollback", retry: "error.retry" },
    async run({ driver, faults, fresh, host, settled, check }) {
      const cluster = fresh.name();
      const before = await host.inventory();
      const left: string[] = [];
      const stuck: string[] = [];
      let failures = 0;
      let met = 1;
      for (let call = 1; met > 0 && call < 40; call++) {
        const fault = { kind: "error", situation: "internal", call } as const;
        const create = async () => await driver.networks?.create({ cluster });
        const outcome = await faults.during(fault, create);
        met = outcome.met;
        if (outcome.error !== undefined) {
          failures++;
          const more = (await host.inventory()).filter((entry) => !before.includes(entry));
          if (more.length > 0) left.push(`call ${call}: ${more.join(", ")}`);
          const [again] = await settled([create()]);
          if (again?.error !== undefined) stuck.push(`call ${call}: ${ending(again)}`);
        }
        await driver.networks?.delete(cluster);
      }
      check.holds("failures", "creates that failed", failures > 0, "at least one", failures);
      check.equal("left", "leftovers", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
  {
    id: "network.create-aborted",
    title: "A create that is aborted at any of its changes leaves no network, done or not",
    why: "The network was made when the abort came, and nobody waited for the answer",
    needs: ["networks", "faults", "host"],
    checks: {
      aborted: "error.canceled",
      code: "error.canceled",
      nothing: "network.rollback",
      again: "error.retry",
    },
    async run({ driver, faults, fresh, host, check }) {
      const cluster = fresh.name();
      const before = await host.inventory();
      const codes: string[] = [];
      const left: string[] = [];
      const made: boolean[] = [];
      for (const kind of ["timeout", "late-reply"] as const) {
        for (let call = 1, met = 1; met > 0 && left.length === 0 && call < 40; call++) {
          const abort = new AbortController();
          const { signal } = abort;
          const fault: FaultPlan = { kind, among: "changes", call, onMet: () => abort.abort() };
          const create = async () => await driver.networks?.create({ cluster }, { signal });
          const outcome = await faults.during(fault, create);
          met = outcome.met;
          if (met === 0) break;
          codes.push(ending(outcome));
          const more = (await host.inventory()).filter((entry) => !before.includes(entry));
          left.push(...more.map((entry) => `call ${call}, ${kind}: ${entry}`));
        }
        made.push(await driver.networks?.list().then(({ length }) => length === 1) ?? false);
        if (left.length > 0) break;
        await driver.networks?.delete(cluster);
      }
      check.holds("aborted", "creates that were aborted", codes.length > 0, "at least one", codes);
      check.equal("code", "endings", [...new Set(codes)], ["canceled"]);
      check.equal("nothing", "leftovers", left, []);
      check.equal("again", "whether a create that nothing aborted made it", made, [true, true]);
    },
  },
  {
    id: "network.foreign",
    title: "A network of somebody else is never listed or removed",
    why: "The cluster's name happens to be the name of the user's own network",
    needs: ["networks", "host", "host.plantNetwork", "host.uprootNetwork"],
    checks: {
      create: "network.foreign",
      get: "network.foreign",
      delete: "network.foreign",
      listed: "network.foreign",
      there: "network.foreign",
    },
    async run({ driver, fresh, host, check }) {
      const cluster = fresh.name();
      const name = driver.networks?.qualifiedName(cluster) ?? "";
      await host.plantNetwork(name);
      const subject = `network:${cluster}` as const;
      const foreign = { code: "failed-precondition", subject, reason: "foreign" } as const;
      await check.refused("create", () => driver.networks?.create({ cluster }), {
        code: "already-exists",
        subject,
      });
      await check.refused("get", () => driver.networks?.get(cluster), foreign);
      await check.refused("delete", () => driver.networks?.delete(cluster), foreign);
      check.equal("listed", "list", await driver.networks?.list(), []);
      const there = (await host.inventory()).includes(`network:${name}`);
      check.equal("there", "in the inventory", there, true);
      await host.uprootNetwork(name);
    },
  },
  {
    id: "network.distinct",
    title: "Networks of two clusters do not overlap, and never share a name",
    why: "All clusters have the one CIDR that is written into the driver",
    needs: ["networks"],
    checks: { names: "network.injective", ranges: "network.distinct" },
    async run({ driver, another, fresh, check }) {
      const [first, second] = [fresh.name(), fresh.name()];
      const a = await driver.networks?.create({ cluster: first });
      const b = await driver.networks?.create({ cluster: second });
      const other = await another({ owner: fresh.name() });
      const names = [
        driver.networks?.qualifiedName(first),
        driver.networks?.qualifiedName(second),
        other.networks?.qualifiedName(first),
      ];
      check.equal("names", "distinct names", new Set(names).size, 3);
      const [[from, to], [start, end]] = [range(a?.cidr ?? ""), range(b?.cidr ?? "")];
      const apart = to < start || end < from;
      check.holds("ranges", "CIDRs", apart, "no common address", [a?.cidr, b?.cidr]);
    },
  },
];
