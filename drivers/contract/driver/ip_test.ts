import { assertEquals } from "@std/assert";
import { formatCidr, isUsable, isUsableCidr, overlap, parseCidr, parseIpv4 } from "./ip.ts";

const cidr = (text: string) => parseCidr(text)!;

for (const text of ["10.0.0.0/8", "192.168.125.0/24", "172.16.0.128/25", "0.0.0.0/0"]) {
  Deno.test(`${text} is read and written`, () => {
    assertEquals(formatCidr(cidr(text)), text);
  });
}

for (
  const text of [
    "default",
    "10.0.256.0/24",
    "10.0.0.0/33",
    "10.0.0.7/24",
    "fd00::/64",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "",
  ]
) {
  Deno.test(`"${text}" is no network`, () => {
    assertEquals(parseCidr(text), undefined);
  });
}

Deno.test("an address with a prefix is no address", () => {
  assertEquals(parseIpv4("10.0.0.1/8"), undefined);
});

for (
  const [text, expected] of [
    ["10.0.0.0/8", true],
    ["192.168.1.0/30", false],
    ["127.0.0.0/24", false],
    ["169.254.1.0/24", false],
    ["224.0.0.0/24", false],
    ["0.0.0.0/8", false],
  ] as const
) {
  Deno.test(`machines ${expected ? "can" : "cannot"} live in ${text}`, () => {
    assertEquals(isUsableCidr(cidr(text)), expected);
  });
}

for (
  const [address, expected] of [
    ["10.213.0.5", true],
    ["169.254.7.7", false],
    ["127.0.0.1", false],
    ["0.0.0.0", false],
    ["fe80::1", false],
    ["::1", false],
    ["2001:db8::1", true],
    ["fd00::1", true],
  ] as const
) {
  Deno.test(`${address} is ${expected ? "" : "not "}worth telling`, () => {
    assertEquals(isUsable(address), expected);
  });
}

Deno.test("networks overlap if one has an address of the other", () => {
  assertEquals(overlap(cidr("10.0.0.0/8"), cidr("10.213.7.0/24")), true);
  assertEquals(overlap(cidr("10.213.6.0/24"), cidr("10.213.7.0/24")), false);
});
