/**
 * The streams of the plugin API.
 *
 * @module
 */

import type { TaskDriver, TaskFingerprint } from "../contract/mod.ts";
import { fromEvent, fromFingerprint, fromUsage } from "./reports.ts";
import { aboutTask, type Session } from "./session.ts";
import { durationOf } from "./values.ts";

/** Makes them. */
export function streamCalls(
  session: Session,
): Pick<TaskDriver, "fingerprint" | "taskStats" | "taskEvents"> {
  return {
    fingerprint: ({ signal }) => fingerprints(session, session.until(signal)),
    taskStats: (taskId, { intervalMs, signal }) =>
      session.run(
        aboutTask("stats", taskId),
        undefined,
        async ({ channel }, { signal: _, ...about }) => {
          const collectionInterval = durationOf(intervalMs, "interval", about);
          const request = { taskId, collectionInterval };
          const options = { ...about, signal: session.until(signal) };
          const stream = channel.stream("driver", "TaskStats", request, options);
          await stream.taken;
          return mapped(stream.messages, (message) => {
            const usage = fromUsage(message);
            return { ...usage, timestamp: session.time(usage.timestamp) };
          });
        },
      ),
    taskEvents: ({ signal }) =>
      session.run(
        session.aboutDriver("events"),
        undefined,
        async ({ channel, said }, { signal: _, ...about }) => {
          const options = { ...about, signal: session.until(signal) };
          const stream = channel.stream("driver", "TaskEvents", {}, options);
          // A plugin of another make says nothing before the first event. It has the call, though, once it
          // answers one that was made later.
          if (said.isOurs) await stream.taken;
          else await channel.call("driver", "Capabilities", {}, options);
          return mapped(stream.messages, (message) => {
            const event = fromEvent(message);
            return { ...event, timestamp: session.time(event.timestamp) };
          });
        },
      ),
  };
}

async function* mapped<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield map(item);
}

/** A plugin that dies is unhealthy; the stream itself does not end by that. */
async function* fingerprints(
  session: Session,
  signal: AbortSignal,
): AsyncGenerator<TaskFingerprint> {
  const about = session.aboutDriver("fingerprint");
  try {
    const { messages } = await session.run(
      about,
      signal,
      ({ channel }) => channel.stream("driver", "Fingerprint", {}, { ...about, signal }),
    );
    for await (const message of messages) yield fromFingerprint(message);
    return;
  } catch (error) {
    if (signal.aborted) return;
    const description = error instanceof Error ? error.message : String(error);
    yield { health: "unhealthy", description, attributes: {} };
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
