import { assertEquals } from "@std/assert";
import { computeCoreDouble } from "../../../fixtures/doubles/computecore/double.ts";
import { wideJson } from "./json.ts";
import { openLibraries } from "./library.ts";
import { Operations } from "./operations.ts";
import { outPointer, toWide, writtenPointer } from "./strings.ts";
import { type Submit, Systems } from "./systems.ts";

const folder = await computeCoreDouble();
// Once for the process: a library is never closed.
const libraries = folder === undefined ? undefined : openLibraries(folder);

Deno.test({
  name: "operations on one handle are passed on one after the other (native double)",
  ignore: libraries === undefined,
  async fn() {
    if (!libraries) return;
    const { core } = libraries;
    const operations = new Operations(libraries);
    const systems = new Systems(libraries, operations, () => {});
    const id = "in-order";
    const document = wideJson({
      SchemaVersion: { Major: 2, Minor: 1 },
      VirtualMachine: { ComputeTopology: { Memory: { SizeInMB: 64 } } },
    });
    const out = outPointer();
    await operations.run((operation) =>
      core.HcsCreateComputeSystem(toWide(id), document, operation, null, out)
    );
    const handle = await systems.adopt(id, writtenPointer(out));
    const seen: string[] = [];
    const may = Promise.withResolvers<void>();
    const passing = (name: string, first: Promise<void>): Submit => async (system, operation) => {
      seen.push(`${name} begins`);
      await first;
      const accepted = await core.HcsGetComputeSystemProperties(system, operation, null);
      seen.push(`${name} is accepted`);
      return accepted;
    };
    const both = [
      systems.run({ id, handle }, passing("a", may.promise)),
      systems.run({ id, handle }, passing("b", Promise.resolve())),
    ];
    may.resolve();
    await Promise.all(both);
    await systems.close({ id, handle });
    assertEquals(seen, ["a begins", "a is accepted", "b begins", "b is accepted"]);
    assertEquals([operations.open, operations.results, systems.open], [0, 0, 0]);
  },
});
