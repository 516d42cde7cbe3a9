import { assertEquals } from "@std/assert";
import { parseCidr } from "../contract/mod.ts";
import { type DomainPlan, domainXml, usesOf } from "./domain_xml.ts";
import { machineTag, NAMESPACE, networkTag } from "./metadata.ts";
import { cidrsOf, networkXml } from "./network_xml.ts";
import { interfacesOf, taskDomainXml } from "./tasks/domain_xml.ts";
import { ownNetworkXml } from "./tasks/own_network.ts";
import { backingPath, emptyVolumeXml, overlayXml, physicalSize, poolXml } from "./volume_xml.ts";
import { all, first, type JsonML, textOf } from "./jsonml.ts";
import { fromXml, toXml } from "./xml.ts";

const UUID = "9f0c0d7e-2f0b-4c11-8a43-0e6a4c1f2d3b";
const SCHEMAS = "/usr/share/libvirt/schemas";

const plan: DomainPlan = {
  name: "o.c.m",
  uuid: UUID,
  tag: { owner: "o", cluster: "c", name: "m", image: "1.30.1", base: "o.x.base", creating: true },
  kvm: false,
  memoryMiB: 512,
  cpus: 2,
  disk: { pool: "vmtck", volume: "o.c.m.disk", format: "qcow2" },
  network: "o.c",
};
const domain = (change: Partial<DomainPlan> = {}): JsonML =>
  fromXml(toXml(domainXml({ ...plan, ...change })));
const network = (cidr: string): JsonML =>
  fromXml(toXml(networkXml({
    name: "o.c",
    uuid: UUID,
    tag: { owner: "o", cluster: "c" },
    cidr: parseCidr(cidr)!,
  })));

const task = fromXml(toXml(taskDomainXml({
  ...{ name: "o.t", uuid: UUID, tag: { owner: "o", machine: "t" }, kvm: true },
  ...{ memoryMiB: 512, cpus: 2, cpuset: "0-1", pool: "vmtck" },
  disk: { volume: "o.t.disk", format: "qcow2" },
  seed: "o.t.seed",
  interfaces: [
    { bridge: "virbr0", network: "", mac: "52:54:00:00:00:01" },
    { bridge: "", network: "n", mac: "52:54:00:00:00:02" },
  ],
})));

Deno.test("a task's machine has its interfaces, and no machine of the other contract is like it", () => {
  assertEquals(interfacesOf(task), [
    { bridge: "virbr0", network: "", mac: "52:54:00:00:00:01" },
    { bridge: "", network: "n", mac: "52:54:00:00:00:02" },
  ]);
  assertEquals(usesOf(task).networks, ["n"]);
  assertEquals(all(task, "metadata", "machine"), []);
});

Deno.test("a domain has the size that was asked for, and its tag in our namespace", () => {
  const xml = domain();
  assertEquals([textOf(xml, "memory"), textOf(xml, "vcpu")], ["512", "2"]);
  const tag = first(xml, "metadata", "machine")!;
  assertEquals(tag[1]["xmlns:vmtck"], NAMESPACE);
  assertEquals(machineTag(tag), plan.tag);
});

Deno.test("a tag that is made is not creating; an element of another kind is none", () => {
  const [made] = all(domain({ tag: { ...plan.tag, creating: false } }), "metadata", "machine");
  assertEquals(machineTag(made)?.creating, false);
  assertEquals(machineTag(["machine", {}]), undefined);
});

Deno.test("a domain on KVM has the host's processor, one on emulation has QEMU's", () => {
  assertEquals([domain({ kvm: true })[1].type, domain()[1].type], ["kvm", "qemu"]);
  assertEquals(first(domain({ kvm: true }), "cpu")?.[1].mode, "host-passthrough");
  assertEquals(first(domain(), "cpu"), undefined);
});

Deno.test("what a machine has of others is its disk and its network", () => {
  assertEquals(usesOf(domain()), {
    disks: [{ pool: "vmtck", volume: "o.c.m.disk" }],
    networks: ["o.c"],
  });
});

