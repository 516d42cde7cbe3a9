import { assertEquals } from "@std/assert";
import type { TaskPort } from "../../contract/mod.ts";
import { machineOf, ruleOf, rulesFor, toDelete, toInsert } from "./rules.ts";

const target = { machine: "o.web-1", address: "10.0.0.5", bridge: "virbr0" };
const port: TaskPort = { label: "http", value: 8080, to: 80, hostIp: "192.0.2.1" };

Deno.test("a port of the host leads to the guest, from outside and from the host itself", () => {
  const rules = rulesFor(port, target);
  assertEquals(rules.map((it) => `${it.table} ${it.chain}`), [
    "nat OUTPUT",
    "filter FORWARD",
    "nat PREROUTING",
  ]);
  assertEquals(
    rules[0].spec.join(" "),
    [
      "-d 192.0.2.1/32 -p tcp -m tcp --dport 8080",
      "-m comment --comment vmtck:o.web-1 -j DNAT --to-destination 10.0.0.5:80",
    ].join(" "),
  );
  assertEquals(
    rules[1].spec.join(" "),
    [
      "-d 10.0.0.5/32 -p tcp -m tcp --dport 80",
      "-m comment --comment vmtck:o.web-1 -j ACCEPT",
    ].join(" "),
  );
});

Deno.test("a port of the loopback is open to the host alone", () => {
  const rules = rulesFor({ ...port, hostIp: "127.0.0.1" }, target);
  assertEquals(rules.map((it) => `${it.table} ${it.chain}`), [
    "nat OUTPUT",
    "filter FORWARD",
    "nat POSTROUTING",
    "filter INPUT",
  ]);
  assertEquals(rules[3].spec.includes("DROP"), true);
});

Deno.test("a port of all addresses leaves the loopback alone", () => {
  const [{ spec }] = rulesFor({ ...port, hostIp: "0.0.0.0", to: 0, protocol: "udp" }, target);
  assertEquals(
    spec.slice(0, 10).join(" "),
    "-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -p udp -m",
  );
  assertEquals(spec.at(-1), "10.0.0.5:8080");
});

Deno.test("a rule that is listed is found by its machine, and removed as it was made", () => {
  const [rule] = rulesFor(port, target);
  for (const quote of ["", '"']) {
    const line = `-A ${rule.chain} ` + rule.spec.join(" ")
      .replace("vmtck:o.web-1", `${quote}vmtck:o.web-1${quote}`);
    assertEquals(machineOf(line), "o.web-1");
    assertEquals(toDelete(ruleOf("nat", line)), ["-t", "nat", "-D", "OUTPUT", ...rule.spec]);
  }
  assertEquals(toInsert(rule).slice(0, 4), ["-t", "nat", "-I", "OUTPUT"]);
});

Deno.test("a rule of somebody else is nobody's machine's", () => {
  for (
    const line of [
      "-A FORWARD -j LIBVIRT_FWX",
      '-A FORWARD -m comment --comment "it is \\"vmtck:o.web-1\\"" -j ACCEPT',
      "-A FORWARD -m comment --comment other -j ACCEPT",
    ]
  ) assertEquals(machineOf(line), undefined);
});
