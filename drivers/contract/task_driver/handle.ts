/**
 * Handles as bytes: what an agent stores between two processes of a driver.
 *
 * @module
 */

import { DriverError } from "../errors.ts";
import type { TaskHandle } from "./task.ts";

/** A handle as bytes: JSON in UTF-8, with the driver's notes in base64. */
export function encodeTaskHandle(handle: TaskHandle): Uint8Array<ArrayBuffer> {
  const driverState = handle.driverState.toBase64();
  return new TextEncoder().encode(JSON.stringify({ ...handle, driverState }));
}

/**
 * A handle from its bytes. What is in it is the driver's to judge.
 *
 * @throws {DriverError} `invalid-argument` if the bytes are no handle
 */
export function decodeTaskHandle(bytes: Uint8Array): TaskHandle {
  try {
    const handle = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { ...handle, driverState: Uint8Array.fromBase64(handle.driverState) };
  } catch (cause) {
    throw new DriverError({
      code: "invalid-argument",
      operation: "task.decodeHandle",
      subject: "driver:",
      message: "Cannot read the bytes as the handle of a task",
      cause,
    });
  }
}
