/**
 * What the Hyper-V driver and its kept session cost on top of the pipe itself: the state of a machine, and
 * the list of all, against the simulated host in a process of its own.
 *
 *     deno run -A bench/hyperv_pipe.ts
 *     deno run -A bench/hyperv_pipe.ts --machines 50 --rounds 5000
 *
 * The pipe's own round trip is one line of the same length to a process that echoes, and one of the
 * length of the answer back. In each round all of them take their turn, so that whatever else the
 * machine does meets all of them alike. Simulated cmdlets take no time here.
 *
 * Prints JSON with times in milliseconds, and ends with 0 if the overhead of both, which is the
 * difference of the medians, is below the limit; 1 if not.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";
import { memoryFiles } from "../drivers/backend/memory_files.ts";
import { systemClock } from "../drivers/backend/clock.ts";
import type { Clock, Driver, Machine } from "../drivers/contract/mod.ts";
import type { HypervBackend } from "../drivers/hyperv/backend.ts";
import { createDriver } from "../drivers/hyperv/driver.ts";
import { sessionBackend } from "../drivers/hyperv/live.ts";
import { powerShell } from "../drivers/hyperv/powershell.ts";
import { writeTag } from "../drivers/hyperv/tag.ts";
import { linesOf } from "./peers/text_lines.ts";
import { simulatedHyperv } from "../fixtures/simulators/hyperv/mod.ts";

const LIMIT_MS = 1;
const OWNER = "bench";
const WARM_UP = 200;
const SELF = [Deno.execPath(), "run", "-A", "--no-check", fileURLToPath(import.meta.url)];

/** Time that does not pass, so that only work is measured. */
const TIMELESS: Clock = {
  now: () => 0,
  sleep: () => Promise.resolve(),
  timer: () => () => {},
  hold: (work) => work,
};

/** The simulated host behind this process's own standard streams. */
async function serve(): Promise<void> {
  const { stdin, stdout } = (await import("node:process")).default;
  const pipe = await simulatedHyperv({ clock: TIMELESS }).open();
  const printing = (async () => {
    for await (const chunk of pipe.output) stdout.write(chunk);
  })();
  for await (const line of linesOf(stdin)) await pipe.write(`${line}\n`);
  pipe.kill();
  await printing;
}

/** Answers each line with one of the length that its first word says. */
async function echo(): Promise<void> {
  const { stdin, stdout } = (await import("node:process")).default;
  for await (const line of linesOf(stdin)) stdout.write(`${"x".repeat(Number.parseInt(line))}\n`);
}

/** A process that echoes. */
class Echo implements Disposable {
  readonly #child = spawn(SELF[0] ?? "", [...SELF.slice(1), "echo"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  readonly #lines = linesOf(this.#child.stdout);

  /** One line there, one line back. */
  async roundTrip(asked: number, answered: number): Promise<void> {
    this.#child.stdin.write(`${String(answered).padEnd(asked)}\n`);
    await this.#lines.next();
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}

/** Makes machines of this driver, without disks: nothing here starts them. */
async function makeMachines(backend: HypervBackend, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const name = `m${n}`;
    const Name = `${OWNER}.c1.${name}`;
    const MemoryStartupBytes = 64 * 1024 ** 2;
    const { vm } = await backend.call("New-VM", {
      ...{ Name, Generation: 1, Path: "C:\\vms", MemoryStartupBytes },
    });
    const Notes = writeTag({ owner: OWNER, cluster: "c1", name, image: "1.0" });
    await backend.call("Set-VM", { Id: vm.id, Notes });
  }
}

/** What is measured: what it does, and how long a line it sends and gets. */
interface Subject {
  readonly run: () => Promise<unknown>;
  readonly asked: number;
  readonly answered: number;
}

async function subjectsOf(
  driver: Driver,
  machine: Machine,
  backend: HypervBackend,
): Promise<Record<string, Subject>> {
  const length = async (params: { Id?: string }): Promise<Pick<Subject, "asked" | "answered">> => {
    const mark = 38;
    const asked = JSON.stringify({ id: 1000, cmdlet: "Get-VM", params }).length;
    const reply = {
      id: 1000,
      data: await backend.call("Get-VM", params),
      warnings: [],
      error: null,
    };
    return { asked, answered: mark + JSON.stringify(reply).length };
  };
  return {
    getState: { run: () => machine.status(), ...await length({ Id: machine.id }) },
    list: { run: () => driver.machines.list(), ...await length({}) },
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function quantile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
}

interface Result {
  /** Bytes of the answer. */
  readonly answered: number;
  /** Medians. */
  readonly roundTripMs: number;
  readonly medianMs: number;
  /** What remains without the pipe. */
  readonly overheadMs: number;
  /** How many times the pipe's own round trip it all takes. */
  readonly ratio: number;
  readonly p99Ms: number;
}

async function measure(
  subjects: Record<string, Subject>,
  echo: Echo,
  rounds: number,
): Promise<Record<string, Result>> {
  const times = Object.entries(subjects).map(([name, subject]) => {
    return { name, subject, own: [] as number[], pipe: [] as number[] };
  });
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const { subject: { run, asked, answered }, own, pipe } of times) {
      const [pipeMs, ownMs] = [
        await timed(() => echo.roundTrip(asked, answered)),
        await timed(run),
      ];
      if (round < 0) continue;
      pipe.push(pipeMs);
      own.push(ownMs);
    }
  }
  return Object.fromEntries(times.map(({ name, subject: { answered }, own, pipe }) => {
    const [median, roundTrip] = [quantile(own, 0.5), quantile(pipe, 0.5)];
    return [name, {
      answered,
      roundTripMs: rounded(roundTrip),
      medianMs: rounded(median),
      overheadMs: rounded(median - roundTrip),
      ratio: rounded(median / roundTrip),
      p99Ms: rounded(quantile(own, 0.99)),
    }];
  }));
}

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, { string: ["machines", "rounds"] });
  const machines = Number(options.machines ?? 10);
  const rounds = Number(options.rounds ?? 2000);
  if (!(machines >= 1 && rounds >= 1)) {
    console.error("Expected numbers from 1 after --machines and --rounds");
    return 2;
  }
  const clock = systemClock();
  const open = powerShell({ command: [...SELF, "serve"] });
  await using backend = sessionBackend({ clock, open });
  await makeMachines(backend, machines);
  await using driver = createDriver({
    ...{ backend, clock, files: memoryFiles(), settings: {}, imagesUrl: "", owner: OWNER },
    ...{ cacheDir: "C:\\cache", configDir: "C:\\config" },
  });
  const machine = await driver.machines.get({ cluster: "c1", name: "m1" });
  using echo = new Echo();
  const results = await measure(await subjectsOf(driver, machine, backend), echo, rounds);
  const isFast = Object.values(results).every(({ overheadMs }) => overheadMs < LIMIT_MS);
  console.log(JSON.stringify({ machines, rounds, limitMs: LIMIT_MS, isFast, ...results }, null, 2));
  return isFast ? 0 : 1;
}

const modes: Readonly<Record<string, () => Promise<void>>> = { serve, echo };
const mode = modes[Deno.args[0] ?? ""];
if (mode) await mode();
else Deno.exit(await main());
