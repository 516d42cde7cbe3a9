/**
 * What is told about a system by callback.
 *
 * @module
 */

import { check } from "./hresult.ts";
import type { Libraries } from "./library.ts";
import { fromWide } from "./strings.ts";

/** An `HCS_EVENT`, copied: it is the library's again once the callback returns. */
export interface NativeEvent {
  /** `HCS_EVENT_TYPE`. */
  readonly type: number;
  /** The event's document, or null. */
  readonly data: string | null;
}

const TYPE_OFFSET = 0;
const DATA_OFFSET = 8;

/** Operations have callbacks of their own, which the other options would exclude. */
const OPTIONS_NONE = 0;

/**
 * Listens to a handle. Answers what is to be called once the handle was closed, and not before:
 * until then callbacks may be under way.
 *
 * @throws {BackendError}
 */
export async function listen(
  { core, events }: Libraries,
  system: Deno.PointerValue,
  listener: (event: NativeEvent) => void,
): Promise<() => void> {
  const context = events.add((event) => {
    if (event === null) return;
    const view = new Deno.UnsafePointerView(event);
    const type = view.getUint32(TYPE_OFFSET);
    listener({ type, data: fromWide(view.getPointer(DATA_OFFSET)) });
  });
  try {
    const { pointer } = events.callback;
    check(await core.HcsSetComputeSystemCallback(system, OPTIONS_NONE, context, pointer));
  } catch (error) {
    events.remove(context);
    throw error;
  }
  return () => events.remove(context);
}
