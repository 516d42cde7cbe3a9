import { assertEquals } from "@std/assert";
import { Metadata, type ServiceError, status as Code } from "@grpc/grpc-js";
import { DriverError, type ErrorCode } from "../contract/mod.ts";
import { encode } from "./codec.ts";
import { fromStatus, toStatus } from "./status.ts";

const ABOUT = { operation: "task.stop", subject: "task:t1" } as const;

/** A status as the library tells it. */
function status(code: Code, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
}

/** What Go's wrapper sends for an error that says whether it is recoverable. */
function recoverable(value: boolean): Metadata {
  const metadata = new Metadata();
  const typeUrl = "type.googleapis.com/hashicorp.nomad.plugins.shared.structs.RecoverableError";
  const detail = { typeUrl, value: encode("RecoverableError", { recoverable: value }) };
  const bytes = encode("Status", { code: Code.FAILED_PRECONDITION, details: [detail] });
  metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  return metadata;
}

Deno.test("an error of ours comes back whole, and with its own code where hosts read it well", () => {
  for (const code of ["not-found", "already-exists", "invalid-argument"] as const) {
    const error = new DriverError({ code, ...ABOUT, message: "no", leftovers: ["disk:a"] });
    const sent = toStatus(error);
    const received = fromStatus(status(sent.code, sent.details, sent.metadata), ABOUT);
    assertEquals(received.toJSON(), error.toJSON());
  }
});

Deno.test("no error of a driver looks like the death of its plugin", () => {
  const codes: ErrorCode[] = ["unavailable", "canceled", "uninitialized"];
  for (const code of codes) {
    const sent = toStatus(new DriverError({ code, ...ABOUT, message: "no" }));
    assertEquals(sent.code, Code.UNKNOWN);
    assertEquals(fromStatus(status(sent.code, sent.details, sent.metadata), ABOUT).code, code);
  }
});

Deno.test("a task that is not there is told by code and by the text that all hosts know", () => {
  const sent = toStatus(
    new DriverError({ code: "not-found", ...ABOUT, reason: "ErrTaskNotFound", message: "gone" }),
  );
  assertEquals([sent.code, sent.details], [
    Code.NOT_FOUND,
    "task not found for given id: gone",
  ]);
});

Deno.test("what is no error of the contract is internal", () => {
  assertEquals(toStatus(new TypeError("x")).code, Code.INTERNAL);
});

Deno.test("the text of a Go driver stands for the code that got lost", () => {
  const missing = fromStatus(status(Code.UNKNOWN, "task not found for given id"), ABOUT);
  assertEquals([missing.code, missing.reason], ["not-found", "ErrTaskNotFound"]);
  const stats = fromStatus(status(Code.UNKNOWN, "stats not implemented for driver"), ABOUT);
  assertEquals([stats.code, stats.reason], ["unimplemented", "DriverStatsNotImplemented"]);
  assertEquals(fromStatus(status(Code.UNKNOWN, "boom"), ABOUT).code, "unknown");
});

Deno.test("whether a Go driver's error is recoverable survives", () => {
  for (const value of [true, false]) {
    const error = status(Code.FAILED_PRECONDITION, "no such image", recoverable(value));
    const received = fromStatus(error, ABOUT);
    assertEquals([received.code, received.retryable], ["unknown", value]);
  }
});

Deno.test("details that make no sense are no details", () => {
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from([255, 255, 255]));
  assertEquals(fromStatus(status(Code.NOT_FOUND, "no", metadata), ABOUT).code, "not-found");
});

Deno.test("where there is no connection, the reason is told without the library's words around it", () => {
  for (
    const [said, reason] of [
      [
        "No connection established. Last error: Error: connect ENOENT /p.sock. Resolution note: ",
        "connect ENOENT /p.sock",
      ],
      [
        "No connection established. Last error: write EPIPE (2026-11-21T16:57:36.314Z). Resolution note: ",
        "write EPIPE",
      ],
      ["Connection dropped", "Connection dropped"],
    ] as const
  ) {
    const { message, backend } = fromStatus(status(Code.UNAVAILABLE, said), ABOUT);
    assertEquals([message, backend?.text], [`The plugin does not answer: ${reason}`, reason]);
  }
});
