/**
 * Getting something by HTTP as a stream, with everything that can go wrong told apart.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Clock } from "../contract/mod.ts";

/** What is asked for. */
export interface TransferRequest {
  /** An address of http or https. */
  readonly url: string;
  /** What asks. */
  readonly fetch: typeof globalThis.fetch;
  /** Measures silence. On a virtual clock that is held meanwhile, there is none. */
  readonly clock: Clock;
  /** Ends the transfer. */
  readonly signal?: AbortSignal;
}

/** A piece of what came. */
export interface Chunk {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes will come in all, if the server says so. */
  readonly total?: number;
}

/** Why nobody listens for silence any more. A reason made once is cheaper than one with a stack. */
const OVER = "over";

/** How long a server may be silent. */
export const SILENCE_MS = 60_000;

/**
 * Gets the content; the first chunk is empty, and comes as soon as the total is known.
 *
 * @throws {Trouble} `not-found` for a 404 or 410, `deadline-exceeded` after silence, `unavailable` for
 * anything else than the whole content; its text has no user, password or query of the address
 */
export async function* transfer(request: TransferRequest): AsyncGenerator<Chunk> {
  const { url, fetch, signal } = request;
  const end = new AbortController();
  const silence = watchSilence(request, end);
  const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const headers = { "accept-encoding": "identity" };
  try {
    const response = await fetch(url, { signal: either, headers });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw refusal(response.status, url);
    }
    const total = lengthOf(response);
    let current = 0;
    yield { bytes: new Uint8Array(), total };
    for await (const bytes of response.body ?? []) {
      silence.heard();
      current += bytes.length;
      yield { bytes, total };
      silence.heard();
    }
    if (total === undefined || current === total) return;
    throw new Trouble(
      "unavailable",
      `${current} of ${total} bytes came from "${shown(url)}": try again`,
    );
  } catch (error) {
    if (error instanceof Trouble) throw error;
    if (silence.tooLong()) {
      const seconds = SILENCE_MS / 1000;
      throw new Trouble("deadline-exceeded", `"${shown(url)}" was silent for ${seconds} s`);
    }
    throw new Trouble("unavailable", `"${shown(url)}" cannot be had: ${reasonOf(error)}`);
  } finally {
    end.abort(OVER);
    await silence.ended;
  }
}

/** Aborts after too long a silence; ends with the controller's own abort. */
function watchSilence(
  { clock }: TransferRequest,
  end: AbortController,
): { heard(): void; tooLong(): boolean; ended: Promise<void> } {
  let last = clock.now();
  let isTooLong = false;
  const watch = async (): Promise<void> => {
    for (let quiet = 0; quiet < SILENCE_MS; quiet = clock.now() - last) {
      await clock.sleep(SILENCE_MS - quiet, { signal: end.signal });
    }
    isTooLong = true;
    end.abort();
  };
  return {
    heard: () => {
      last = clock.now();
    },
    tooLong: () => isTooLong,
    ended: watch().catch(() => {}),
  };
}

function refusal(status: number, url: string): Trouble {
  const code = status === 404 || status === 410 ? "not-found" : "unavailable";
  return new Trouble(code, `"${shown(url)}" answered with status ${status}`);
}

function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** The address without what may be a secret. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** The runtime's own words, which may cite addresses in full. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ for url \(\S*\)/g, "").replace(/https?:\/\/[^\s"')]+/g, "the address");
}
