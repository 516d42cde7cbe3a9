import { assertEquals } from "@std/assert";
import { isSshAddress, sshAddressAt } from "./ssh.ts";

for (const text of ["10.0.0.1:22", "localhost:65535", "a-b.example:1", "[fd00::1]:22"]) {
  Deno.test(`"${text}" is an SSH address`, () => assertEquals(isSshAddress(text), true));
}

for (
  const text of [
    "",
    "10.0.0.1",
    ":22",
    "a:0",
    "a:65536",
    "-oProxyCommand=x:22",
    "fd00::1:22",
    "a b:22",
  ]
) {
  Deno.test(`"${text}" is no SSH address`, () => assertEquals(isSshAddress(text), false));
}

Deno.test("an SSH address is an IP address with a port", () => {
  assertEquals(sshAddressAt("10.0.0.1"), "10.0.0.1:22");
  assertEquals(sshAddressAt("fd00::1"), "[fd00::1]:22");
  assertEquals(sshAddressAt("127.0.0.1", 2222), "127.0.0.1:2222");
});
