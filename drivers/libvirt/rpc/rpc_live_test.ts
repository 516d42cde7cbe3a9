// Against a real daemon: VMTCK_LIVE=1 hw-runners/sandbox.sh deno test -A drivers/libvirt/rpc/
import { assertEquals, assertRejects } from "@std/assert";
import { LibvirtClient } from "./client.ts";
import {
  AddressSource,
  DomainState,
  Flags,
  LifecycleType,
  MetadataType,
  NetworkLifecycleType,
  ShutoffReason,
} from "./constants.ts";
import { ErrorNumber, LibvirtError } from "./errors.ts";
import type { LibvirtEvent } from "./events.ts";
import { connect } from "./session.ts";
import type { Domain, Network, Pool, Volume } from "./wire_types.ts";

const QEMU = "qemu:///system";
const MOCK = "test:///default";
const NAME = "vmtck-rpc";
const MIB = 1024 * 1024;

/** A boot sector that says READY on the serial line, then sends back whatever it receives. */
const BOOT_SECTOR = new Uint8Array(512);
BOOT_SECTOR.setFromHex(
  "31c0" + "8ed8" + "be217c" + "baf803" + // ds:si = text, dx = serial port
    "ac" + "84c0" + "7403" + "ee" + "ebf8" + // print it
    "bafd03" + "ec" + "a801" + "74f8" + "baf803" + "ec" + "ee" + "ebf1" + // echo for ever
    "52454144590d0a00", // "READY\r\n"
);
BOOT_SECTOR.set([0x55, 0xaa], 510);

function domainXml(type: "qemu" | "test", disk = ""): string {
  return `<domain type='${type}'><name>${NAME}</name><memory unit='MiB'>32</memory>
    <os><type arch='x86_64'>hvm</type></os><on_reboot>restart</on_reboot>
    <devices><controller type='usb' model='none'/><memballoon model='none'/>${disk}
    <serial type='pty'/><console type='pty'/></devices></domain>`;
}

function live(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.env.get("VMTCK_LIVE") !== "1", fn });
}

/** Reads events until their subject was undefined so many times, each told in a word. */
async function untilUndefined(
  events: AsyncIterator<LibvirtEvent, undefined>,
  times = 1,
): Promise<string[]> {
  const seen: string[] = [];
  while (seen.filter((type) => type === "UNDEFINED").length < times) {
    const { value } = await events.next();
    if (value?.event === "domainLifecycle") seen.push(nameOf(LifecycleType, value.type));
    else if (value?.event === "networkLifecycle") {
      seen.push(nameOf(NetworkLifecycleType, value.type));
    }
  }
  return seen;
}

function nameOf(table: Record<string, number>, value: number): string {
  return Object.keys(table).find((key) => table[key] === value) ?? String(value);
}

async function withDomain(
  client: LibvirtClient,
  xml: string,
  use: (domain: Domain) => Promise<void>,
): Promise<void> {
  const flags = Flags.domainDefine.VALIDATE;
  const domain = await client.call("domainDefineXmlFlags", { xml, flags });
  try {
    await use(domain);
  } finally {
    if (await client.call("domainIsActive", { domain })) {
      await client.call("domainDestroyFlags", { domain });
    }
    await client.call("domainUndefineFlags", { domain, flags: Flags.domainUndefine.MANAGED_SAVE });
  }
}

async function withPool(client: LibvirtClient, use: (pool: Pool) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  await Deno.chmod(path, 0o755);
  const xml = `<pool type='dir'><name>${NAME}</name><target><path>${path}</path></target></pool>`;
  const pool = await client.call("storagePoolDefineXml", { xml });
  try {
    await client.call("storagePoolBuild", { pool });
    await client.call("storagePoolCreate", { pool });
    await use(pool);
    for (const volume of await client.call("storagePoolListAllVolumes", { pool })) {
      await client.call("storageVolDelete", { volume });
    }
  } finally {
    if (await client.call("storagePoolIsActive", { pool })) {
      await client.call("storagePoolDestroy", { pool });
    }
    await client.call("storagePoolUndefine", { pool });
    await Deno.remove(path, { recursive: true });
  }
}

function createVolume(client: LibvirtClient, pool: Pool, name: string, capacity: number) {
  const xml = `<volume><name>${name}</name><capacity>${capacity}</capacity>
    <target><format type='raw'/></target></volume>`;
  return client.call("storageVolCreateXml", { pool, xml });
}

