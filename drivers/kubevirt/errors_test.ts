import { assertEquals } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import type { Meaning } from "../backend/driver_errors.ts";
import { isUnsure, meaningOf } from "./errors.ts";
import { KubeconfigError } from "./kubeconfig.ts";

const refused = (code: string): BackendError => new BackendError("refused", code, "words");

Deno.test("every refusal of a server has its code", () => {
  const table: Readonly<Record<string, Meaning>> = {
    "400 BadRequest": ["invalid-argument"],
    "401 Unauthorized": ["unauthenticated"],
    "403 Forbidden": ["permission-denied"],
    "403 Forbidden?note=quota": ["resource-exhausted", "quota"],
    "403 Forbidden?cause=NamespaceTerminating+metadata.namespace": [
      "failed-precondition",
      "namespace-terminating",
    ],
    "404": ["failed-precondition", "not-installed"],
    "404 NotFound?kind=namespaces&name=n": ["failed-precondition", "no-namespace"],
    "409 AlreadyExists": ["already-exists"],
    "409 AlreadyExists?note=being-deleted": ["aborted", "deleting"],
    "409 Conflict": ["aborted", "conflict"],
    "410 Expired": ["unavailable", "expired"],
    "413 RequestEntityTooLarge": ["invalid-argument"],
    "415 UnsupportedMediaType": ["invalid-argument"],
    "422 Invalid": ["invalid-argument"],
    "429 TooManyRequests?retryAfterSeconds=1": ["unavailable", "throttled"],
    "500": ["unavailable"],
    "500 InternalError": ["internal"],
    "500 InternalError?note=webhook": ["unavailable", "webhook"],
    "500 ServerTimeout?retryAfterSeconds=2": ["unavailable"],
    "503 ServiceUnavailable": ["unavailable"],
    "504 Timeout": ["deadline-exceeded"],
    "418 Teapot": ["internal"],
  };
  for (const [code, meaning] of Object.entries(table)) {
    assertEquals(meaningOf(refused(code)), meaning, code);
  }
});

Deno.test("what is no refusal is left to others, except for trust and kubeconfigs", () => {
  assertEquals(meaningOf(new BackendError("timeout", "", "slow")), undefined);
  assertEquals(meaningOf(new TypeError("x")), undefined);
  assertEquals(meaningOf(new BackendError("unreachable", "tls", "x"))?.[0], "unauthenticated");
  assertEquals(meaningOf(new KubeconfigError("exec", "is refused"))?.[0], "invalid-argument");
  for (const code of ["bad-certificates", "bad-token"]) {
    assertEquals(meaningOf(new BackendError("unreachable", code, "x"))?.[0], "invalid-argument");
  }
});

Deno.test("only a refusal, or what was never sent, is certain not to have been done", () => {
  for (const kind of ["disconnected", "timeout", "garbled"] as const) {
    assertEquals(isUnsure(new BackendError(kind, "", "x")), true, kind);
  }
  assertEquals(isUnsure(refused("504 Timeout")), true);
  assertEquals(isUnsure(refused("409 Conflict")), false);
  assertEquals(isUnsure(new BackendError("unreachable", "", "x")), false);
});
