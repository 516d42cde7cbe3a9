import { assert, assertEquals } from "@std/assert";
import { DriverError, type DriverErrorInit, ERROR_CODES, isDriverError } from "./errors.ts";

const init: DriverErrorInit = {
  code: "not-found",
  operation: "machines.get",
  subject: "machine:c1/m1",
  message: "There is none",
};

Deno.test("there are 17 codes, each once, in the order of their numbers", () => {
  assertEquals(ERROR_CODES.length, 17);
  assertEquals(new Set(ERROR_CODES).size, 17);
  assertEquals(ERROR_CODES[5 - 1], "not-found");
  assertEquals(ERROR_CODES[17 - 1], "uninitialized");
});

Deno.test("an error survives the way to JSON, without its cause", () => {
  const backend = { code: "VIR_ERR_NO_DOMAIN", text: "no domain" };
  const whole = { ...init, reason: "r", leftovers: ["disk:a"], backend, retryable: true };
  const error = new DriverError({ ...whole, cause: new Error("secret") });
  assertEquals(JSON.parse(JSON.stringify(error)), whole);
  assertEquals(JSON.parse(JSON.stringify(new DriverError(init))), { ...init, retryable: false });
});

Deno.test("what passes by itself is retryable, unless said otherwise", () => {
  const retryable = ERROR_CODES.filter((code) => new DriverError({ ...init, code }).retryable);
  assertEquals(retryable, ["deadline-exceeded", "aborted", "unavailable"]);
  assertEquals(new DriverError({ ...init, code: "aborted", retryable: false }).retryable, false);
});

Deno.test("an error of another copy of the package is one too", async () => {
  const copy: { DriverError: typeof DriverError } = await import(`./errors.ts?${"copy"}`);
  const error = new copy.DriverError(init);
  assert(!(error instanceof DriverError));
  assert(isDriverError(error));
});

Deno.test("nothing else is an error of the contract", () => {
  const impostor = Object.assign(new Error("a"), { name: "DriverError", code: "no-such-code" });
  for (const value of [undefined, null, "not-found", init, new Error("a"), impostor]) {
    assert(!isDriverError(value));
  }
});
