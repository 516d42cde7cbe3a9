/** A project of somebody else's that imports the package by its exports, and nothing else of it. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { packageCopy } from "./publish.ts";

const { exports }: { exports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
);

/** What the project does: a machine in memory, and the suite over a simulated host. */
const PROGRAM = `
${Object.keys(exports).map((path) => `import "@vmtck/vmtck${path.slice(1)}";`).join("\n")}
import { DriverError, isDriverError } from "@vmtck/vmtck";
import { systemClock } from "@vmtck/vmtck/backend";
import { CASES, openSubject, run, select } from "@vmtck/vmtck/conformance";
import { hypervDriver } from "@vmtck/vmtck/drivers/hyperv";
import { libvirtDriver } from "@vmtck/vmtck/drivers/libvirt";
import { MEMORY } from "@vmtck/vmtck/drivers/memory";

for (const open of [libvirtDriver, hypervDriver]) {
  try {
    const folders = { cacheDir: "/tmp/cache", configDir: "/tmp/config" };
    open({ owner: "Not A Label", imagesUrl: "http://127.0.0.1:9/", ...folders });
  } catch (error) {
    console.log(isDriverError(error) && error instanceof DriverError && error.code);
  }
}
console.log(typeof systemClock().now());
await using subject = await openSubject(MEMORY);
const cases = select(CASES, { ids: ["power.start", "registry"] });
const options = { seed: "consumer", startedAt: "2026-01-01T00:00:00Z" };
for await (const event of run(cases, subject, options)) {
  if (event.type === "run-end") console.log(event.totals.passed, event.totals.required, event.exitCode);
}
`;

Deno.test("a project imports the package, opens its adapters and runs the suite", async () => {
  const folder = await Deno.makeTempDir({ prefix: "vmtck-consumer-" });
  try {
    const links = await packageCopy(folder);
    const project = join(folder, "project");
    await Deno.mkdir(project);
    const imports = { "@vmtck/vmtck": "jsr:@vmtck/vmtck@^0.1.0" };
    const config = { imports, links, lock: false };
    await Deno.writeTextFile(join(project, "deno.json"), JSON.stringify(config));
    await Deno.writeTextFile(join(project, "main.ts"), PROGRAM);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", "main.ts"],
      cwd: project,
    }).output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    assertEquals(decoder.decode(stdout).trim().split("\n"), [
      "invalid-argument",
      "invalid-argument",
      "number",
      "5 5 0",
    ]);
    assertEquals(code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