live("libvirtd answers for itself and its host", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  assertEquals(client.registered.length, 7);
  assertEquals(await client.call("connectGetType", {}), "QEMU");
  assertEquals(await client.call("connectGetUri", {}), QEMU);
  const version = await client.call("connectGetLibVersion", {});
  assertEquals(version >= 3_000_000 && version < 100_000_000, true);
  assertEquals(await client.call("connectSupportsFeature", { feature: 10 }), true);
  const host = await client.call("nodeGetInfo", {});
  assertEquals([host.cpus > 0, host.memory > 0], [true, true]);
  const args = { virtType: "qemu", arch: "x86_64" };
  const capabilities = await client.call("connectGetDomainCapabilities", args);
  assertEquals(capabilities.startsWith("<domainCapabilities>"), true);
});

live("the mock hypervisor runs a machine through its life", async () => {
  await using client = await LibvirtClient.connect(MOCK);
  const events = client.events();
  await withDomain(client, domainXml("test"), async (domain) => {
    assertEquals(await client.call("domainLookupByUuid", { uuid: domain.uuid }), domain);
    const names = (await client.call("connectListAllDomains", {})).map(({ name }) => name).sort();
    assertEquals(names, ["test", NAME]);
    await client.call("domainSetMetadata", {
      ...{ domain, type: MetadataType.ELEMENT, metadata: "<owner/>" },
      ...{ key: "v", uri: "urn:vmtck" },
    });
    const metadata = { domain, type: MetadataType.ELEMENT, uri: "urn:vmtck" };
    assertEquals(await client.call("domainGetMetadata", metadata), "<owner/>");
    await client.call("domainCreateWithFlags", { domain });
    await client.call("domainSuspend", { domain });
    const state = await client.call("domainGetState", { domain });
    assertEquals(state.state, DomainState.PAUSED);
    await client.call("domainResume", { domain });
    await client.call("domainManagedSave", { domain });
    assertEquals(await client.call("domainHasManagedSaveImage", { domain }), true);
    await client.call("domainManagedSaveRemove", { domain });
    await client.call("domainRename", { domain, name: `${NAME}-2` });
    const renamed = await client.call("domainLookupByUuid", { uuid: domain.uuid });
    assertEquals(renamed.name, `${NAME}-2`);
    const stats = await client.call("connectGetAllDomainStats", { domains: [] });
    assertEquals(stats.length, 2);
    const [test] = await client.call("connectListAllDomains", { flags: Flags.domainList.ACTIVE });
    const addresses = { domain: test, source: AddressSource.LEASE };
    const [nic] = await client.call("domainInterfaceAddresses", addresses);
    assertEquals([typeof nic.name, nic.addresses.length > 0], ["string", true]);
  });
  assertEquals(
    await untilUndefined(events, 2),
    ["DEFINED", "STARTED", "SUSPENDED", "RESUMED", "STOPPED", "UNDEFINED", "DEFINED", "UNDEFINED"],
  );
});

live("libvirt's refusals keep their numbers", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  const uuid = "00000000-0000-4000-8000-000000000001";
  const missing = { name: NAME, uuid, id: -1 };
  const nonsense = { xml: domainXml("qemu", "<nonsense/>"), flags: Flags.domainDefine.VALIDATE };
  const refusals: [() => Promise<unknown>, number][] = [
    [() => client.call("domainLookupByName", { name: NAME }), ErrorNumber.NO_DOMAIN],
    [() => client.call("domainGetState", { domain: missing }), ErrorNumber.NO_DOMAIN],
    [() => client.call("networkLookupByUuid", { uuid }), ErrorNumber.NO_NETWORK],
    [() => client.call("storagePoolLookupByName", { name: NAME }), ErrorNumber.NO_STORAGE_POOL],
    [() => client.call("domainDefineXmlFlags", { xml: "<a" }), ErrorNumber.XML_DETAIL],
    [() => client.call("domainDefineXmlFlags", nonsense), ErrorNumber.XML_INVALID_SCHEMA],
  ];
  for (const [call, code] of refusals) {
    assertEquals((await assertRejects(call, LibvirtError)).code, code);
  }
});

live("a QEMU machine starts, pauses, resets and is destroyed", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  const events = client.events();
  await withDomain(client, domainXml("qemu"), async (domain) => {
    const started = await client.call("domainCreateWithFlags", { domain });
    assertEquals([started.uuid, started.id > 0], [domain.uuid, true]);
    await client.call("domainSuspend", { domain });
    const info = await client.call("domainGetInfo", { domain });
    assertEquals([info.state, info.maxMemory], [DomainState.PAUSED, 32 * 1024]);
    await client.call("domainResume", { domain });
    await client.call("domainReset", { domain });
    const agent = await assertRejects(
      () => client.call("domainAgentCommand", { domain, command: "{}", timeout: -2 }),
      LibvirtError,
    );
    assertEquals(agent.code, ErrorNumber.ARGUMENT_UNSUPPORTED);
    await client.call("domainDestroyFlags", { domain });
    assertEquals(await client.call("domainGetState", { domain }), {
      state: DomainState.SHUTOFF,
      reason: ShutoffReason.DESTROYED,
    });
  });
  const seen = await untilUndefined(events);
  // A QEMU that ends before it has said so, or has to be killed, sends no SHUTDOWN.
  assertEquals(seen.filter((type) => type !== "SHUTDOWN"), [
    ...["DEFINED", "RESUMED", "STARTED", "SUSPENDED", "RESUMED", "STOPPED", "UNDEFINED"],
  ]);
});

