/**
 * Waiting: how exact time-outs are, and how fast an abort is heard.
 *
 * @module
 */

import type { Measure } from "../measure.ts";

/** The measure of time-outs: how much later than asked they come. */
export const WAIT: Measure = {
  id: "wait",
  title: "How much later than asked a wait gives up",
  async run(bench) {
    const { clock, fresh, quick } = bench;
    const machine = await fresh.machine();
    for (const x of [10, 100, 1000]) {
      for (let round = -1; round < (quick ? 2 : 10); round++) {
        const began = clock.now();
        const { verdict } = await machine.wait("running", { timeoutMs: x });
        if (verdict !== "timeout") throw new Error(`A stopped machine's wait ended as ${verdict}`);
        const late = clock.now() - began - x;
        bench.sample("late", late, { x, unit: bench.worldUnit, warmUp: round < 0 });
      }
    }
  },
};

/** The measure of aborts: from the signal until the call has settled. */
export const ABORT: Measure = {
  id: "abort",
  title: "From an abort until the call has settled",
  async run(bench) {
    const { driver, clock, fresh, quick } = bench;
    const machine = await fresh.machine();
    const calls = {
      "wait": (signal: AbortSignal) => machine.wait("running", { timeoutMs: 60_000, signal }),
      "list": (signal: AbortSignal) => driver.machines.list({ signal }),
    };
    for (const [series, call] of Object.entries(calls)) {
      for (let round = -2; round < (quick ? 10 : 50); round++) {
        const stop = new AbortController();
        const calling = call(stop.signal).then(() => false, () => true);
        // A wait is aborted while it waits, a list right after it has begun.
        if (series === "wait") await clock.sleep(20);
        const began = performance.now();
        stop.abort();
        await calling;
        bench.sample(series, performance.now() - began, { unit: "ms", warmUp: round < 0 });
      }
    }
  },
};
