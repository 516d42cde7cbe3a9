import { assertEquals, assertRejects } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { MEMORY } from "./mod.ts";

const settings = { pool: "x" };

Deno.test("a setting is refused by whoever connects, and by both services", async () => {
  using clock = new VirtualClock();
  const { backend } = await MEMORY.connect({ clock, settings: {} });
  const context = {
    ...{ backend, clock, settings, files: memoryFiles(), cacheDir: "/cache", configDir: "/config" },
    ...{ owner: "me", imagesUrl: "http://127.0.0.1:9/" },
  };
  const { driver, "task-driver": tasks } = MEMORY.serves;
  const ways = [
    () => MEMORY.connect({ clock, settings }),
    () => Promise.try(() => driver?.create(context)),
    () => Promise.try(() => tasks?.create(context)),
  ];
  for (const open of ways) {
    const error = await assertRejects(open, DriverError, 'Unknown setting "pool": there are none');
    assertEquals([error.code, error.subject], ["invalid-argument", "driver:memory"]);
  }
});
