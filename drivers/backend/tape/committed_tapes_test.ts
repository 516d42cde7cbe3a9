import { assertEquals } from "@std/assert";
import { scanForSecrets } from "./secrets.ts";
import { parseTape } from "./tape.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);

async function tapesBelow(folder: URL): Promise<URL[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = await Promise.all(entries.map(({ name, isDirectory }) => {
    if (isDirectory) return tapesBelow(new URL(`${name}/`, folder));
    return name.endsWith(".ndjson") ? [new URL(name, folder)] : [];
  }));
  return found.flat().sort((a, b) => a.href < b.href ? -1 : 1);
}

Deno.test("no committed tape holds a secret, and none was edited by hand", async (t) => {
  const tapes = await tapesBelow(FIXTURES);
  const findings: string[] = [];
  let lines = 0;
  for (const url of tapes) {
    const path = url.href.slice(FIXTURES.href.length);
    const text = await Deno.readTextFile(url);
    const [driver, name] = path.split("/").slice(-2);
    const tape = parseTape(text, { driver, case: name.replace(/\.ndjson$/, "") });
    lines += tape.lines.length;
    findings.push(
      ...scanForSecrets(text).map((it) => `${path}:${it.line}: ${it.rule}: ${it.excerpt}`),
    );
  }
  assertEquals(findings, []);
  await t.step(`scanned ${tapes.length} tapes with ${lines} lines`, () => {});
});
