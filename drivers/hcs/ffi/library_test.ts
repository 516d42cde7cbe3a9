/**
 * What the native double says of misuse, so that its silence elsewhere means something.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { computeCoreDouble } from "../../../fixtures/doubles/computecore/double.ts";
import { LiveBackend } from "../live.ts";
import { codeOf } from "./hresult.ts";
import { type Libraries, openLibraries } from "./library.ts";
import { outPointer, toGuid, toWide, writtenPointer } from "./strings.ts";

const folder = await computeCoreDouble();
const libraries = folder === undefined ? undefined : openLibraries(folder);
let seen = 0;

/** A test of misuse: the violations that it adds must be these. */
function misuse(
  name: string,
  violations: readonly string[],
  work: (libraries: Libraries) => Promise<void>,
): void {
  Deno.test({
    name: `${name} (native double)`,
    ignore: libraries === undefined,
    async fn() {
      if (!libraries) return;
      await work(libraries);
      const { violations: all } = await new LiveBackend(libraries).call("census", {});
      const fresh = all.slice(seen);
      seen = all.length;
      assertEquals(fresh, violations);
    },
  });
}

const DOCUMENT = toWide(JSON.stringify({
  SchemaVersion: { Major: 2, Minor: 1 },
  ShouldTerminateOnLastHandleClosed: true,
  VirtualMachine: { ComputeTopology: { Memory: { SizeInMB: 2 } } },
}));

/** Begins to create a system and does not wait for it. */
async function begin({ core }: Libraries, operation: Deno.PointerValue, id: string) {
  const out = outPointer();
  await core.HcsCreateComputeSystem(toWide(id), DOCUMENT, operation, null, out);
  return writtenPointer(out);
}

/** The result of an operation, once there is one. */
async function resultOf({ core, frees }: Libraries, operation: Deno.PointerValue): Promise<string> {
  for (;;) {
    const out = outPointer();
    const code = codeOf(core.HcsGetOperationResult(operation, out));
    frees.compute(writtenPointer(out));
    if (code !== "0x80370117") return code;
    await Promise.resolve();
  }
}

async function hold(libraries: Libraries, method: "lab.hold" | "lab.release", id: string) {
  await new LiveBackend(libraries).call(method, { id });
}

misuse(
  "an operation that is closed twice is seen",
  ["HcsCloseOperation: stale handle"],
  async (it) => {
    const operation = it.core.HcsCreateOperation(0n, null);
    await it.core.HcsCloseOperation(operation);
    await it.core.HcsCloseOperation(operation);
  },
);

misuse(
  "an operation that is closed in flight is seen",
  ["HcsCloseOperation: in flight"],
  async (it) => {
    await hold(it, "lab.hold", "flight");
    const operation = it.core.HcsCreateOperation(0n, null);
    const system = await begin(it, operation, "flight");
    await it.core.HcsCloseOperation(operation);
    await hold(it, "lab.release", "flight");
    await it.core.HcsCloseComputeSystem(system);
  },
);

misuse("an operation in use is seen", ["system.start: the operation is in use"], async (it) => {
  await hold(it, "lab.hold", "used");
  const operation = it.core.HcsCreateOperation(0n, null);
  const system = await begin(it, operation, "used");
  const hresult = await it.core.HcsStartComputeSystem(system, operation, null);
  assertEquals(codeOf(hresult), "0x80370116");
  await hold(it, "lab.release", "used");
  assertEquals(await resultOf(it, operation), "0x00000000");
  await it.core.HcsCloseOperation(operation);
  await it.core.HcsCloseComputeSystem(system);
});

misuse("a handle that is closed under an operation is seen", [
  "HcsCloseComputeSystem: operations in flight",
], async (it) => {
  const operation = it.core.HcsCreateOperation(0n, null);
  const system = await begin(it, operation, "under");
  assertEquals(await resultOf(it, operation), "0x00000000");
  await hold(it, "lab.hold", "under");
  await it.core.HcsStartComputeSystem(system, operation, null);
  await it.core.HcsCloseComputeSystem(system);
  await hold(it, "lab.release", "under");
  assertEquals(await resultOf(it, operation), "0x80370110");
  await it.core.HcsCloseOperation(operation);
});

misuse("a handle that was closed is seen", ["system.start: stale handle"], async (it) => {
  const operation = it.core.HcsCreateOperation(0n, null);
  const system = await begin(it, operation, "stale");
  assertEquals(await resultOf(it, operation), "0x00000000");
  await it.core.HcsCloseComputeSystem(system);
  const hresult = await it.core.HcsStartComputeSystem(system, operation, null);
  assertEquals(codeOf(hresult), "0x80070006");
  await it.core.HcsCloseOperation(operation);
});

misuse("a result that is freed by the wrong function, or twice is seen", [
  "CoTaskMemFree: a result of the other library",
  "LocalFree: not a result, or freed before",
  "LocalFree: a result of the other library",
], async (it) => {
  const out = outPointer();
  await it.core.HcsGetServiceProperties(null, out);
  it.frees.network(writtenPointer(out));
  it.frees.compute(writtenPointer(out));
  const error = outPointer();
  const id = toGuid("00000000-0000-4000-8000-000000000000");
  await it.network.HcnOpenNamespace(id, outPointer(), error);
  it.frees.compute(writtenPointer(error));
});

misuse("a second callback on a handle is refused", [], async (it) => {
  const operation = it.core.HcsCreateOperation(0n, null);
  const system = await begin(it, operation, "twice");
  assertEquals(await resultOf(it, operation), "0x00000000");
  const set = () => it.core.HcsSetComputeSystemCallback(system, 0, 1n, it.events.callback.pointer);
  assertEquals([codeOf(await set()), codeOf(await set())], ["0x00000000", "0x80370119"]);
  await it.core.HcsCloseOperation(operation);
  await it.core.HcsCloseComputeSystem(system);
});
