/**
 * The functions of computecore.dll and computenetwork.dll that the adapter uses, as data.
 *
 * Everything that may wait for a callback is nonblocking: a callback needs the thread that a
 * blocking call would hold. Results are fetched when the callback has said that they are there, so no
 * call ever waits for one: waits would each take one of the few threads that also serve files.
 *
 * @module
 */

const text = "buffer"; // PCWSTR: a Uint16Array that ends with 0; null where the API allows it
const out = "buffer"; // T*: a BigUint64Array of one
const handle = "pointer";
const hresult = "i32";

/** A function on a handle, an operation and options. */
const onSystem = {
  parameters: [handle, handle, text],
  result: hresult,
  nonblocking: true,
} as const;

/** computecore.dll, Windows 10 1809 and Server 2019 or later. */
export const COMPUTE_CORE = {
  HcsCreateOperation: { parameters: ["usize", "pointer"], result: handle },
  HcsCloseOperation: { parameters: [handle], result: "void", nonblocking: true },
  HcsGetOperationResult: { parameters: [handle, out], result: hresult },
  HcsEnumerateComputeSystems: {
    parameters: [text, handle],
    result: hresult,
    nonblocking: true,
  },
  HcsCreateComputeSystem: {
    parameters: [text, text, handle, "pointer", out],
    result: hresult,
    nonblocking: true,
  },
  HcsOpenComputeSystem: { parameters: [text, "u32", out], result: hresult, nonblocking: true },
  HcsCloseComputeSystem: { parameters: [handle], result: "void", nonblocking: true },
  HcsSetComputeSystemCallback: {
    parameters: [handle, "u32", "usize", "pointer"],
    result: hresult,
    nonblocking: true,
  },
  HcsStartComputeSystem: onSystem,
  HcsShutDownComputeSystem: onSystem,
  HcsTerminateComputeSystem: onSystem,
  HcsPauseComputeSystem: onSystem,
  HcsResumeComputeSystem: onSystem,
  HcsSaveComputeSystem: onSystem,
  HcsGetComputeSystemProperties: onSystem,
  HcsModifyComputeSystem: {
    parameters: [handle, handle, text, "pointer"],
    result: hresult,
    nonblocking: true,
  },
  HcsGetServiceProperties: { parameters: [text, out], result: hresult, nonblocking: true },
  HcsGrantVmAccess: { parameters: [text, text], result: hresult, nonblocking: true },
  HcsRevokeVmAccess: { parameters: [text, text], result: hresult, nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

const openNetwork = {
  parameters: ["buffer", out, out],
  result: hresult,
  nonblocking: true,
} as const;
const queryNetwork = {
  parameters: [handle, text, out, out],
  result: hresult,
  nonblocking: true,
} as const;
const closeNetwork = { parameters: [handle], result: hresult, nonblocking: true } as const;

/** computenetwork.dll. Everything is synchronous there. */
export const COMPUTE_NETWORK = {
  HcnOpenNamespace: openNetwork,
  HcnQueryNamespaceProperties: queryNetwork,
  HcnCloseNamespace: closeNetwork,
  HcnOpenEndpoint: openNetwork,
  HcnQueryEndpointProperties: queryNetwork,
  HcnCloseEndpoint: closeNetwork,
} as const satisfies Deno.ForeignLibraryInterface;

/** What a double exports besides. */
export const DOUBLE = {
  VmtckControl: { parameters: [text, out], result: hresult },
  VmtckControlFree: { parameters: ["pointer"], result: "void" },
  VmtckLocalFree: { parameters: ["pointer"], result: "pointer" },
  VmtckCoTaskMemFree: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * A callback: an operation that has completed or an `HCS_EVENT`, and the context that it was set with.
 */
export const CALLBACK = {
  parameters: ["pointer", "usize"],
  result: "void",
} as const satisfies Deno.UnsafeCallbackDefinition;
