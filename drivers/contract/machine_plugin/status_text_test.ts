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

/** Messages from all that the text form has a meaning for; the same in each run. */
function messages(count: number): string[] {
  const pieces = [
    ..."[]\\ab \n=",
    "\\x5b",
    "\\x5d",
    "\\x4f",
    "OutOfRange",
    "Out",
    "O",
    "fRange",
    "x5b",
    "code = [OK]",
    "ä",
    "🙂",
    "\ud800",
    "\0",
  ];
  let state = 0x1d872b41;
  const next = (below: number): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
    state = (state + 0x6d2b79f5) >>> 0;
    return state % below;
  };
  return Array.from(
    { length: count },
    () => Array.from({ length: next(14) }, () => pieces[next(pieces.length)]).join(""),
  );
}

/**
 * How the controller reads: brackets are counted, and what is between a first and its last is a group.
 * Written again here, so that writer and reader are not only right about each other.
 */
function groupsIn(text: string): string[] | undefined {
  const groups: string[] = [];
  const open: number[] = [];
  for (const [at, char] of [...text.matchAll(/[[\]]/g)].map((it) => [it.index, it[0]] as const)) {
    if (char === "[") open.push(at);
    else {
      const begun = open.pop();
      if (begun !== undefined && open.length === 0) groups.push(text.slice(begun + 1, at));
    }
  }
  return open.length === 0 && groups.length === 2 ? groups : undefined;
}

Deno.test("whatever the message is, the controller finds two groups, and here it is read back", () => {
  for (const [index, message] of messages(3000).entries()) {
    const code = ERROR_CODES[index % ERROR_CODES.length] ?? "unknown";
    const text = encodeStatus({ code, message });
    assertEquals(groupsIn(text)?.[0], statusName(code), text);
    assertEquals(decodeStatus(text), { code, message }, text);
    assertEquals(decodeStatus(`create "m1": ${text}: and more`), { code, message }, text);
  }
});

Deno.test("whatever the message is, only an error that means it begins a search for orphans", () => {
  for (const message of messages(3000)) {
    assertEquals(
      encodeStatus({ code: "internal", message }).includes("OutOfRange"),
      false,
      message,
    );
  }
});

Deno.test("two messages have two texts", () => {
  const all = new Set(messages(3000));
  const texts = new Set([...all].map((message) => encodeStatus({ code: "internal", message })));
  assertEquals(texts.size, all.size);
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
