import { assertEquals } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { codeOf, isRefusal, parseCode, type Refusal, refusalOf } from "./status.ts";

const FULL: Refusal = {
  status: 422,
  reason: "Invalid",
  group: "kubevirt.io",
  kind: "VirtualMachine",
  name: "a&b?c=d e",
  causes: [
    { reason: "FieldValueRequired", field: "spec.template" },
    { reason: "", field: "spec.volumes[0].name" },
  ],
  retryAfterSeconds: 3,
  note: "quota",
};

Deno.test("the code of a refusal says all of it", () => {
  assertEquals(parseCode(codeOf(FULL)), FULL);
});

Deno.test("codes begin with status and reason", () => {
  assertEquals(codeOf({ status: 409, reason: "Conflict", causes: [] }), "409 Conflict");
  assertEquals(codeOf({ status: 404, reason: "", causes: [] }), "404");
  const name = codeOf({ status: 404, reason: "NotFound", name: "m1", kind: "pods", causes: [] });
  assertEquals(name, "404 NotFound?kind=pods&name=m1");
});

Deno.test("a code that is none reads as status 0", () => {
  assertEquals(parseCode("").status, 0);
  assertEquals(parseCode("vmtck:not-simulated").status, 0);
});

Deno.test("only refusals have one", () => {
  const refused = new BackendError("refused", "404 NotFound", "");
  assertEquals(refusalOf(refused)?.status, 404);
  assertEquals(refusalOf(new BackendError("timeout", "404 NotFound", "")), undefined);
  assertEquals(isRefusal(refused, 404, "NotFound"), true);
  assertEquals(isRefusal(refused, 404, "Gone"), false);
});
