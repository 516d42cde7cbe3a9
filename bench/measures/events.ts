/**
 * Events: how late they are, which are missed and which come twice.
 *
 * @module
 */

import type { MachineEvent, PowerState } from "../../drivers/contract/mod.ts";
import type { Bench, Measure } from "../measure.ts";

/** After so long an event counts as missed. */
const PATIENCE_MS = 5_000;

/** The events of one machine, with the moment when each was heard. */
class Listener {
  readonly heard: { readonly state: PowerState; readonly at: number }[] = [];
  #news = Promise.withResolvers<void>();

  /** Listens until the stream ends. */
  async listen(events: AsyncIterable<MachineEvent>, id: string, now: () => number): Promise<void> {
    for await (const event of events) {
      if (event.id !== id) continue;
      this.heard.push({ state: event.state, at: now() });
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  /** When a state was heard of, after so many events; undefined if it is not in time. */
  async next(state: PowerState, after: number, bench: Bench): Promise<number | undefined> {
    const stop = new AbortController();
    const late = bench.clock.sleep(PATIENCE_MS, { signal: stop.signal }).then(
      () => true,
      () => false,
    );
    try {
      while (true) {
        const found = this.heard.slice(after).find((it) => it.state === state);
        if (found) return found.at;
        if (await Promise.race([this.#news.promise.then(() => false), late])) return undefined;
      }
    } finally {
      stop.abort("heard");
    }
  }
}

/** The measure. */
export const EVENTS: Measure = {
  id: "events",
  title: "From a change to its event",
  needs: ["events"],
  async run(bench) {
    const { driver, clock, fresh, quick, isLive } = bench;
    const machine = await fresh.machine();
    const stop = new AbortController();
    const stream = await driver.events?.subscribe({ signal: stop.signal });
    if (!stream) return;
    const listener = new Listener();
    const listening = listener.listen(stream, machine.id, () => clock.now());
    const rounds = quick ? 20 : isLive ? 100 : 1000;
    const { suspension } = machine;
    if (suspension) await machine.start();
    const steps = suspension
      ? [["paused", () => suspension.pause()], ["running", () => suspension.resume()]] as const
      : [["running", () => machine.start()], ["stopped", () => machine.forceStop()]] as const;
    let [missed, twice] = [0, 0];
    for (let round = -2; round < rounds; round++) {
      for (const [state, change] of steps) {
        const [began, before] = [clock.now(), listener.heard.length];
        await change();
        const ended = clock.now();
        const at = await listener.next(state, before, bench);
        const note = { unit: bench.worldUnit, warmUp: round < 0 };
        if (at === undefined) missed++;
        else {
          bench.sample("from the call's start", at - began, note);
          bench.sample("from the call's end", at - ended, note);
        }
        const same = listener.heard.slice(before).filter((it) => it.state === state);
        twice += Math.max(0, same.length - 1);
      }
    }
    stop.abort();
    await listening;
    bench.sample("missed", missed, { unit: "events" });
    bench.sample("more than once", twice, { unit: "events" });
    if (missed + twice > 0) throw new Error(`${missed} events missed, ${twice} more than once`);
  },
};
