import { assertEquals } from "@std/assert";
import { outlineOf, outlinesOf } from "./outline.ts";

const METADATA = { name: "m1", uid: "u1", labels: { a: "b" } } as const;
const STATUS = { printableStatus: "Running", conditions: [{ type: "Ready", status: "True" }] };
const MACHINE = {
  kind: "VirtualMachine",
  metadata: { ...METADATA, managedFields: [{ manager: "kubectl" }] },
  spec: { runStrategy: "Once", template: { spec: { domain: {} } }, dataVolumeTemplates: [] },
  status: STATUS,
};
const OUTLINE = {
  ...{ kind: "VirtualMachine", metadata: METADATA, spec: { runStrategy: "Once" }, status: STATUS },
};

Deno.test("an outline tells how an object is, and not what it is made from", () => {
  assertEquals(outlineOf<typeof OUTLINE>(MACHINE), OUTLINE);
});

Deno.test("an outline of a Secret has nothing of its content", () => {
  const secret = { kind: "Secret", metadata: METADATA };
  assertEquals(outlineOf({ ...secret, data: { k: "v" }, stringData: { k: "v" } }), secret);
});

Deno.test("a list in outline keeps its own metadata", () => {
  const metadata = { resourceVersion: "7", continue: "next" };
  assertEquals(outlinesOf({ metadata, items: [MACHINE] }), { metadata, items: [OUTLINE] });
});

Deno.test("a status in place of an object stays as it is", () => {
  const status = { kind: "Status", metadata: {}, status: "Success", details: { uid: "u1" } };
  assertEquals(outlineOf(status), status);
});
