/** Windows PowerShell where Windows has it: in Wine, a program in its place. */
import { assertEquals } from "@std/assert";
import { systemClock } from "../backend/clock.ts";
import { powerShell, powerShellArguments } from "./powershell.ts";
import { Session } from "./session.ts";

Deno.test({
  name: "PowerShell is started by its full path, with its arguments and folders of modules",
  ignore: Deno.build.os !== "windows" || !Deno.env.has("VMTCK_POWERSHELL"),
  async fn() {
    await using session = new Session({ clock: systemClock(), open: powerShell() });
    const facts = await session.facts();
    assertEquals(facts.arguments, powerShellArguments().slice(0, -1));
    assertEquals(facts.hasScript, true);
    assertEquals(
      facts.modules,
      "C:\\Program Files\\WindowsPowerShell\\Modules;" +
        "C:\\windows\\System32\\WindowsPowerShell\\v1.0\\Modules",
    );
  },
});
