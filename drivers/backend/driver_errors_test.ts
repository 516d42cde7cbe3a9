import { assertEquals, assertRejects } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { BackendError, type BackendErrorKind } from "./backend.ts";
import { type About, attempt, driverError, Trouble } from "./driver_errors.ts";

const ABOUT: About = { operation: "machine.start", subject: "machine:c1/m1" };

for (
  const [kind, code] of Object.entries({
    refused: "unknown",
    unreachable: "unavailable",
    disconnected: "unavailable",
    timeout: "deadline-exceeded",
    garbled: "internal",
  })
) {
  Deno.test(`a call that is ${kind} is ${code}, with the backend's own words`, () => {
    const error = driverError(new BackendError(kind as BackendErrorKind, "7", "Bad luck"), ABOUT);
    assertEquals([error.code, error.backend], [code, { code: "7", text: "Bad luck" }] as unknown);
    assertEquals(error.message, 'Cannot start machine "c1/m1": bad luck');
  });
}

Deno.test("an adapter reads its own errors, and only those", () => {
  const meaningOf = (error: unknown) =>
    error instanceof RangeError ? ["out-of-range", "size"] as const : undefined;
  const own = driverError(new RangeError("QEMU has not so much"), ABOUT, meaningOf);
  assertEquals([own.code, own.reason], ["out-of-range", "size"]);
  assertEquals(own.message, 'Cannot start machine "c1/m1": QEMU has not so much');
  assertEquals(driverError("odd", ABOUT, meaningOf).code, "internal");
});

Deno.test("trouble becomes an error about the call, told as the caller says", () => {
  const trouble = new Trouble("not-found", "There is none", "gone");
  const { operation, subject } = ABOUT;
  const error = driverError(trouble, { operation, subject, doing: "wake it" });
  assertEquals([error.code, error.reason, error.operation], ["not-found", "gone", operation]);
  assertEquals(error.message, "Cannot wake it: there is none");
});

Deno.test("an error of the contract stays as it is", () => {
  const error = new DriverError({ code: "aborted", ...ABOUT, message: "No" });
  assertEquals(driverError(error, { ...ABOUT, signal: AbortSignal.abort() }), error);
});

Deno.test("whatever an aborted call throws is canceled, and its work is not begun", async () => {
  const about = { ...ABOUT, signal: AbortSignal.abort() };
  let begun = false;
  const work = () => Promise.resolve(begun = true);
  const error = await assertRejects(() => attempt(about, work), DriverError);
  assertEquals([error.code, begun], ["canceled", false]);
});

Deno.test("a driver's own calls are told by their names", () => {
  const about: About = { operation: "machines.list", subject: "driver:memory" };
  assertEquals(
    driverError(new Error(""), about).message,
    "Cannot do machines.list: no reason was given",
  );
});
