import { assertEquals } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { driverError, isAmbiguous, isBusy, isGuestsNo, mayBeMissing } from "./errors.ts";

const about = { operation: "machine.start", subject: "machine:c/m" } as const;
/** None of them says anything: texts are in the language of the host. */
const TEXT = "Not found, access denied, out of memory";
const refused = (code: string): BackendError => new BackendError("refused", code, TEXT);
const codeFor = (code: string): string => driverError(refused(code), about).code;

const RECORDS: Readonly<Record<string, string>> = {
  "AccessDenied:PermissionDenied": "permission-denied",
  "Unspecified:NotSpecified:0x80070005": "permission-denied",
  "CommandNotFoundException:ObjectNotFound": "unavailable",
  "CouldNotAutoLoadModule:ObjectNotFound": "unavailable",
  "MethodInvocationNotSupportedInConstrainedLanguage:NotSpecified": "unavailable",
  "InvalidState:InvalidOperation": "failed-precondition",
  "OutOfMemory:FromStdErr:0x8007000E": "resource-exhausted",
  "Unspecified:NotSpecified:0x800705AA": "resource-exhausted",
  "Unspecified:NotSpecified:0x80070070": "resource-exhausted",
  "ObjectInUse:ResourceBusy": "aborted",
  "OperationFailed:NotSpecified:0x80070020": "aborted",
  "Unspecified:NotSpecified:0x800700aa": "aborted",
  "ObjectNotFound:ObjectNotFound:0x80070003": "failed-precondition",
  "OperationFailed:NotSpecified": "internal",
  "Unspecified:NotSpecified": "internal",
  "SomethingNew:PermissionDenied": "permission-denied",
  "SomethingNew:ResourceBusy": "aborted",
  "SomethingNew:NotSpecified": "internal",
  "constructor:toString": "internal",
  "no-permission": "permission-denied",
  "ssh-unreachable": "unavailable",
};

for (const [record, code] of Object.entries(RECORDS)) {
  Deno.test(`${record} is ${code}`, () => assertEquals(codeFor(record), code));
}

Deno.test("no record is a missing machine by itself", () => {
  const codes = Object.keys(RECORDS).map(codeFor);
  assertEquals(codes.includes("not-found"), false);
  assertEquals(codeFor("ObjectNotFound:ObjectNotFound"), "internal");
});

Deno.test("records that several situations share are asked about", () => {
  const ambiguous = ["ObjectNotFound:ObjectNotFound", "InvalidParameter:InvalidArgument"];
  assertEquals(ambiguous.map((code) => isAmbiguous(refused(code))), [true, true]);
  assertEquals(ambiguous.map((code) => mayBeMissing(refused(code))), [true, true]);
  assertEquals(isAmbiguous(refused("Unspecified:NotSpecified")), true);
  assertEquals(mayBeMissing(refused("Unspecified:NotSpecified")), false);
  assertEquals(isAmbiguous(refused("Unspecified:NotSpecified:0x80070020")), false);
});

Deno.test("what is in use for now is busy, and may be tried again", () => {
  const error = refused("OperationFailed:NotSpecified:0x80070020");
  assertEquals(isBusy(error), true);
  assertEquals(driverError(error, about).retryable, true);
});

Deno.test("an error keeps the host's own words for people", () => {
  const error = driverError(refused("InvalidState:InvalidOperation"), about);
  assertEquals(error.backend, { code: "InvalidState:InvalidOperation", text: TEXT });
  assertEquals(error.subject, "machine:c/m");
});

Deno.test("a guest's no is told from a right that is missing and from a file in use", () => {
  const answers = {
    "InvalidOperation:InvalidOperation": true,
    "OperationFailed:NotSpecified": true,
    "OperationFailed:NotSpecified:0x80070015": true,
    "OperationFailed:PermissionDenied": false,
    "OperationFailed:NotSpecified:0x80070020": false,
    "InvalidState:InvalidOperation": false,
  };
  const told = Object.keys(answers).map((code) => [code, isGuestsNo(refused(code))]);
  assertEquals(Object.fromEntries(told), answers);
});
