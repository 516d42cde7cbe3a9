import { assertEquals, assertNotEquals } from "@std/assert";
import { BOOTSTRAP, compactBootstrap } from "../../drivers/hyperv/bootstrap.ts";
import { HCS_PROBES, HYPERV_PROBES } from "../../hw-runners/doctor/windows.ts";
import type { Machine } from "../../hw-runners/machine.ts";
import { HCS_STEPS, HYPERV_STEPS } from "../../hw-runners/provision/windows.ts";
import { checkScript } from "./check.ts";

Deno.test("the bootstrap is a script that Windows PowerShell 5.1 can read", async () => {
  assertEquals(await checkScript(BOOTSTRAP), []);
  assertEquals(await checkScript(compactBootstrap()), []);
});

Deno.test("provisioning and the doctor ask Windows PowerShell 5.1 what it can read", async () => {
  const scripts = new Set<string>();
  const asked: Machine = {
    os: "windows",
    run(_program, args) {
      scripts.add(args.at(-1) ?? "");
      return Promise.resolve(undefined);
    },
    exists: () => Promise.resolve(false),
  };
  for (const probe of [...HYPERV_PROBES, ...HCS_PROBES]) await probe.look(asked);
  for (const { isDone, commands } of [...HYPERV_STEPS, ...HCS_STEPS]) {
    await isDone(asked);
    for (const [, ...args] of commands) scripts.add(args.at(-1) ?? "");
  }
  assertEquals(scripts.size > 12, true);
  for (const script of scripts) assertEquals(await checkScript(script), [], script);
});

Deno.test("a script without one of its brackets is reported", async () => {
  const places = [...BOOTSTRAP.matchAll(/^\}$/gm)].map(({ index }) => index);
  for (const at of [places[0], places[places.length >> 1]]) {
    const broken = BOOTSTRAP.slice(0, at) + BOOTSTRAP.slice(at + 1);
    assertNotEquals(await checkScript(broken), []);
  }
});

for (
  const [what, script] of Object.entries({
    "an open string": `$a = 'x`,
    "a conditional expression": "$a = $b ? 1 : 2",
    "a null-coalescing operator": "$a = $b ?? 1",
    "a pipeline chain": "Get-Item a && Get-Item b",
    "a null-conditional member": "${a}?.Length",
    "the host's own input": "$input | ForEach-Object { $_ }",
    "output beside the protocol": "Write-Host 'hello'",
    "JSON of no known depth": "ConvertTo-Json $a",
    "a letter that is not ASCII": "$a = 'ü'",
    "text that becomes script": "Invoke-Expression $a",
  })
) {
  Deno.test(`a script with ${what} is reported`, async () => {
    assertNotEquals(await checkScript(script), []);
  });
}
