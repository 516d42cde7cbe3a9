/**
 * What the seam has to know about Hyper-V's methods.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { SeamRules } from "../backend/module.ts";
import { codeOf, type HypervMethods } from "./backend.ts";

/** Everything that a method can name its subject by. */
interface Named {
  readonly Id?: string;
  readonly Name?: string;
  readonly Path?: string;
  readonly To?: string;
  readonly Items?: readonly { readonly Path: string }[];
  readonly address?: string;
}

function laneOf({ Id, Name, Path, To, Items, address }: Named): string {
  if (address !== undefined) return `guest:${address}`;
  const machine = Id ?? Name;
  if (machine !== undefined) return `machine:${machine}`;
  const disk = To ?? Path ?? Items?.[0]?.Path;
  return disk === undefined ? "host" : `disk:${disk.slice(disk.lastIndexOf("\\") + 1)}`;
}

const READS = /^(?:Get-|Test-|ssh\.)/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is made up anew in each run, besides identifiers. */
const VOLATILE: Readonly<Record<string, string>> = {
  // Where an image is in the cache depends on its content.
  "params From": "path",
  "params address": "address",
};

function refusal(id: string, category: string, message: string, hresult = ""): BackendError {
  return new BackendError("refused", codeOf({ id, category, hresult }), message);
}

/** The rules. */
export const SEAM: SeamRules<HypervMethods> = {
  lane: (_, params: Json) => laneOf(params as Named),
  changes: (method) => !READS.test(method),
  volatile(_, path, value): string | undefined {
    if (typeof value === "string" && UUID.test(value)) return "uuid";
    return path.length === 2 ? VOLATILE[path.join(" ")] : undefined;
  },
  situations: {
    // What a stopped service has in common with a machine that is not there.
    "unavailable": refusal("ObjectNotFound", "ObjectNotFound", "Der Dienst antwortet nicht"),
    "permission-denied": refusal("AccessDenied", "PermissionDenied", "Zugriff verweigert"),
    "no-memory": refusal(
      "OutOfMemory",
      "FromStdErr",
      "Nicht genügend Arbeitsspeicher",
      "0x8007000E",
    ),
    "disk-full": refusal("Unspecified", "NotSpecified", "Datenträger voll", "0x80070070"),
    "busy": refusal("OperationFailed", "NotSpecified", "Datei wird verwendet", "0x80070020"),
    "internal": refusal("Unspecified", "NotSpecified", "Unbekannter Fehler"),
  },
};
