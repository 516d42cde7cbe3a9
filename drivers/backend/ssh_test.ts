import { assertEquals } from "@std/assert";
import { remoteCommand } from "./ssh.ts";

const HOSTILE = ["a b", "'", '"', "$(id)", "`id`", ";", "*", "\\", "-n", "", "\n", "'\\''", "ü"];

Deno.test({
  name: "each argument reaches the guest's shell as one, whatever is in it",
  ignore: Deno.build.os === "windows",
  async fn() {
    const command = remoteCommand(["printf", "[%s]", ...HOSTILE]);
    const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
    assertEquals(new TextDecoder().decode(stdout), HOSTILE.map((it) => `[${it}]`).join(""));
  },
});
