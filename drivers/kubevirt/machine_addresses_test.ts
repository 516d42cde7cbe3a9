import { assertEquals } from "@std/assert";
import type { VmiInterface } from "./backend.ts";
import { addressOf } from "./machine_addresses.ts";

function address(
  interfaces: readonly VmiInterface[],
  agent = true,
  addresses: "guest" | "pod" = "guest",
) {
  const conditions = agent ? [{ type: "AgentConnected", status: "True" }] : [];
  return addressOf({ metadata: {}, status: { phase: "Running", interfaces, conditions } }, {
    addresses,
  });
}

Deno.test("the address of the guest is that of its default interface, wherever it stands", () => {
  const other = { name: "storage", ipAddress: "10.9.0.1" };
  const own = { name: "default", ipAddress: "10.244.0.5" };
  assertEquals(address([other, own]), "10.244.0.5");
  assertEquals(address([own, other]), "10.244.0.5");
});

Deno.test("IPv4 comes before IPv6, and what leads nowhere does not count", () => {
  const ipAddresses = ["fe80::1", "fd00::5", "169.254.1.1", "10.244.0.5"];
  assertEquals(address([{ name: "default", ipAddress: "fe80::1", ipAddresses }]), "10.244.0.5");
  assertEquals(address([{ name: "default", ipAddresses: ["fe80::1", "fd00::5"] }]), "fd00::5");
});

Deno.test("without interfaces, or with empty ones, there is none", () => {
  assertEquals(address([]), undefined);
  assertEquals(address([{ name: "default" }, { ipAddress: "" }]), undefined);
  assertEquals(addressOf(undefined, { addresses: "pod" }), undefined);
});

Deno.test("the address of its pod says nothing of a guest, unless the user takes it", () => {
  const interfaces = [{ name: "default", ipAddress: "10.244.0.5" }];
  assertEquals(address(interfaces, false), undefined);
  assertEquals(address(interfaces, false, "pod"), "10.244.0.5");
});
