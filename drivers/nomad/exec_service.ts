/**
 * Commands whose output is streamed, over a driver that runs them to their end.
 *
 * @module
 */

import { DriverError, type TaskExec } from "../contract/mod.ts";
import type { Draft, Message } from "./message_types.ts";
import { toExit } from "./reports.ts";

function refused(code: "invalid-argument" | "unimplemented", why: string): DriverError {
  return new DriverError({
    code,
    operation: "task.execStreaming",
    subject: "task:",
    message: `Cannot run the command: ${why}`,
  });
}

/**
 * Runs a command, and answers its output in one piece each. The contract's commands take no input, and
 * have no terminal.
 */
export async function* execStreaming(
  exec: TaskExec,
  requests: AsyncIterable<Message<"ExecStreamingRequest">>,
  signal: AbortSignal,
): AsyncGenerator<Draft<"ExecStreamingResponse">> {
  const input = requests[Symbol.asyncIterator]();
  const { value: first, done } = await input.next();
  if (done || !first.setup) throw refused("invalid-argument", "the first message is no setup");
  const { taskId, command, tty } = first.setup;
  if (tty) throw refused("unimplemented", "this driver has no terminals");
  const given = new AbortController();
  void refuseInput(input, given);
  const both = AbortSignal.any([signal, given.signal]);
  try {
    const { stdout, stderr, exit } = await exec.execTask(taskId, command, { signal: both });
    yield { stdout: { data: stdout } };
    yield { stderr: { data: stderr } };
    yield { stdout: { close: true } };
    yield { stderr: { close: true } };
    yield { exited: true, result: toExit(exit) };
  } catch (error) {
    throw given.signal.aborted ? given.signal.reason : error;
  }
}

/** Reads the rest of the requests: the end of an empty input, and heartbeats, are all that may come. */
async function refuseInput(
  input: AsyncIterator<Message<"ExecStreamingRequest">>,
  given: AbortController,
): Promise<void> {
  try {
    for (let it = await input.next(); !it.done; it = await input.next()) {
      if (it.value.stdin && it.value.stdin.data.length > 0) {
        given.abort(refused("unimplemented", "this driver takes no input for commands"));
        return;
      }
    }
  } catch {
    // The caller is gone: its signal tells.
  }
}