Deno.test("files and devices are told by their paths, with all that lies below them", () => {
  const disk = "<disk><source file='/p/x'/><backingStore><source dev='/p/y'/>" +
    "<backingStore><source file='/p/z'/></backingStore></backingStore></disk>" +
    "<disk><target dev='sda'/></disk>";
  const xml = fromXml(`<domain><devices>${disk}</devices></domain>`);
  const disks = [{ path: "/p/x" }, { path: "/p/y" }, { path: "/p/z" }];
  assertEquals(usesOf(xml), { disks, networks: [] });
});

Deno.test("a network has its range, with DHCP for all but the gateway, and its tag", () => {
  const xml = network("192.168.231.0/24");
  assertEquals(cidrsOf(xml), [parseCidr("192.168.231.0/24")]);
  assertEquals(first(xml, "ip", "dhcp", "range")?.[1], {
    start: "192.168.231.2",
    end: "192.168.231.254",
  });
  assertEquals(networkTag(xml), { owner: "o", cluster: "c" });
});

Deno.test("a network of somebody else has no tag, whatever it is named", () => {
  assertEquals(networkTag(fromXml("<network><name>o.c</name></network>")), undefined);
  const other = "<network><metadata><x:network xmlns:x='https://x/1' owner='o' cluster='c'/>" +
    "</metadata></network>";
  assertEquals(networkTag(fromXml(other)), undefined);
});

Deno.test("the ranges of any network are read, with a netmask or a prefix", () => {
  const xml = fromXml(
    "<network><ip address='192.168.122.1' netmask='255.255.255.0'/>" +
      "<ip family='ipv6' address='fd00::1' prefix='64'/><ip address='10.1.2.3' prefix='8'/></network>",
  );
  assertEquals(cidrsOf(xml), [parseCidr("192.168.122.0/24"), parseCidr("10.0.0.0/8")]);
});

Deno.test("a volume's length and what lies below it are read", () => {
  const xml = fromXml(
    "<volume><physical unit='bytes'>4096</physical>" +
      "<backingStore><path>/p/b</path></backingStore></volume>",
  );
  assertEquals([physicalSize(xml), backingPath(xml)], [4096, "/p/b"]);
  assertEquals([physicalSize(["volume", {}]), backingPath(["volume", {}])], [NaN, ""]);
});

for (
  const [schema, what, xml] of [
    ["domain", "an emulated machine", domain()],
    [
      "domain",
      "a machine on KVM with a raw disk",
      domain({
        kvm: true,
        disk: { ...plan.disk, format: "raw" },
      }),
    ],
    ["domain", "a task's machine", task],
    ["network", "a network", network("10.213.7.0/24")],
    [
      "network",
      "the network of tasks",
      ownNetworkXml({ name: "o.tasks.own", bridge: "vmtck0" }, parseCidr("10.213.7.0/24")!),
    ],
    ["network", "a small network", network("10.213.7.8/29")],
    ["storagepool", "the pool", poolXml("vmtck", "/var/lib/libvirt/images/vmtck")],
    ["storagevol", "an empty volume", emptyVolumeXml("o.x.base")],
    [
      "storagevol",
      "an overlay",
      overlayXml("o.c.m.disk", {
        format: "qcow2",
        capacity: 1048576,
        path: "/p/o.x.base",
      }),
    ],
  ] as const
) {
  Deno.test({
    name: `the definition of ${what} is valid by libvirt's own schema`,
    ignore: !await hasSchemas(),
    fn: async () => {
      const file = await Deno.makeTempFile({ suffix: ".xml" });
      try {
        await Deno.writeTextFile(file, toXml(xml));
        const args = ["--noout", "--relaxng", `${SCHEMAS}/${schema}.rng`, file];
        const { code, stderr } = await new Deno.Command("xmllint", { args }).output();
        assertEquals([code, code === 0 ? "" : new TextDecoder().decode(stderr)], [0, ""]);
      } finally {
        await Deno.remove(file);
      }
    },
  });
}

/** The schemas come with libvirt, the validator with libxml2. */
async function hasSchemas(): Promise<boolean> {
  try {
    await Deno.stat(SCHEMAS);
    return (await new Deno.Command("xmllint", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}
