import { assertEquals } from "@std/assert";
import { addressOf } from "./addresses.ts";

const adapter = (addresses: readonly string[] | null) => ({ mac: "", addresses, switchId: null });

Deno.test("lists that are not there yet have no address", () => {
  assertEquals(addressOf(null), undefined);
  assertEquals(addressOf([]), undefined);
  assertEquals(addressOf([adapter(null), adapter([])]), undefined);
});

Deno.test("IPv4 comes before IPv6, on whatever adapter and at whatever place", () => {
  const adapters = [adapter(["fe80::1", "fd00::1"]), adapter(["fe80::2", "172.27.16.2"])];
  assertEquals(addressOf(adapters), "172.27.16.2");
});

Deno.test("link-local, loopback and unspecified addresses lead nowhere", () => {
  const useless = [
    "fe80::215:5dff:1",
    "FE80::1",
    "169.254.3.4",
    "127.0.0.1",
    "::1",
    "::",
    "0.0.0.0",
  ];
  assertEquals(addressOf([adapter(useless)]), undefined);
  assertEquals(addressOf([adapter([...useless, "fd00::7"])]), "fd00::7");
});
