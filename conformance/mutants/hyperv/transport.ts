/**
 * What becomes of kutti's questions and answers: section 2.1 of the study of its Hyper-V driver.
 *
 * @module
 */

import { BackendError, type Json } from "../../../drivers/backend/backend.ts";
import type { Mutant } from "../mutant.ts";
import { type Below, isRefused } from "./below.ts";

const SOUND: Json = {
  hypervisorPresent: true,
  module: { version: "2.0.0.0" },
  serviceRunning: true,
  permission: "administrator",
  osBuild: "",
  psVersion: "",
  languageMode: "FullLanguage",
  is64Bit: true,
};

/** A host that is never asked how it is, so that each of these refusals is a machine that is not there. */
const readAsMissing = (id: string): Below => (call) => async (method, params) => {
  if (method === "Get-VmtckProbe") return SOUND;
  try {
    return await call(method, params);
  } catch (error) {
    if (method === "Get-VM" && isRefused(error) && error.code.startsWith(id)) return { vms: [] };
    throw error;
  }
};

/** What a list of machines is where it has another length than expected. */
const reshaped =
  (reshape: (vms: readonly Json[]) => Json): Below => (call) => async (method, params) => {
    const result = await call(method, params);
    if (method !== "Get-VM") return result;
    return { vms: reshape((result as { readonly vms: readonly Json[] }).vms) };
  };

/** The mutants. */
export const TRANSPORT_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-one-error-for-all",
    breaks: "error.missing",
    why: "kutti's reply has the text of an exception, and no identity of it",
    below: (call) => async (method, params) => {
      try {
        return await call(method, params);
      } catch (error) {
        if (!isRefused(error)) throw error;
        throw new BackendError("refused", "Unspecified:NotSpecified", error.message);
      }
    },
  },
  {
    id: "hyperv-service-down-is-missing",
    breaks: "driver.unavailable",
    why: "A stopped vmms says ObjectNotFound, and kutti does not look whether it runs",
    below: readAsMissing("ObjectNotFound"),
  },
  {
    id: "hyperv-no-rights-is-missing",
    breaks: "driver.permission",
    why: "kutti ignores whether the reply says success: no machine is no machine",
    below: readAsMissing("AccessDenied"),
  },
  {
    id: "hyperv-probes-once",
    breaks: "driver.status.error",
    why: "kutti probes at the first call, and never again",
    below: (call) => (method, params) =>
      method === "Get-VmtckProbe" ? Promise.resolve(SOUND) : call(method, params),
  },
  {
    id: "hyperv-list-of-one-is-an-object",
    breaks: "machine.create.exists",
    why: "ConvertTo-Json unwraps a list of one, and kutti's driver expects a list",
    below: reshaped((vms) => vms.length === 1 ? vms[0] ?? null : vms),
  },
  {
    id: "hyperv-list-of-two-is-text",
    breaks: "machine.list",
    why: "ConvertTo-Json stops at a depth of two: the machines of a list become texts",
    below: reshaped((vms) => vms.length > 1 ? vms.map(() => "@{Name=m; State=Off}") : vms),
  },
];
