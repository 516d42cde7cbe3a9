/**
 * What all programs have in common: how they end, and how they are interrupted.
 *
 * @module
 */

import { resolve } from "node:path";
import { sentenceOf, UsageError } from "./usage.ts";

/**
 * What a program ends with: what its work answers. Never throws: wrong use is 2, and what the
 * environment lacks is 3, each told in one sentence; what can only be a bug is told with its stack.
 */
export async function exitCodeOf<N extends number>(
  work: () => Promise<N>,
  tell: (text: string) => void,
): Promise<N | 2 | 3> {
  try {
    return await work();
  } catch (error) {
    tell(`${sentenceOf(error)}\n`);
    const isBug = error instanceof TypeError || error instanceof ReferenceError;
    if (isBug) tell(`${error.stack}\n`);
    return error instanceof UsageError ? 2 : 3;
  }
}

/** Writes all of a text to a stream of this process, before anything else happens. */
export function writerTo(stream: typeof Deno.stdout | typeof Deno.stderr): (text: string) => void {
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  };
}

/** Runs a program of this process to its end; its help, if that is wanted, is on standard output. */
export async function runProgram(
  help: () => string,
  main: (args: readonly string[]) => Promise<number>,
): Promise<never> {
  const isHelp = Deno.args.some((arg) => arg === "--help" || arg === "-h");
  if (isHelp) writerTo(Deno.stdout)(`${help().trimEnd()}\n`);
  Deno.exit(isHelp ? 0 : await exitCodeOf(() => main(Deno.args), writerTo(Deno.stderr)));
}

/** A path as the user meant it, who may stand elsewhere in the project when a task is run. */
export function userPath(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** The signals that end a program, and their numbers; each system has its own. */
const SIGNALS: Readonly<Partial<Record<Deno.Signal, number>>> = Deno.build.os === "windows"
  ? { SIGINT: 2, SIGBREAK: 21 }
  : { SIGINT: 2, SIGTERM: 15 };

/** Calls `heard` for each signal that asks the program to end, with the exit code of such an end. */
export function onSignals(heard: (signal: Deno.Signal, exitCode: number) => void): Disposable {
  const listeners = Object.entries(SIGNALS).map(([name, number]) => {
    const signal = name as Deno.Signal;
    const listener = (): void => heard(signal, 128 + number);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return { [Symbol.dispose]: () => listeners.forEach((remove) => remove()) };
}

/** An interrupt that is heard. */
export interface Interrupts extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What the program ends with that was interrupted; 0 if it was not. */
  readonly exitCode: number;
}

/**
 * Takes the first signal as an interrupt, and tells so; the second one ends the process at once. What a
 * process leaves on a host then is in its ledger; `leaves` says whether there is one.
 */
export function interrupts(tell: (text: string) => void, leaves: boolean): Interrupts {
  const controller = new AbortController();
  let exitCode = 0;
  const listening = onSignals((_, code) => {
    if (controller.signal.aborted) {
      if (leaves) tell('Stopped: "deno task conformance reap" removes what is left\n');
      Deno.exit(code);
    }
    exitCode = code;
    tell("Interrupted: cleaning up; once more to stop at once\n");
    controller.abort();
  });
  return {
    signal: controller.signal,
    get exitCode(): number {
      return exitCode;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
