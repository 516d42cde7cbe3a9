/**
 * An error together with what is known all the same.
 *
 * @module
 */

import {
  DriverError,
  type DriverErrorData,
  type DriverErrorInit,
  isDriverError,
} from "../errors.ts";
import type { PartialResponse } from "./requests.ts";

/** A {@linkcode PluginError} as plain JSON. */
export interface PluginErrorData extends DriverErrorData {
  /** What is known all the same. */
  readonly response: PartialResponse;
}

/** A `DriverError` that comes with a part of a response, as the controller allows. */
export class PluginError extends DriverError implements PluginErrorData {
  /** What is known all the same. */
  readonly response: PartialResponse;

  /** Makes the error. */
  constructor(init: DriverErrorInit & { readonly response: PartialResponse }) {
    super(init);
    this.response = init.response;
  }

  /** The error as plain JSON; the cause is left out. */
  override toJSON(): PluginErrorData {
    return { ...super.toJSON(), response: this.response };
  }
}

/** The response that came with an error, by shape as the error is; empty if none did. */
export function responseOf(error: unknown): PartialResponse {
  const response: unknown = isDriverError(error) && "response" in error && error.response;
  return typeof response === "object" && response !== null ? response : {};
}
