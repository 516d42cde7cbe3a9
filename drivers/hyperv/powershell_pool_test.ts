/**
 * Many kept processes under Windows, where Deno has four threads for each core, and each pending read of a
 * `Deno.Command` pipe would keep one: five such processes on two cores stop everything for ever.
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { systemClock } from "../backend/clock.ts";
import { powerShell } from "./powershell.ts";
import { Session } from "./session.ts";

const FAKE = fileURLToPath(new URL("fake_powershell.ts", import.meta.url));
const UNLIMITED = { timeoutMs: 60_000 };

Deno.test({
  name: "kept processes that say nothing keep nobody from files, and each one answers",
  ignore: Deno.build.os !== "windows",
  async fn() {
    const command = [Deno.execPath(), "run", "-A", "--no-check", FAKE, "echo"];
    const sessions = Array.from({ length: 2 * navigator.hardwareConcurrency + 2 }, () => {
      return new Session({ clock: systemClock(), open: powerShell({ command }) });
    });
    try {
      for (const session of sessions) await session.facts();
      await Deno.readTextFile(FAKE);
      const replies = await Promise.all(
        sessions.map((session, n) => session.request("Get-VM", { n }, UNLIMITED)),
      );
      assertEquals(
        replies.map((reply) => (reply as { params: unknown }).params),
        sessions.map((_, n) => ({ n })),
      );
    } finally {
      for (const session of sessions) await session[Symbol.asyncDispose]();
    }
  },
});
