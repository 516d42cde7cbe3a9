import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../../backend/backend.ts";
import { DriverError, type TaskPort, type VmStartedBuildRequest } from "../../contract/mod.ts";
import type { LeaseRecord } from "../backend.ts";
import { DomainState } from "../rpc/constants.ts";
import { LibvirtTaskNet } from "./network.ts";
import { toDelete } from "./rules.ts";
import { type Answers, scriptedSession } from "./scripted_backend_test.ts";

const MAC = "52:54:00:00:00:01";
const port: TaskPort = { label: "http", value: 8080, to: 80, hostIp: "192.0.2.1" };
const request: VmStartedBuildRequest = {
  machine: "o.t",
  hostname: "t",
  macs: [MAC],
  interfaces: [{ bridge: { name: "virbr0", ports: ["http"] } }],
  ports: [port],
};

const lease = (address: string, expires: number, mac = MAC): LeaseRecord => ({
  ...{ address, expires, mac, type: 0, hostname: null },
});

/** A host with one network, whose firewall is a list. */
function host(leases: LeaseRecord[], more: Answers = {}) {
  const rules: string[] = [];
  const made = scriptedSession({
    connectListAllNetworks: () => [{ name: "n", uuid: "n1" }],
    networkLookupByName: () => ({ name: "n", uuid: "n1" }),
    networkGetBridgeName: () => "virbr0",
    networkGetXmlDesc: () => ["network", {}, ["ip", { address: "10.0.0.1" }]],
    networkGetDhcpLeases: () => [...leases],
    domainLookupByName: () => ({ name: "o.t", uuid: "u1" }),
    domainGetState: () => ({ state: DomainState.RUNNING, reason: 1 }),
    "dhcp.release": ({ client }: { client: string }) => {
      leases.splice(leases.findIndex((it) => it.address === client), 1);
      return null;
    },
    "iptables.list": ({ table }: { table: string }) =>
      rules.filter((it) => it.startsWith(`${table} `)).map((it) => it.slice(table.length + 1)),
    "iptables.run": ({ argv: [, table, verb, chain, ...spec] }: { argv: string[] }) => {
      const line = `${table} -A ${chain} ${spec.join(" ")}`;
      if (verb === "-I") rules.unshift(line);
      else rules.splice(rules.indexOf(line), 1);
      return { exitCode: 0, stderr: "" };
    },
    ...more,
  });
  return { ...made, rules, net: new LibvirtTaskNet(made.session, "driver.virt") };
}

Deno.test("a guest has the newest address that its own hardware address got", async () => {
  const leases = [lease("10.0.0.5", 100), lease("10.0.0.6", 300), lease("10.0.0.7", 200)];
  const { net } = host([
    ...leases,
    lease("10.0.0.8", 400, "52:54:00:00:00:02"),
    { ...lease("fd00::5", 400), type: 1 },
  ]);
  const { network } = await net.vmStartedBuild(request);
  assertEquals(network, { ip: "10.0.0.6", portMap: { http: 80 }, autoAdvertise: false });
});

Deno.test("what was built is taken back from bytes, by another instance, as often as one likes", async () => {
  const leases = [lease("10.0.0.5", 100)];
  const { net, rules, session } = host(leases);
  const { teardown } = await net.vmStartedBuild(request);
  assertEquals(rules.length, 3);
  const read = JSON.parse(JSON.stringify(teardown));
  const other = new LibvirtTaskNet(session, "driver.virt");
  for (let i = 0; i < 2; i++) await other.vmTerminatedTeardown({ teardown: read });
  assertEquals([rules, leases], [[], []]);
});

Deno.test("rules of others stay", async () => {
  const { net, rules } = host([lease("10.0.0.5", 100)]);
  rules.push(
    "filter -A FORWARD -j LIBVIRT_FWX",
    "nat -A OUTPUT -m comment --comment vmtck:o.t2 -j X",
  );
  const before = [...rules];
  const { teardown } = await net.vmStartedBuild(request);
  await net.vmTerminatedTeardown({ teardown });
  assertEquals(rules, before);
});

Deno.test("a rule that is not taken takes the others back", async () => {
  let left = 2;
  const removed: string[][] = [];
  const { net } = host([lease("10.0.0.5", 100)], {
    "iptables.list": ({ table }: { table: string }) =>
      table === "nat" ? ["-A OUTPUT -m comment --comment vmtck:o.t -j X"] : [],
    "iptables.run": ({ argv }: { argv: string[] }) => {
      if (argv[2] === "-D") removed.push(argv);
      return { exitCode: argv[2] === "-D" || left-- > 0 ? 0 : 4, stderr: "no" };
    },
  });
  await assertRejects(() => net.vmStartedBuild(request), DriverError, "takes no rule");
  const spec = ["-m", "comment", "--comment", "vmtck:o.t", "-j", "X"];
  assertEquals(removed, [toDelete({ table: "nat", chain: "OUTPUT", spec })]);
});

Deno.test("a guest that asks for no address is not waited for without end", async () => {
  const { net } = host([]);
  const error = await assertRejects(() => net.vmStartedBuild(request), DriverError);
  assertEquals(error.code, "deadline-exceeded");
});

Deno.test("a machine that ended is not waited for", async () => {
  const { net } = host([], { domainGetState: () => ({ state: DomainState.SHUTOFF, reason: 1 }) });
  const error = await assertRejects(() => net.vmStartedBuild(request), DriverError);
  assertEquals(error.code, "failed-precondition");
});

Deno.test("a label that is no port, and an address that is none, are refused before all else", async () => {
  const { net, calls } = host([]);
  for (const ports of [[], [{ ...port, hostIp: "::1" }]]) {
    const error = await assertRejects(() => net.vmStartedBuild({ ...request, ports }), DriverError);
    assertEquals(error.code, "invalid-argument");
  }
  assertEquals(calls, []);
});

Deno.test("what could not be taken back is named, after all was tried", async () => {
  const { net, rules } = host([lease("10.0.0.5", 100)], {
    "dhcp.release": () => Promise.reject(new Error("no")),
  });
  const { teardown } = await net.vmStartedBuild(request);
  const error = await assertRejects(() => net.vmTerminatedTeardown({ teardown }), DriverError);
  assertEquals([error.leftovers, rules], [["lease:o.t"], []]);
});

Deno.test("a host whose firewall cannot be seen has no rules to remove", async () => {
  const denied = new BackendError("refused", "no-iptables", "no");
  const { net } = host([], { "iptables.list": () => Promise.reject(denied) });
  assertEquals(await net.removeForwards("o.t", {}), false);
});
