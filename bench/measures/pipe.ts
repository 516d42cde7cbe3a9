/**
 * What the Hyper-V driver and its kept session cost on top of the pipe to PowerShell.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Bench, Measure } from "../measure.ts";

/** What `hyperv_pipe.ts` prints of each operation. */
interface Result {
  readonly roundTripMs: number;
  readonly medianMs: number;
  readonly overheadMs: number;
}

/** The measure: medians of a process of its own, whose simulated host is real time's. */
export const PIPE: Measure = {
  id: "pipe",
  title: "The Hyper-V session, on top of its pipe",
  driver: "hyperv",
  run: (bench) => bench.clock.hold(pipe(bench)),
};

async function pipe(bench: Bench): Promise<void> {
  const script = fileURLToPath(new URL("../hyperv_pipe.ts", import.meta.url));
  for (let round = 0; round < (bench.quick ? 1 : 5); round++) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, "--rounds", bench.quick ? "300" : "2000"],
    });
    const { stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout);
    if (!text.startsWith("{")) throw new Error(new TextDecoder().decode(stderr).trim());
    const results: Record<string, Partial<Result> | number | boolean> = JSON.parse(text);
    for (const [operation, result] of Object.entries(results)) {
      if (typeof result !== "object") continue;
      const { roundTripMs = NaN, medianMs = NaN, overheadMs = NaN } = result;
      bench.sample(`${operation}, median`, medianMs, { unit: "ms" });
      bench.sample(`${operation}, the pipe alone`, roundTripMs, { unit: "ms" });
      bench.sample(`${operation}, on top of the pipe`, overheadMs, { unit: "ms" });
    }
  }
}
