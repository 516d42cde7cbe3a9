import { assertEquals } from "@std/assert";
import { complaintAbout } from "./prepare.ts";

Deno.test("a machine that has everything is not complained about", () => {
  assertEquals(complaintAbout([]), undefined);
});

Deno.test("what is missing is told in one sentence, with what installs it", () => {
  assertEquals(
    complaintAbout(["wine", "wineserver"]),
    'The tests under Windows need "wine", "wineserver": run hw-runners/wine/install-debian.sh',
  );
});
