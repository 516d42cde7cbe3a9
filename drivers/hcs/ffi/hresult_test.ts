import { assertEquals, assertThrows } from "@std/assert";
import { BackendError } from "../../backend/backend.ts";
import { check, codeOf, hresultError } from "./hresult.ts";

Deno.test("both families of the service's numbers are one", () => {
  assertEquals(codeOf(0x80370110 | 0), "0x80370110");
  assertEquals(codeOf(0xC0370110 | 0), "0x80370110");
  assertEquals(codeOf(-1070137075), "0x8037010D");
});

Deno.test("bit 30 of other facilities is left alone", () => {
  assertEquals(codeOf(0xC0070005 | 0), "0xC0070005");
  assertEquals(codeOf(-2147024891), "0x80070005");
});

Deno.test("a refusal has the text of its document, or says that there is none", () => {
  assertEquals(hresultError(-1, "{}").message, "{}");
  assertEquals(hresultError(-1, null).message, "Refused with 0xFFFFFFFF and no result document");
});

Deno.test("a lost service is no refusal", () => {
  assertEquals(hresultError(0x8037011E | 0, null).kind, "disconnected");
  assertEquals(hresultError(0x80370114 | 0, null).kind, "unreachable");
  assertEquals(hresultError(0x80370105 | 0, null).kind, "refused");
});

Deno.test("only failures throw", () => {
  check(0);
  check(1);
  assertThrows(() => check(-1), BackendError);
});
