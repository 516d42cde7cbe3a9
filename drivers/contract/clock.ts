/**
 * The clock that an adapter gets: real when live, virtual in replay and simulation.
 *
 * @module
 */

/** Time and waiting. Nothing in an adapter or a case reads any other clock. */
export interface Clock {
  /** Milliseconds since the clock's own start. */
  now(): number;
  /** Settles after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, options?: { signal?: AbortSignal }): Promise<void>;
  /** Calls `fire` after `ms` milliseconds, unless what it answers was called before. */
  timer(ms: number, fire: () => void): () => void;
  /** Waits for work outside the backend (a file, a socket) while virtual time stands still. */
  hold<T>(work: Promise<T>): Promise<T>;
}
