import { assertEquals } from "@std/assert";
import type { LibvirtMethods } from "./backend.ts";
import { SEAM } from "./seam.ts";

const UUID = "9f0c0d7e-2f0b-4c11-8a43-0e6a4c1f2d3b";
const ref = { name: "o.c.m", uuid: UUID };

for (
  const [method, params, lane] of [
    ["domainGetState", { domain: ref }, "machine:o.c.m"],
    ["domainLookupByName", { name: "o.c.m" }, "machine:o.c.m"],
    [
      "domainDefineXmlFlags",
      { xml: ["domain", {}, ["name", {}, "o.c.m"]], flags: 1 },
      "machine:o.c.m",
    ],
    ["networkGetDhcpLeases", { network: { name: "o.c", uuid: UUID } }, "network:o.c"],
    ["networkLookupByName", { name: "o.c" }, "network:o.c"],
    [
      "storageVolDelete",
      { volume: { pool: "p", name: "o.c.m.disk" }, flags: 0 },
      "disk:o.c.m.disk",
    ],
    [
      "storageVolLookupByName",
      { pool: { name: "p", uuid: UUID }, name: "o.c.m.disk" },
      "disk:o.c.m.disk",
    ],
    [
      "storageVolCreateXml",
      {
        pool: { name: "p", uuid: UUID },
        xml: ["volume", {}, ["name", {}, "o.c.m.disk"]],
        flags: 0,
      },
      "disk:o.c.m.disk",
    ],
    ["storagePoolIsActive", { pool: { name: "p", uuid: UUID } }, "pool:p"],
    ["storagePoolLookupByName", { name: "p" }, "pool:p"],
    ["connectListAllDomains", { flags: 0 }, "host"],
    ["hostFacts", {}, "host"],
    ["ssh.run", { address: "10.0.0.2:22", argv: ["true"] }, "guest:10.0.0.2:22"],
    ["dhcp.release", { server: "10.0.0.1", client: "10.0.0.2", mac: "m" }, "guest:10.0.0.2"],
    ["iptables.list", { table: "nat" }, "host"],
    ["iptables.run", { argv: ["-t", "nat", "--comment", "vmtck:o.t"] }, "machine:o.t"],
    ["bridge.routeLocal", { bridge: "virbr0" }, "network:virbr0"],
    [
      "networkCreateXml",
      { xml: ["network", {}, ["name", {}, "o.tasks.own"]] },
      "network:o.tasks.own",
    ],
    ["event", { type: "console", domain: ref, data: "x" }, "machine:o.c.m"],
    ["event", { type: "lost" }, "host"],
  ] as const
) {
  Deno.test(`${method} of ${lane} is in its lane`, () => {
    assertEquals(SEAM.lane(method, params), lane);
  });
}

const CHANGES: (keyof LibvirtMethods)[] = [
  "domainDefineXmlFlags",
  "domainUndefineFlags",
  "domainSetMetadata",
  "domainCreateWithFlags",
  "domainDestroyFlags",
  "domainShutdownFlags",
  "domainSuspend",
  "domainResume",
  "domainManagedSave",
  "domainManagedSaveRemove",
  "networkDefineXmlFlags",
  "networkCreate",
  "networkSetAutostart",
  "networkDestroy",
  "networkUndefine",
  "storagePoolDefineXml",
  "storagePoolBuild",
  "storagePoolCreate",
  "storagePoolSetAutostart",
  "storageVolCreateXml",
  "storageVolUpload",
  "storageVolDelete",
  "storageVolResize",
  "networkCreateXml",
  "iptables.run",
  "bridge.routeLocal",
  "dhcp.release",
  "guest.shutdown",
  "guest.run",
  "qemu.kill",
  "domain.vanish",
  "daemon.restart",
];
const READS: (keyof LibvirtMethods)[] = [
  "hostFacts",
  "probeAcceleration",
  "nodeGetInfo",
  "connectListAllDomains",
  "domainLookupByName",
  "domainGetXmlDesc",
  "domainGetUses",
  "domainGetInfo",
  "domainGetState",
  "domainGetMetadata",
  "domainHasManagedSaveImage",
  "domainInterfaceAddresses",
  "domainOpenConsole",
  "connectListAllNetworks",
  "networkLookupByName",
  "networkGetXmlDesc",
  "networkGetDhcpLeases",
  "connectListAllStoragePools",
  "storagePoolLookupByName",
  "storagePoolIsActive",
  "storagePoolListAllVolumes",
  "storageVolLookupByName",
  "storageVolGetPath",
  "storageVolGetXmlDesc",
  "storagePoolGetXmlDesc",
  "storageVolHolds",
  "domainGetStats",
  "networkGetBridgeName",
  "iptables.list",
  "ssh.run",
  "ssh.shell",
];

Deno.test("methods that change the host are told from those that do not", () => {
  assertEquals(CHANGES.filter((method) => !SEAM.changes(method)), []);
  assertEquals(READS.filter((method) => SEAM.changes(method)), []);
});

Deno.test("only what is made up anew in each run is volatile", () => {
  const type = (path: string[], value: string | number) =>
    SEAM.volatile("domainGetState", path, value);
  assertEquals(type(["params", "domain", "uuid"], UUID), "uuid");
  assertEquals(type(["result", "2", "2"], UUID), "uuid");
  assertEquals(type(["params", "xml", "2", "1", "address"], "52:54:00:0a:1b:2c"), "mac");
  assertEquals(type(["params", "path"], "/c/1-abc"), "path");
  assertEquals(type(["params", "address"], "10.0.0.2:22"), "address");
  assertEquals(type(["params", "domain", "name"], "o.c.m"), undefined);
  assertEquals(type(["result", "0", "address"], "10.0.0.2"), undefined);
  assertEquals(type(["result", "state"], 5), undefined);
});
