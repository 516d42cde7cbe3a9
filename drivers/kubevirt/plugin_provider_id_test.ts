import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { formatProviderId, parseProviderId } from "./plugin_provider_id.ts";

const UID = "6b756265-0000-4000-8000-000000000007";

Deno.test("an id says what it was made from, whatever the names", () => {
  const names = ["m1", "o.m1", "a/b", "ü", "%2F", "..", "a b", "?x#y"];
  for (const vm of names) {
    for (const namespace of ["default", ...names]) {
      const id = { namespace, vm, uid: UID };
      assertEquals(parseProviderId(formatProviderId(id)), id);
    }
  }
});

Deno.test("ids of other namespaces, names and incarnations differ", () => {
  const id = { namespace: "a", vm: "b", uid: UID };
  const text = formatProviderId(id);
  for (
    const other of [{ namespace: "b" }, { vm: "a" }, { uid: "x" }, { namespace: "a/b", vm: "" }]
  ) {
    assertNotEquals(formatProviderId({ ...id, ...other }), text);
  }
});

Deno.test("what is no id is refused", () => {
  const texts = ["m1", "kubevirt://m1", "kubevirt://a/b", "kubevirt:///b/c", "aws:///a/b/c"];
  for (const text of [...texts, "kubevirt://a/b/c/d", "kubevirt://a/b/%zz", "kubevirt://a/b/%61"]) {
    assertThrows(() => parseProviderId(text), Trouble, "no provider id");
  }
});
