import { assertEquals } from "@std/assert";
import { exclusively, locked } from "./exclusive.ts";

Deno.test("a command waits for the end of another, and its exit code is passed on", async () => {
  const lock = await Deno.makeTempFile();
  try {
    const events: string[] = [];
    const { promise: waiting, resolve } = Promise.withResolvers<void>();
    const first = await locked(lock, () => {});
    const second = exclusively([Deno.execPath(), "eval", "Deno.exit(7)"], {
      lock,
      onWait() {
        events.push("waits");
        resolve();
      },
    }).then((code) => events.push(`ended with ${code}`));
    await waiting;
    events.push("first ends");
    first.close();
    await second;
    assertEquals(events, ["waits", "first ends", "ended with 7"]);
  } finally {
    await Deno.remove(lock);
  }
});
