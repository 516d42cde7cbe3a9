import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { codeOf, partsOf } from "./backend.ts";
import { frames, redacted, refusalOf } from "./frames.ts";

const MARK = "#m ";
const REPLY = { id: 1, data: null, warnings: [], error: null };
const RECORD = { fqid: "", category: "", hresult: "", target: "", message: "" };

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<unknown> {
  const noise: string[] = [];
  const bytes = chunks.map((it) => typeof it === "string" ? new TextEncoder().encode(it) : it);
  async function* output(): AsyncGenerator<Uint8Array> {
    yield* bytes;
  }
  const found = await Array.fromAsync(frames(output(), MARK, (line) => noise.push(line)));
  return { found, noise };
}

Deno.test("an answer is found behind a mark, even in pieces and behind a warning", async () => {
  const line = `${MARK}${JSON.stringify(REPLY)}`;
  assertEquals(
    await read("\uFEFF#< CLI", "XML\r\nWARNING: x ", line.slice(0, 5), line.slice(5), "\r\n"),
    {
      found: [REPLY],
      noise: ["#< CLIXML", "WARNING: x"],
    },
  );
});

Deno.test("an answer that was cut off is none", async () => {
  assertEquals(await read(`${MARK}{"id":1,"data":null`), { found: [], noise: [] });
});

Deno.test("what comes behind a mark and is no answer is an error", async () => {
  const odd = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    '{"id":"1"}',
    '{"id":1,"data":1,"warnings":[],"error":{}}',
  ];
  for (const text of odd) {
    const error = await assertRejects(() => read(`${MARK}${text}\n`), BackendError);
    assertEquals(error.kind, "garbled");
  }
});

Deno.test("a refusal is known by its identity, category and number", () => {
  const fqid = "ObjectNotFound,Microsoft.HyperV.PowerShell.Commands.StartVM";
  const { kind, code } = refusalOf({ ...RECORD, fqid, category: "ObjectNotFound" });
  assertEquals([kind, code], ["refused", "ObjectNotFound:ObjectNotFound"]);
  const thrown = { ...RECORD, fqid: "Der Pfad: C:\\x", category: "OperationStopped" };
  const withNumber = refusalOf({ ...thrown, hresult: "0x80070020" });
  assertEquals(withNumber.code, "Unspecified:OperationStopped:0x80070020");
});

Deno.test("the parts of a code come back", () => {
  for (const category of ["", "InvalidArgument"]) {
    for (const hresult of ["", "0x80070020"]) {
      const parts = { id: "InvalidParameter", category, hresult };
      assertEquals(partsOf(codeOf(parts)), parts);
    }
  }
});

Deno.test("a message names nobody, is one line, and ends some time", () => {
  assertEquals(redacted("a\r\n  c:\\Users\\Jane Doe\\x"), "a %USERPROFILE%\\x");
  assertEquals(redacted("x".repeat(1_000)).length, 301);
});
