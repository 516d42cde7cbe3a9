/**
 * HRESULTs, and what they become.
 *
 * @module
 */

import { BackendError, type BackendErrorKind } from "../../backend/backend.ts";

const FACILITY_MASK = 0x1fff0000;
const FACILITY_HCS = 0x00370000;

/**
 * The code as `0x8037010F`. The service has two families of numbers: what functions return, and
 * what older functions and result documents say, with bit 30 set. They are one here.
 */
export function codeOf(hresult: number): string {
  const bits = hresult >>> 0;
  const isHcs = (bits & FACILITY_MASK) === FACILITY_HCS;
  const code = isHcs ? (bits & ~0x40000000) >>> 0 : bits;
  return `0x${code.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** Codes that say that there is no service to answer, or not any more. */
const KINDS: Readonly<Record<string, BackendErrorKind>> = {
  "0x80370114": "unreachable", // HCS_E_SERVICE_NOT_AVAILABLE
  "0x800706D9": "unreachable", // EPT_S_NOT_REGISTERED
  "0x8037011E": "disconnected", // HCS_E_SERVICE_DISCONNECT
};

/** The error for a failed HRESULT, with the text of its result document, if there was one. */
export function hresultError(hresult: number, document: string | null): BackendError {
  const code = codeOf(hresult);
  const message = document || `Refused with ${code} and no result document`;
  return new BackendError(KINDS[code] ?? "refused", code, message);
}

/** Throws for a failed HRESULT. @throws {BackendError} */
export function check(hresult: number, document: string | null = null): void {
  if (hresult < 0) throw hresultError(hresult, document);
}
