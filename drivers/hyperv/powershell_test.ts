import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BackendError, type Json } from "../backend/backend.ts";
import { systemClock } from "../backend/clock.ts";
import { encodedBootstrap } from "./bootstrap.ts";
import { powerShell } from "./powershell.ts";
import { Session } from "./session.ts";

const FAKE = decodeURIComponent(new URL("fake_powershell.ts", import.meta.url).pathname)
  .replace(/^\/(?=[A-Za-z]:)/, "");
const UNLIMITED = { timeoutMs: 60_000 };

function session(mode: string): Session {
  const command = [Deno.execPath(), "run", "-A", "--no-check", FAKE, mode];
  return new Session({ clock: systemClock(), open: powerShell({ command }) });
}

Deno.test("the script fits into Windows' command line, whatever the path of PowerShell", () => {
  assert(encodedBootstrap().length < 32_767 - 1_000, `${encodedBootstrap().length}`);
});

Deno.test("PowerShell gets the fixed script and flags, and data alone on its input", async () => {
  await using shell = session("echo");
  const { arguments: flags, hasScript } = await shell.facts();
  assertEquals(flags, [
    ...["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"],
    ...["-OutputFormat", "Text", "-EncodedCommand"],
  ]);
  assertEquals(hasScript, true);
  const params = { Name: "ü'\"$(id)`;\n\u2028😀", Notes: "" };
  const { line, ...reply } = await shell.request("Get-VM", params, UNLIMITED) as {
    line: string;
    [key: string]: Json;
  };
  assertEquals(reply, { cmdlet: "Get-VM", params });
  assertMatch(line, /^[\x20-\x7e]+$/);
});

Deno.test("byte order marks, foreign letters, progress and warnings spoil no answer", async () => {
  await using shell = session("noise");
  const reply = await shell.request("Get-VM", { Name: "ü" }, UNLIMITED) as { params: Json };
  assertEquals(reply.params, { Name: "ü" });
});

Deno.test("an answer of megabytes arrives whole", async () => {
  await using shell = session("large");
  assertEquals(await shell.request("Get-VM", {}, UNLIMITED), "ü".repeat(2 ** 20));
});

Deno.test("a program that ends without a word is not ready", async () => {
  await using shell = session("stub");
  const error = await assertRejects(
    () => shell.request("Get-VM", {}, UNLIMITED),
    BackendError,
    "it ended with exit code 0; check that",
  );
  assertEquals([error.kind, error.code], ["unreachable", "not-ready"]);
});

Deno.test("why PowerShell did not start is told, without progress and people's names", async () => {
  await using shell = session("refuse");
  await assertRejects(
    () => shell.request("Get-VM", {}, UNLIMITED),
    BackendError,
    "it ended with exit code 1: %USERPROFILE%\\x is disabled on this system; check that",
  );
});

Deno.test("a program that is not there is named", async () => {
  const open = powerShell({ command: ["/no/such/powershell.exe"] });
  await using shell = new Session({ clock: systemClock(), open });
  const error = await assertRejects(() => shell.request("Get-VM", {}), BackendError);
  assertEquals([error.kind, error.code], ["unreachable", "no-powershell"]);
  assertMatch(error.message, /"\/no\/such\/powershell.exe"/);
});

Deno.test("a process that ends during a request leaves it undecided, and the next one starts anew", async () => {
  await using shell = session("exit");
  for (let times = 0; times < 2; times++) {
    const error = await assertRejects(
      () => shell.request("Start-VM", {}, UNLIMITED),
      BackendError,
      "it ended with exit code 7",
    );
    assertEquals(error.kind, "disconnected");
  }
});

Deno.test("a process that does not answer is ended, and so is its last request", async () => {
  await using shell = session("hang");
  await shell.facts();
  const error = await assertRejects(
    () => shell.request("Start-VM", {}, { timeoutMs: 20 }),
    BackendError,
  );
  assertEquals(error.kind, "timeout");
});
