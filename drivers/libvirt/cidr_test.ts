import { assertEquals } from "@std/assert";
import { formatCidr, parseCidr, parseIpv4 } from "../contract/mod.ts";
import { networkOf, pickFree, prefixOf } from "./cidr.ts";

const cidr = (text: string) => parseCidr(text)!;

Deno.test("a gateway's address and netmask give the network", () => {
  const prefix = prefixOf("255.255.254.0");
  assertEquals(formatCidr(networkOf(parseIpv4("192.168.123.1")!, prefix)), "192.168.122.0/23");
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
