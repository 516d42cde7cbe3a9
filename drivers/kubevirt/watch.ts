/**
 * Following a collection: a watch that goes on where it ended, and begins anew where it cannot.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import type { Collection, KubeBackend, KubeObject, Selection, WatchEvent } from "./backend.ts";
import { assertPage } from "./objects_client.ts";
import { spread } from "./spread.ts";
import { parseCode, refusalOf } from "./status.ts";

/** What was seen of a collection. */
export type Sighting =
  /** All that is there; what is not among it is gone. Comes first, and again after a gap. */
  | { readonly type: "all"; readonly objects: readonly KubeObject[] }
  /** One is new or changed. */
  | { readonly type: "changed"; readonly object: KubeObject }
  /** One is gone, or does not match the selection any more: read it to know. */
  | { readonly type: "gone"; readonly object: KubeObject };

/** What {@linkcode follow} needs. */
export interface FollowOptions {
  /** The server. */
  readonly backend: KubeBackend;
  /** What pauses are slept on. */
  readonly clock: Clock;
  /** What to follow. */
  readonly of: Collection & Selection;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How long the server may keep a watch, in seconds. By default five minutes. */
  readonly timeoutSeconds?: number;
}

const TIMEOUT_SECONDS = 300;
/** How much longer than the server itself a watch may be silent before it is taken for dead. */
const GRACE_MS = 15_000;
/** A watch that ends sooner counts as a failure. */
const SHORT_MS = 1000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** The watch cannot go on from where it was. */
class Expired extends Error {}

/**
 * Follows a collection until the signal aborts. A clean end, a cut connection and a silent one are
 * gone on from the last version seen; a `410` begins with all objects again. Each transition is told
 * once.
 *
 * @throws {BackendError} what the list or the start of a watch is refused with, if trying again
 *     makes no sense
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Sighting> {
  const { signal } = options;
  let version: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const all = await listed(options);
        version = all.version;
        yield { type: "all", objects: all.objects };
      }
      const begun = options.clock.now();
      for await (const event of watched(options, version)) {
        failures = 0;
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type === "BOOKMARK") continue;
        yield { type: event.type === "DELETED" ? "gone" : "changed", object: event.object };
      }
      if (options.clock.now() - begun < SHORT_MS) await rest(options, failures++);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Expired || refusalOf(error)?.status === 410) version = undefined;
      else if (!isPassing(error)) throw error;
      await rest(options, failures++, refusalOf(error)?.retryAfterSeconds);
    }
  }
}

/** Waits longer after each failure in a row, the first time not at all; or for as long as the server says. */
async function rest(
  { clock, signal, of: { resource, namespace, labelSelector } }: FollowOptions,
  failures: number,
  retryAfterSeconds?: number,
): Promise<void> {
  const own = failures === 0 ? 0 : FIRST_PAUSE_MS * 2 ** (failures - 1);
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(own, (retryAfterSeconds ?? 0) * 1000));
  if (pause === 0) return;
  const pauseMs = spread(pause, { resource, namespace, labelSelector, failures });
  await clock.sleep(pauseMs, { signal }).catch(() => {});
}

/** Whether trying again makes sense: a connection, or a server that is busy or not ready. */
function isPassing(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal === undefined || refusal.status === 429 || refusal.status >= 500;
}

async function listed(
  { backend, of, signal }: FollowOptions,
): Promise<{ objects: KubeObject[]; version: string }> {
  const objects: KubeObject[] = [];
  let next: string | undefined;
  do {
    const page = await backend.call("list", { ...of, limit: 250, continue: next }, { signal });
    assertPage(of.resource, page, next);
    objects.push(...page.items);
    next = page.metadata.continue;
    if (!next) return { objects, version: page.metadata.resourceVersion ?? "" };
  } while (true);
}

type Change = Extract<WatchEvent, { readonly object: KubeObject }>;

/** One watch, until it is over. @throws {Expired} if its history is gone */
async function* watched(options: FollowOptions, version: string): AsyncGenerator<Change> {
  const { backend, clock, of, signal, timeoutSeconds = TIMEOUT_SECONDS } = options;
  const end = new AbortController();
  const until = AbortSignal.any([signal, end.signal]);
  const events = backend.events({ signal: until });
  const params = { ...of, resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds };
  let watch: string | undefined;
  try {
    ({ watch } = await backend.call("watch.start", params, { signal: until }));
    const limit = timeoutSeconds * 1000 + GRACE_MS;
    clock.sleep(limit, { signal: until }).then(() => end.abort(), () => {});
    for await (const event of events) {
      if (event.watch !== watch) continue;
      if (event.type === "CLOSED") {
        watch = undefined;
        return;
      }
      if (event.type === "ERROR") {
        watch = undefined;
        throw parseCode(event.code).status === 410 ? new Expired() : new Error(event.message);
      }
      yield event;
    }
  } finally {
    end.abort();
    if (watch !== undefined) await backend.call("watch.stop", { watch }).catch(() => {});
  }
}
