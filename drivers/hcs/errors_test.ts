import { assertEquals } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { CODES, driverError, isRefused, isUnsure, meaningOf, normalizedCode } from "./errors.ts";

const refused = (code: string): BackendError => new BackendError("refused", code, "no");
const about = { operation: "scsi.add", subject: "attachment:C:\\a.vhdx" } as const;

for (
  const [code, normal] of [
    ["0xC037010D", "0x8037010D"],
    ["0xc0370110", "0x80370110"],
    ["0x8037010e", "0x8037010E"],
    ["0x80070490", "0x80070490"],
    ["0xC0000005", "0xC0000005"],
    ["0x0", "0x00000000"],
    ["timeout", "timeout"],
  ] as const
) {
  Deno.test(`${code} is ${normal}`, () => assertEquals(normalizedCode(code), normal));
}

Deno.test("both families of a code mean the same", () => {
  for (const low of ["0100", "0105", "010D", "010E", "010F", "0110", "0117", "011E"]) {
    assertEquals(meaningOf(refused(`0x8037${low}`)), meaningOf(refused(`0xC037${low}`)));
  }
});

Deno.test("a missing element is no missing system, and none that has stopped", () => {
  const error = refused("0x80070490");
  assertEquals(isRefused(error, CODES.systemNotFound, CODES.alreadyStopped), false);
  assertEquals(isRefused(error, CODES.elementNotFound), true);
});

Deno.test("a code that nobody knows is internal, and kept", () => {
  const { code, backend } = driverError(refused("0x8037FFFF"), about);
  assertEquals([code, backend], ["internal", { code: "0x8037FFFF", text: "no" }]);
});

Deno.test("only a refusal, or a call that was not sent, did nothing for sure", () => {
  const kinds = ["refused", "unreachable", "disconnected", "timeout", "garbled"] as const;
  const unsure = kinds.filter((kind) => isUnsure(new BackendError(kind, "", "")));
  assertEquals(unsure, ["disconnected", "timeout", "garbled"]);
  assertEquals(isUnsure(new DOMException("", "AbortError")), true);
});