live("sixteen megabytes go into a volume and come back the same", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  await withPool(client, async (pool) => {
    const data = Uint8Array.from({ length: 16 * MIB }, (_, i) => (i * 2654435761) >>> 24);
    const volume = await createVolume(client, pool, "data.raw", data.length);
    await client.upload(volume, ReadableStream.from([data]), data.length);
    const info = await client.call("storageVolGetInfo", { volume });
    assertEquals(info.capacity, data.length);
    const back = await new Response(await client.download(volume)).bytes();
    assertEquals(back.length, data.length);
    assertEquals(await sha256(back), await sha256(data));
    const part = await client.download(volume, 10, { offset: 1000 });
    assertEquals(await new Response(part).bytes(), data.slice(1000, 1010));
    await client.call("storageVolResize", { volume, capacity: 32 * MIB });
    const path = await client.call("storageVolGetPath", { volume });
    assertEquals(await client.call("storageVolLookupByPath", { path }), volume);
    const xml = `<volume><name>copy.raw</name><capacity>${32 * MIB}</capacity></volume>`;
    const copy = await client.call("storageVolCreateXmlFrom", { pool, xml, source: volume });
    assertEquals(copy.name, "copy.raw");
    await assertRejects(() => createVolume(client, pool, "data.raw", MIB), LibvirtError, "exists");
  });
});

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

live("giving up a download leaves the daemon usable", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  await withPool(client, async (pool) => {
    const volume = await createVolume(client, pool, "big.raw", 64 * MIB);
    const download = await client.download(volume);
    const reader = download.getReader();
    await reader.read();
    await reader.cancel();
    assertEquals((await client.call("storagePoolListAllVolumes", { pool })).length, 1);
  });
});

live("a console carries what the guest prints and what is typed", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  await withPool(client, async (pool) => {
    const volume = await createVolume(client, pool, "boot.raw", MIB);
    await client.upload(volume, ReadableStream.from([BOOT_SECTOR]), BOOT_SECTOR.length);
    await withDomain(client, domainXml("qemu", await diskXml(client, volume)), async (domain) => {
      const flags = Flags.domainCreate.PAUSED;
      domain = await client.call("domainCreateWithFlags", { domain, flags });
      await using console = await client.console(domain, { flags: Flags.domainConsole.FORCE });
      await client.call("domainResume", { domain });
      const reader = console.readable.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("READY")) text += (await reader.read()).value;
      const writer = console.writable.getWriter();
      await writer.write(new TextEncoder().encode("hello"));
      while (!text.endsWith("hello")) text += (await reader.read()).value;
      await client.call("domainDestroyFlags", { domain });
      while (!(await reader.read()).done);
    });
  });
});

async function diskXml(client: LibvirtClient, volume: Volume): Promise<string> {
  const path = await client.call("storageVolGetPath", { volume });
  return `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/>
    <target dev='vda' bus='virtio'/></disk>`;
}

live("a network comes and goes, with events", async () => {
  await using client = await LibvirtClient.connect(QEMU);
  const events = client.events();
  const xml = `<network><name>${NAME}</name><bridge name='vmtckrpc0' stp='off' delay='0'/>
    <ip address='192.168.231.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.231.10' end='192.168.231.20'/></dhcp></ip></network>`;
  const flags = Flags.networkDefine.VALIDATE;
  const network: Network = await client.call("networkDefineXmlFlags", { xml, flags });
  try {
    await client.call("networkCreate", { network });
    assertEquals(await client.call("networkIsActive", { network }), true);
    assertEquals(await client.call("networkGetBridgeName", { network }), "vmtckrpc0");
    assertEquals(await client.call("networkGetDhcpLeases", { network }), []);
    await client.call("networkDestroy", { network });
  } finally {
    await client.call("networkUndefine", { network });
  }
  assertEquals(await untilUndefined(events), ["DEFINED", "STARTED", "STOPPED", "UNDEFINED"]);
});

live("the same calls work over the streams of virt-ssh-helper", async () => {
  const argv = ["virt-ssh-helper", QEMU];
  await using connection = await connect({ kind: "command", argv, uri: QEMU });
  assertEquals(await connection.call("connectGetType", {}), "QEMU");
});
