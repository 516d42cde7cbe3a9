/** What can be told of the script without a PowerShell; that it parses is told in `.ci/powershell`. */
import { assertEquals } from "@std/assert";
import { BOOTSTRAP } from "./bootstrap.ts";

const lines = BOOTSTRAP.split("\n").map((line) => line.trim())
  .filter((line) => !line.startsWith("#"));

Deno.test("the script forces removals of machines alone", () => {
  const at = lines.findIndex((line) => line === "$given.Force = $true");
  assertEquals(lines[at - 1], "if ($cmdlet -eq 'Remove-VM') {");
  const others = lines.filter((line, index) => /force/i.test(line) && index !== at);
  // Hidden files are listed, too.
  assertEquals(others, ["$items = @(Get-ChildItem -LiteralPath $p.Path -Recurse -Force)"]);
});

Deno.test("the script calls Hyper-V's cmdlets by their full names", () => {
  const called = lines.flatMap((line) =>
    [...line.matchAll(/& '([^']*)'/g)].map(([, name]) => name)
  );
  assertEquals(called.filter((name) => !name?.startsWith("Hyper-V\\")), []);
  assertEquals(called.length, 9);
});

Deno.test("a name reaches a cmdlet with its wildcards escaped", () => {
  const filters = lines.filter((line) => line.startsWith("$filter.Name"));
  assertEquals(filters, [
    "$filter.Name = [Management.Automation.WildcardPattern]::Escape($p.Name)",
  ]);
});
