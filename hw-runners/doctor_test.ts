import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import { probesFor, reaches } from "./doctor.ts";
import { findings, isReady, told } from "./doctor/probe.ts";
import type { Machine } from "./machine.ts";
import { HCS_PROBES, HYPERV_PROBES } from "./doctor/windows.ts";

/** A machine that has everything, except for what is named. */
function machine(os: Machine["os"], lacking: readonly string[] = []): Machine {
  return {
    os,
    run: (program, args) =>
      Promise.resolve(
        lacking.includes(program)
          ? undefined
          : { code: 0, out: program === "id" ? "me libvirt" : `${program} ${args.length}` },
      ),
    exists: (path) => Promise.resolve(!lacking.includes(path)),
  };
}

const LIBVIRT_PROBES = probesFor("libvirt", {});

const systems = [
  ["libvirt", LIBVIRT_PROBES, "linux"],
  ["hyperv", HYPERV_PROBES, "windows"],
  ["hcs", HCS_PROBES, "windows"],
] as const;

for (const [driver, probes, os] of systems) {
  Deno.test(`a machine with all that ${driver} needs is ready`, async () => {
    const all = await findings(probes, machine(os));
    assertEquals(all.filter(({ ok }) => !ok), []);
    assertEquals(isReady(all), true);
  });

  Deno.test(`a machine of another system is not ready for ${driver}, and cannot be mended`, async () => {
    const all = await findings(probes, machine("darwin"));
    assertEquals(isReady(all), false);
    assertEquals(all.map(({ id }) => id), ["system"]);
  });
}

Deno.test("what is missing is told with what mends it", async () => {
  const all = await findings(LIBVIRT_PROBES, machine("linux", ["qemu-img"]));
  assertEquals(isReady(all), false);
  assertEquals(
    told(all.filter(({ ok }) => !ok)),
    [
      "missing  program.qemu-img: QEMU's disk tool; found: none",
      '           mend it: sudo env "PATH=$PATH" deno task provision --for libvirt',
      "",
    ].join("\n"),
  );
});

Deno.test("without hardware virtualization a machine is ready, and is told what it costs", async () => {
  const all = await findings(LIBVIRT_PROBES, machine("linux", ["/dev/kvm"]));
  assertEquals(isReady(all), true);
  assertEquals(all.find(({ id }) => id === "kvm")?.ok, false);
});

Deno.test("libvirt on another host is judged by what is needed here, and the rest was not looked at", async () => {
  const uri = "qemu+ssh://me@host/system";
  const nothing = ["qemu-system-x86_64", "dnsmasq", "iptables", "/run/libvirt/libvirt-sock"];
  const all = await findings(probesFor("libvirt", { uri }), machine("darwin", nothing));
  assertEquals(isReady(all), true);
  assertEquals(all.filter(({ ok }) => !ok).map(({ id }) => id), ["host"]);
  assertStringIncludes(told(all), `"${uri}" is another machine; not looked at there: QEMU, `);
});

Deno.test("a host that is reached by SSH needs its client here, and one by TCP does not", async () => {
  const [ssh, tcp] = await Promise.all(["ssh", "tcp"].map(async (transport) => {
    const probes = probesFor("libvirt", { uri: `qemu+${transport}://host/system` });
    return isReady(await findings(probes, machine("linux", ["ssh"])));
  }));
  assertEquals([ssh, tcp], [false, true]);
});

Deno.test("the socket that the setting names is the one that is looked for", async () => {
  const probes = probesFor("libvirt", { uri: "qemu+unix:///system?socket=/mine" });
  const [socket] = (await findings(probes, machine("linux", ["/mine"]))).filter(({ ok }) => !ok);
  assertEquals([socket?.id, socket?.found], ["socket", "no /mine"]);
});

Deno.test("a URI that libvirt's driver does not take is wrong use, before anything is looked at", () => {
  assertThrows(() => probesFor("libvirt", { uri: "xen:///system" }), UsageError, "xen:///system");
});

Deno.test("every probe has an id of its own", () => {
  for (const [, probes] of systems) {
    assertEquals(new Set(probes.map(({ id }) => id)).size, probes.length);
  }
});

for (const [driver, name] of [["libvirt", "uri"], ["hcs", "library"], ["hyperv", "switch"]]) {
  Deno.test(`a setting that ${driver} refuses is wrong use, and nothing that is missing`, async () => {
    const probe = reaches(driver, { [name]: "bad" });
    await assertRejects(() => probe.look(machine("linux")), UsageError, '"bad"');
  });
}
