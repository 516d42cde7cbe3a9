import { assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { readSettings, SETTINGS } from "./settings.ts";

Deno.test("every default is accepted", () => {
  for (const { fallback, accepts } of Object.values(SETTINGS)) {
    assertEquals(accepts(fallback), true);
  }
  assertEquals(readSettings({}).pool, "vmtck");
});

for (
  const [name, value] of [
    ["pool", "../x"],
    ["pool", ""],
    ["pool-path", "relative"],
    ["pool-path", "/a\nb"],
    ["copy", "both"],
    ["acceleration", "yes"],
    ["networks", "10.0.0.0/25"],
    ["networks", "here"],
    ["ssh-user", "-oProxyCommand=x"],
    ["ssh-key", "key"],
    ["color", "red"],
    ["toString", "x"],
  ] as const
) {
  Deno.test(`the setting ${name}=${JSON.stringify(value)} is refused`, () => {
    const error = assertThrows(() => readSettings({ [name]: value }), DriverError);
    assertEquals([error.code, error.message.includes(`"${name}"`)], ["invalid-argument", true]);
  });
}

for (const uri of ["", "bad", "qemu+tls://host/system", "qemu+ssh://me:hunter2@/system"]) {
  Deno.test(`the setting uri=${JSON.stringify(uri)} is refused, without its password`, () => {
    const error = assertThrows(() => readSettings({ uri }), DriverError, "libvirt URI");
    assertEquals([error.code, error.message.includes("hunter2")], ["invalid-argument", false]);
  });
}

for (
  const uri of ["xen:///system", "lxc+ssh://host/", "test:///default", "qemu:///", "qemu:///x"]
) {
  Deno.test(`the setting uri=${JSON.stringify(uri)} is refused with what is supported`, () => {
    const error = assertThrows(() => readSettings({ uri }), DriverError, '"qemu:///system"');
    assertEquals([error.code, error.message.includes(`"${uri}"`)], ["invalid-argument", true]);
  });
}

for (const uri of ["qemu:///system", "qemu+unix:///session?socket=/s", "qemu+tcp://host/system"]) {
  Deno.test(`the setting uri=${JSON.stringify(uri)} is accepted`, () => {
    assertEquals(readSettings({ uri }).uri, uri);
  });
}

Deno.test("the test guest brings the key that opens it, unless another is named", () => {
  assertEquals(readSettings({ guest: "/g" }).sshKey, "/g/id_ed25519");
  assertEquals(readSettings({ guest: "/g", "ssh-key": "/k" }).sshKey, "/k");
});
