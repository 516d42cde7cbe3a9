import { assertEquals } from "@std/assert";
import {
  formatCidr,
  isReachable,
  isUsable,
  networkOf,
  overlap,
  parseCidr,
  parseIpv4,
  pickFree,
  prefixOf,
} from "./cidr.ts";

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
    assertEquals(isUsable(cidr(text)), expected);
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
    assertEquals(isReachable(address), expected);
  });
}

Deno.test("a gateway's address and netmask give the network", () => {
  const prefix = prefixOf("255.255.254.0");
  assertEquals(formatCidr(networkOf(parseIpv4("192.168.123.1")!, prefix)), "192.168.122.0/23");
});

Deno.test("networks overlap if one has an address of the other", () => {
  assertEquals(overlap(cidr("10.0.0.0/8"), cidr("10.213.7.0/24")), true);
  assertEquals(overlap(cidr("10.213.6.0/24"), cidr("10.213.7.0/24")), false);
});

Deno.test("a free network is found whichever place the search begins at", () => {
  const range = cidr("10.213.0.0/22");
  const taken = ["10.213.0.0/24", "10.213.1.128/25", "10.213.3.0/24"].map(cidr);
  for (const name of ["a", "b", "c", "d", "e"]) {
    assertEquals(formatCidr(pickFree(range, taken, name)!), "10.213.2.0/24");
  }
});

Deno.test("no network is found where all are taken", () => {
  assertEquals(pickFree(cidr("10.213.0.0/22"), [cidr("10.0.0.0/8")], "a"), undefined);
});
