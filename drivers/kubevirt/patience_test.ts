import { assertEquals } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import { patiently, type Pauses, RARELY } from "./patience.ts";

/** When a wait looks that sees nothing for so long, in milliseconds. */
async function looks(ms: number, isAnswered: boolean, pauses?: Pauses): Promise<number[]> {
  using clock = new VirtualClock();
  const at: number[] = [];
  await patiently({
    ...{ clock, settings: { patienceMs: 60_000 }, isAnswered, pauses },
    look(): Promise<true | undefined> {
      at.push(clock.now());
      return Promise.resolve(clock.now() >= ms ? true : undefined);
    },
  });
  return at;
}

Deno.test("a wait looks more rarely the longer it takes", async () => {
  assertEquals(await looks(12_000, false), [0, 250, 500, 1000, 2000, 4000, 8000, 13_000]);
});

Deno.test("a wait that follows an answer does not look at once", async () => {
  assertEquals(await looks(200, true), [250]);
});

Deno.test("a controller's wait looks more rarely from the beginning", async () => {
  assertEquals(await looks(30_000, true, RARELY), [1000, 2000, 4000, 8000, 16_000, 26_000, 36_000]);
});

Deno.test("a wait looks a last time when patience is over", async () => {
  assertEquals((await looks(Infinity, false)).at(-1), 60_000);
});
