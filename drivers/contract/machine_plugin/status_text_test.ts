import { assertEquals } from "@std/assert";
import { ERROR_CODES } from "../errors.ts";
import { codeOfStatusName, STATUS_NAMES, statusName, statusNumber } from "./status_codes.ts";
import { decodeStatus, encodeStatus } from "./status_text.ts";

const MESSAGES = [
  "",
  "plain",
  "[",
  "]",
  "a ] [ b",
  "[[nested] brackets]",
  "]]][[[",
  "lines\nand\ttabs\r\n",
  "back\\slash \\x5b \\\\x5d \\",
  "code = [OK] message = [no]",
  "value is OutOfRange, OutOfRange",
  "Out\\x4ffRange",
  "umlaut ä, emoji 🙂 [🙂",
  "\u2028\ud800",
];

Deno.test("every code and message is read as it was written", () => {
  for (const code of ERROR_CODES) {
    for (const message of MESSAGES) {
      assertEquals(decodeStatus(encodeStatus({ code, message })), { code, message });
    }
  }
});

Deno.test("text around it does no harm, brackets around it do", () => {
  const text = encodeStatus({ code: "not-found", message: "no [m1]" });
  assertEquals(decodeStatus(`create: ${text}`)?.code, "not-found");
  assertEquals(decodeStatus(`op [create]: ${text}`), undefined);
});

Deno.test("what the controller cannot read is not read here", () => {
  const text = (message: string): string =>
    `machine codes error: code = [NotFound] message = [${message}]`;
  assertEquals(decodeStatus(text("lone [ bracket")), undefined);
  assertEquals(decodeStatus(text("a] [b")), undefined);
  assertEquals(decodeStatus(text("cut ] off"))?.message, "cut ");
  assertEquals(decodeStatus("no brackets"), undefined);
});

Deno.test("a text is plain where it can be, and begins no search for orphans", () => {
  assertEquals(
    encodeStatus({ code: "internal", message: "disk [d1] is gone" }),
    "machine codes error: code = [Internal] message = [disk [d1] is gone]",
  );
  assertEquals(
    encodeStatus({ code: "internal", message: "OutOfRange" }).includes("OutOfRange"),
    false,
  );
  assertEquals(
    encodeStatus({ code: "out-of-range", message: "two" }).includes("[OutOfRange]"),
    true,
  );
});

Deno.test("an unknown name is unknown, and success is no error", () => {
  const named = (name: string): string => `machine codes error: code = [${name}] message = [x]`;
  assertEquals(decodeStatus(named("Sideways")), { code: "unknown", message: "x" });
  assertEquals(decodeStatus(named("OK")), { code: "unknown", message: "x" });
});

Deno.test("numbers and names of the codes are those of the controller", () => {
  assertEquals(STATUS_NAMES.length, ERROR_CODES.length + 1);
  assertEquals(ERROR_CODES.map(statusNumber), ERROR_CODES.map((_, index) => index + 1));
  assertEquals(statusName("not-found"), "NotFound");
  assertEquals(statusNumber("uninitialized"), 17);
  for (const code of ERROR_CODES) {
    assertEquals(codeOfStatusName(statusName(code)), code);
    assertEquals(statusName(code).toLowerCase(), code.replaceAll("-", ""));
  }
  assertEquals(codeOfStatusName("OK"), undefined);
});
