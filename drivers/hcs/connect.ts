/**
 * Reaching the real Host Compute Service for the suite.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { ConnectOptions, Host } from "../backend/module.ts";
import type { HcsBackend } from "./backend.ts";
import { openLibraries, systemFolder } from "./ffi/library.ts";
import { LiveBackend } from "./live.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The live backend for settings; nothing is asked yet. @throws {BackendError} where there is none */
export function liveBackend({ library }: Settings): LiveBackend {
  if (library === "" && Deno.build.os !== "windows") {
    const message =
      "The Host Compute Service is a part of Windows: run the suite there, or without " +
      "`--live` on recordings";
    throw new BackendError("unreachable", "not-windows", message);
  }
  return new LiveBackend(openLibraries(library || systemFolder()));
}

/**
 * Connects, and finds out whether the service answers.
 *
 * @throws {BackendError} saying what is missing and what to do
 */
export async function connectLive(
  { settings: given, signal }: ConnectOptions,
): Promise<{ backend: HcsBackend; host: Host }> {
  const backend = liveBackend(readSettings(given));
  try {
    const query = { PropertyTypes: ["Basic"] };
    const properties = await backend.call("service.properties", { query }, { signal });
    const { windows } = await backend.call("host.info", {}, { signal });
    const origin = backend.isDouble ? "simulator" : "hardware";
    return { backend, host: { origin, versions: { windows, schema: newest(properties) } } };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw deniedOr(error);
  }
}

/** Without the rights, everything is refused: what to do about it is no secret. */
function deniedOr(error: unknown): unknown {
  const denied = ["0x80070005", "0x8037011B"];
  if (!(error instanceof BackendError) || !denied.includes(error.code)) return error;
  const message =
    "The Host Compute Service refuses: run as an administrator, or as a member of the " +
    "group Hyper-V Administrators";
  return new BackendError("unreachable", error.code, message, { cause: error });
}

/** The newest schema version, for the provenance of a recording. */
function newest(properties: unknown): string {
  const versions = [...JSON.stringify(properties).matchAll(/"Major":(\d+),"Minor":(\d+)/g)]
    .map(([, major, minor]) => [Number(major), Number(minor)] as const)
    .sort(([a, b], [c, d]) => a - c || b - d);
  return versions.at(-1)?.join(".") ?? "unknown";
}
