/** What can be told of the script without a PowerShell; that it parses is told in `.ci/powershell`. */
import { assertEquals } from "@std/assert";
import { BOOTSTRAP } from "./bootstrap.ts";

const lines = BOOTSTRAP.split("\n").map((line) => line.trim())
  .filter((line) => !line.startsWith("#"));

Deno.test("the script forces removals of machines alone", () => {
  const at = lines.findIndex((line) => line === "$given.Force = $true");
  assertEquals(lines[at - 1], "if ($cmdlet -eq 'Remove-VM') {");
  const others = lines.filter((line, index) => /force/i.test(line) && index !== at);
  // Hidden files are seen, too.
  assertEquals(others, [
    "$beside = @(Get-ChildItem -LiteralPath ([IO.Path]::GetDirectoryName($path)) -File -Force)",
    "$items = @(Get-ChildItem -LiteralPath $folder -Force)",
  ]);
});

Deno.test("the script calls Hyper-V's cmdlets by their full names", () => {
  const called = lines.flatMap((line) =>
    [...line.matchAll(/& '([^']*)'/g)].map(([, name]) => name)
  );
  assertEquals(called.filter((name) => !name?.startsWith("Hyper-V\\")), []);
  assertEquals(called.length, 12);
});

Deno.test("a name reaches a cmdlet with its wildcards escaped", () => {
  const calls = lines.filter((line) => line.includes("Get-VM' -Name"));
  const at = lines.findIndex((line) => line === calls[0]);
  assertEquals([calls.length, calls[0]?.includes(" -Name $literal ")], [1, true]);
  assertEquals(
    lines[at - 1],
    "$literal = [Management.Automation.WildcardPattern]::Escape($name)",
  );
});
