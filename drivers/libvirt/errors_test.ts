import { assertEquals, assertRejects } from "@std/assert";
import { BackendError, type BackendErrorKind } from "../backend/backend.ts";
import { DriverError, type Subject } from "../contract/mod.ts";
import { attempt, driverError, isRefused } from "./errors.ts";

import { ConnectionLost, LibvirtError, RpcError } from "./rpc/errors.ts";
import { backendError } from "./wire.ts";

for (
  const [kind, code, subject, expected] of [
    ["refused", "42", "machine:c/m", "not-found"],
    ["refused", "42", "network:c", "internal"],
    ["refused", "43", "network:c", "not-found"],
    ["refused", "43", "machine:c/m", "failed-precondition"],
    ["refused", "50", "machine:c/m", "failed-precondition"],
    ["refused", "2", "machine:c/m", "resource-exhausted"],
    ["refused", "38:28", "machine:c/m", "resource-exhausted"],
    ["refused", "38:13", "machine:c/m", "internal"],
    ["refused", "29", "machine:c/m", "permission-denied"],
    ["refused", "94", "driver:libvirt", "permission-denied"],
    ["refused", "1", "machine:c/m", "internal"],
    ["refused", "12345", "machine:c/m", "internal"],
    ["refused", "ssh-unauthenticated", "guest:a:22", "unauthenticated"],
    ["unreachable", "permission-denied", "driver:libvirt", "permission-denied"],
    ["unreachable", "no-socket", "driver:libvirt", "unavailable"],
    ["disconnected", "connection-lost", "machine:c/m", "unavailable"],
    ["timeout", "", "machine:c/m", "deadline-exceeded"],
    ["garbled", "xml", "machine:c/m", "internal"],
  ] as const
) {
  Deno.test(`${kind} ${code} about ${subject} is ${expected}`, () => {
    const error = new BackendError(kind as BackendErrorKind, code, "text");
    const about = { operation: "machine.start", subject: subject as Subject };
    const { code: seen, backend } = driverError(error, about);
    assertEquals([seen, backend], [expected, { code: code || kind, text: "text" }]);
  });
}

Deno.test("an abort is canceled, whatever came of the call", async () => {
  const signal = AbortSignal.abort();
  const about = { operation: "machine.start", subject: "machine:c/m", signal } as const;
  const error = await assertRejects(() => attempt(about, () => Promise.resolve()), DriverError);
  assertEquals(error.code, "canceled");
});

Deno.test("an error of the contract passes as it is", () => {
  const about = { operation: "machines.create", subject: "machine:c/m" } as const;
  const error = new DriverError({ ...about, code: "already-exists", message: "There is one" });
  assertEquals(driverError(error, { ...about, operation: "other" }), error);
});

Deno.test("a refusal is recognized by its number, with or without an errno", () => {
  const error = new BackendError("refused", "38:2", "No such file");
  assertEquals([isRefused(error, 38), isRefused(error, 2), isRefused(error)], [true, false, true]);
  assertEquals(isRefused(new BackendError("timeout", "38", ""), 38), false);
});

for (
  const [error, kind, code] of [
    [new LibvirtError(55, 10, 2, "not running"), "refused", "55"],
    [new LibvirtError(38, 10, 2, "No space left on device", 28), "refused", "38:28"],
    [new ConnectionLost("gone", true), "disconnected", "connection-lost"],
    [new ConnectionLost("gone", false), "unreachable", "connection-lost"],
    [new RpcError("no-socket", "none"), "unreachable", "no-socket"],
    [new RpcError("malformed", "bytes"), "garbled", "malformed"],
    [new SyntaxError("xml"), "garbled", "xml"],
  ] as const
) {
  Deno.test(`below the seam, ${error.name} ${code} is ${kind}`, () => {
    const seen = backendError(error) as BackendError;
    assertEquals([seen.kind, seen.code], [kind, code]);
  });
}
