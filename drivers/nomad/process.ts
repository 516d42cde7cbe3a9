/**
 * A plugin's process: started, asked for its handshake, and always ended.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { BackendError } from "../backend/backend.ts";
import type { Clock, ProgramEnd } from "../contract/mod.ts";
import { killAtExit, signalAll, spawn } from "./child.ts";
import { HOST_ENV, readHandshake, SOCKET_DIR_KEY } from "./handshake.ts";
import { linesOf } from "./lines.ts";

/** How long a plugin may take to say its line, as go-plugin's hosts wait. */
const HANDSHAKE_MS = 60_000;
/** How long it may take to end by itself, as they wait. */
const END_MS = 2_000;
/** How long the effect of an interrupt is waited for: what ends by one ends within that. */
const INTERRUPT_MS = 300;
/** How long a plugin may take to tell a person what it is. */
const BY_HAND_MS = 10_000;
/** How many lines of its standard error are kept, for messages. */
const KEPT_LINES = 20;
/** How many of them are shown. */
const SHOWN_LINES = 3;

/** How a plugin is started. */
export interface LaunchOptions {
  /** The program. */
  readonly path: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** What it gets in its environment, besides `PASSED_ENV` and the handshake's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder for its socket, which whoever made it removes; the system's for such things by default. */
  readonly folder?: string;
  /** Time, for the deadlines. */
  readonly clock: Clock;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** A plugin that runs. Disposing of it gives it a moment to end by itself, and kills it then. */
export interface PluginProcess extends AsyncDisposable {
  /** Where its services are. */
  readonly target: string;
  /** Settles when it has ended. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** The last lines of its standard error. */
  log(): readonly string[];
  /** The first lines of its standard output. */
  printed(): readonly string[];
  /** Interrupts it, and all that it started, as a terminal does; waits a moment for the effect. */
  interrupt(): Promise<void>;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a plugin and waits for its line.
 *
 * @throws {BackendError} `unreachable` if it cannot be started, ends, or speaks otherwise; `timeout` if
 * it says nothing; `garbled` if it says something else. It is gone by then.
 */
export async function launch(options: LaunchOptions): Promise<PluginProcess> {
  options.signal?.throwIfAborted();
  await using stack = new AsyncDisposableStack();
  const socketDir = await Deno.makeTempDir({ dir: options.folder, prefix: "vmtck-nomad-" });
  stack.defer(() => Deno.remove(socketDir, { recursive: true }));
  const child = spawn(options, { ...HOST_ENV, [SOCKET_DIR_KEY]: socketDir, ...options.env });
  const log: string[] = [];
  const printed: string[] = [];
  const output = linesOf(child.stdout);
  const logged = eachLine(linesOf(child.stderr), (line) => {
    log.push(stripVTControlCharacters(line));
    log.splice(0, log.length - KEPT_LINES);
  });
  const read = [logged];
  stack.defer(async () => {
    await Promise.all(read);
  });
  const kill = async (): Promise<void> => {
    signalAll(child.pid, "SIGKILL");
    await child.status;
  };
  stack.defer(async () => {
    await endsWithin(child, options.clock, END_MS);
    await kill();
  });
  stack.use(killAtExit(child));
  let target: string;
  try {
    printed.push(await firstLine(output.next(), { ...options, child, log, logged }));
    ({ target } = readHandshake(printed[0] ?? "", options.path));
  } catch (error) {
    await kill();
    throw error;
  } finally {
    // Whatever else it prints is read, so that it never waits for a reader.
    read.push(eachLine(output, (line) => {
      if (printed.length < KEPT_LINES) printed.push(line);
    }));
  }
  const kept = stack.move();
  return {
    target,
    ended: child.status,
    log: () => [...log],
    printed: () => [...printed],
    async interrupt() {
      signalAll(child.pid, "SIGINT");
      await endsWithin(child, options.clock, INTERRUPT_MS);
    },
    kill,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function eachLine(lines: AsyncIterable<string>, take: (line: string) => void): Promise<void> {
  for await (const line of lines) take(line);
}

/** Starts a plugin as a person would, without what hosts set. @throws {BackendError} `unreachable` */
export async function startByHand(options: LaunchOptions): Promise<ProgramEnd> {
  const child = spawn(options, {});
  const output = Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await endsWithin(child, options.clock, BY_HAND_MS);
  signalAll(child.pid, "SIGKILL");
  const [[stdout, stderr], { code }] = await Promise.all([output, child.status]);
  return { exitCode: code, stdout, stderr };
}

/** Waits until it has ended, for a moment at most. */
async function endsWithin(child: Deno.ChildProcess, clock: Clock, ms: number): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([child.status, clock.sleep(ms, { signal }).catch(() => {})]);
  over.abort();
}

interface Waiting extends Pick<LaunchOptions, "path" | "clock" | "signal"> {
  readonly child: Deno.ChildProcess;
  readonly log: readonly string[];
  /** Settles when all of the log was read. */
  readonly logged: Promise<void>;
}

async function firstLine(
  next: Promise<IteratorResult<string, void>>,
  { path, clock, signal, child, log, logged }: Waiting,
): Promise<string> {
  const over = new AbortController();
  const tooLate = clock.sleep(HANDSHAKE_MS, {
    signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
  }).then(() => {
    const message = `Plugin "${path}" says no handshake within ${HANDSHAKE_MS / 1000} s`;
    throw new BackendError("timeout", "handshake", `${message}${lastWords(log)}`);
  });
  // Where the line wins, nobody waits for this any more.
  tooLate.catch(() => {});
  try {
    const { value, done } = await Promise.race([next, tooLate]);
    if (!done) return value;
  } finally {
    over.abort();
  }
  await endsWithin(child, clock, END_MS);
  // What it started may still hold its standard error open.
  signalAll(child.pid, "SIGKILL");
  const { code, signal: by } = await child.status;
  await logged;
  const how = by === null ? `with exit status ${code}` : `by ${by}`;
  throw new BackendError(
    "unreachable",
    "handshake",
    `Plugin "${path}" ended ${how} before it said where it is${lastWords(log)}`,
  );
}

/** What a plugin wrote last on its standard error, for the end of a message. */
function lastWords(log: readonly string[]): string {
  return log.length > 0 ? `: ${log.slice(-SHOWN_LINES).join(" / ")}` : "";
}
