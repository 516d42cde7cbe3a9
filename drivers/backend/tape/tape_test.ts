import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatTape, loadTape, parseTape, type Tape, TapeError } from "./tape.ts";

const subject = { driver: "libvirt", case: "power.start" };
const tape: Tape = {
  provenance: {
    ...subject,
    seed: "s1",
    origin: "software-hypervisor",
    versions: { qemu: "7.2.0", libvirt: "9.0.0" },
    adapter: "0.1.0",
    suite: "0.1.0",
    recordedAt: "2026-01-02T03:04:05.678Z",
    settings: {},
    images: { blank: [], guest: [] },
  },
  lines: [
    {
      at: 0,
      ms: 1.5,
      lane: "m",
      method: "start",
      params: { b: 1, a: [1, { d: 1, c: 2 }] },
      result: null,
    },
    { at: 1, lane: "m", event: { state: "running" } },
    {
      at: 2,
      ms: 1,
      lane: "m",
      method: "start",
      params: null,
      error: { kind: "refused", code: "55", message: "No" },
    },
    { at: 3, lane: "m", method: "stop", params: null },
  ],
};

Deno.test("formatTape() writes a header, and a line for each call and event with a stable key order", () => {
  const [header, ...lines] = formatTape(tape).split("\n");
  assertEquals(Object.keys(JSON.parse(header)), [
    "format",
    "driver",
    "case",
    "seed",
    "origin",
    "versions",
    "adapter",
    "suite",
    "recordedAt",
    "settings",
    "images",
    "lines",
    "sha256",
  ]);
  assertStringIncludes(header, '"versions":{"libvirt":"9.0.0","qemu":"7.2.0"}');
  assertEquals(lines, [
    '{"at":0,"ms":1.5,"lane":"m","method":"start","params":{"a":[1,{"c":2,"d":1}],"b":1},"result":null}',
    '{"at":1,"lane":"m","event":{"state":"running"}}',
    '{"at":2,"ms":1,"lane":"m","method":"start","params":null,"error":{"code":"55","kind":"refused","message":"No"}}',
    '{"at":3,"lane":"m","method":"stop","params":null}',
    "",
  ]);
});

Deno.test("parseTape() reads what formatTape() wrote", () => {
  assertEquals(parseTape(formatTape(tape), subject), tape);
  const empty = { ...tape, lines: [] };
  assertEquals(parseTape(formatTape(empty), subject), empty);
});

function refusal(text: string): string {
  const error = assertThrows(() => parseTape(text, subject), TapeError);
  assertStringIncludes(error.message, 'case "power.start" with driver "libvirt"');
  if (error.kind !== "newer") {
    assertStringIncludes(error.message, "Record it again");
  }
  return error.kind;
}

Deno.test("parseTape() says that a tape is truncated, wherever that happened", () => {
  const text = formatTape(tape);
  for (
    const end of [
      0,
      10,
      text.indexOf("\n"),
      text.indexOf("\n") + 1,
      text.length - 60,
      text.length - 1,
    ]
  ) {
    assertEquals(refusal(text.slice(0, end)), "truncated", `${end}`);
  }
});

Deno.test("parseTape() says that a tape was edited, in a line or in the header", () => {
  const text = formatTape(tape);
  assertEquals(refusal(text.replace('"running"', '"stopped"')), "edited");
  assertEquals(refusal(text.replace("software-hypervisor", "hardware")), "edited");
  assertEquals(refusal(text + '{"at":9,"lane":"m","event":null}\n'), "edited");
});

Deno.test("parseTape() says that a tape is of a newer format, whatever else is new in it", () => {
  assertEquals(refusal('{"format":2,"body":"elsewhere"}\n'), "newer");
});

Deno.test("parseTape() says that a text is no tape", () => {
  for (const text of ["hello\n", "null\n", "[]\n", "{}\n", '{"format":1}\n']) {
    assertEquals(refusal(text), "malformed", text);
  }
});

Deno.test("loadTape() says that there is none", () => {
  const path = new URL("no-such-tape.ndjson", import.meta.url);
  const error = assertThrows(() => loadTape(path, subject), TapeError, "there is none");
  assertEquals(error.kind, "missing");
});

Deno.test("loadTape() says why a tape cannot be read", () => {
  const folder = new URL(".", import.meta.url);
  const error = assertThrows(() => loadTape(folder, subject), TapeError, "cannot be read");
  assertEquals(error.kind, "unreadable");
});

Deno.test("parseTape() says that a tape is that of another case or driver", () => {
  for (const other of [{ case: "power.stop" }, { driver: "hyperv" }]) {
    const text = formatTape({ ...tape, provenance: { ...tape.provenance, ...other } });
    assertEquals(refusal(text), "foreign");
  }
});

Deno.test("parseTape() names the command that records, where its caller knows one", () => {
  const recordCommand = "deno task conformance record --driver ./mine.ts --live";
  assertThrows(
    () => parseTape("{}\n", { ...subject, recordCommand }),
    TapeError,
    "Record it: deno task conformance record --driver ./mine.ts --live power.start",
  );
});
