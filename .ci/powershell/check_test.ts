import { assertEquals, assertNotEquals } from "@std/assert";
import { BOOTSTRAP, compactBootstrap } from "../../drivers/hyperv/bootstrap.ts";
import { checkScript } from "./check.ts";

Deno.test("the bootstrap is a script that Windows PowerShell 5.1 can read", async () => {
  assertEquals(await checkScript(BOOTSTRAP), []);
  assertEquals(await checkScript(compactBootstrap()), []);
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
