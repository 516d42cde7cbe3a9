/**
 * What calls have in common.
 *
 * @module
 */

/** The last parameter of every method. */
export interface CallOptions {
  /** Ends the call early with `canceled`; what it had begun is undone or told. */
  readonly signal?: AbortSignal;
}

/** Whether a call changed anything. */
export interface Changed {
  /** False if all was so already. */
  readonly changed: boolean;
}
