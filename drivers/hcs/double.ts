/**
 * The laboratory of a double of the service: what hosts, guests and strangers do there, and what the
 * service does when it is not well.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { JsonObject, Nothing } from "./json.ts";

/**
 * What a double leaves open because the service does not document it. Every value is a behaviour
 * that an adapter has to live with.
 */
export type Policies = {
  /**
   * A change of host and guest in one request whose guest part fails: nothing was changed (`atomic`),
   * the host part stays (`host-applied`), or the guest did it too and the reply was lost
   * (`reply-lost`).
   */
  readonly atomicity: "atomic" | "host-applied" | "reply-lost";
  /** What comes first when a system ends by request: the exit event, or the operation's completion. */
  readonly exitOrder: "event-first" | "completion-first";
  /** Whether a system that was created and never started tells its `State`. */
  readonly createdState: "told" | "omitted";
};

/** What a double does to the next calls of one method. */
export type Script = {
  /** The method, such as `system.modify`. */
  readonly method: string;
  /** Only calls about this system; about any if absent. */
  readonly id?: string;
  /** How many calls are left alone first. By default 0. */
  readonly skip?: number;
  /** How many calls it takes. By default 1. */
  readonly count?: number;
  /**
   * Refuses with this HRESULT, such as `0x80370110`: as the result of the operation, or at its
   * submission if `atSubmit`. Without it the call does what it always does.
   */
  readonly code?: string;
  /** Refuses the call itself rather than completing the operation so. */
  readonly atSubmit?: boolean;
  /** The result document of the refusal. */
  readonly document?: Json;
  /** Only the guest's part of a `system.modify` fails; what became of the host's is policy. */
  readonly guestOnly?: boolean;
  /** Completes that much later, in milliseconds. */
  readonly delayMs?: number;
};

/** A system as a double knows it, for comparison with what an adapter believes. */
export type LabSystem = {
  /** A word of the service, always told here. */
  readonly state: string;
  /** The document that it was created with. */
  readonly document: JsonObject;
  /** Devices by resource path without `VirtualMachine/Devices/`; shares by `VirtualSmb/Shares/NAME`. */
  readonly devices: { readonly [path: string]: Json };
  /** What the guest was asked to mount or add, by `ResourceType/KEY`. */
  readonly guest: { readonly [key: string]: Json };
  /** How many handles are open. */
  readonly handles: number;
};

/** The methods of the laboratory; the real service has none of them. */
export type LabMethods = {
  /** Every system with its devices, and every grant, as sorted `kind:name`. */
  readonly "lab.inventory": { params: Nothing; result: readonly string[] };
  /** One system as the double knows it; null if it is gone. */
  readonly "lab.system": { params: { readonly id: string }; result: LabSystem | null };
  /** The guest ends by itself. */
  readonly "lab.exit": {
    params: { readonly id: string; readonly exitType: string; readonly status: number };
    result: null;
  };
  /** Raises an event on every open handle of a system, also of one that has ended, whatever it says. */
  readonly "lab.event": {
    params: { readonly id: string; readonly type: number; readonly data: string | null };
    result: null;
  };
  /** The service is lost: every handle is told so, every operation fails. It comes back at once, empty. */
  readonly "lab.disconnect": { params: Nothing; result: null };
  /** What is done to the next calls. */
  readonly "lab.script": { params: { readonly script: Script }; result: null };
  /** Operations about this system are accepted, and nothing is done about them before `lab.release`. */
  readonly "lab.hold": { params: { readonly id: string }; result: null };
  /** Does what was held, in the order in which it was asked for. */
  readonly "lab.release": { params: { readonly id: string }; result: null };
  /** Sets policies; those that are absent stay. */
  readonly "lab.policies": { params: { readonly policies: Partial<Policies> }; result: null };
  /** Adds a namespace or an endpoint of HCN: its JSON document with an `ID`. */
  readonly "lab.network.add": {
    params: { readonly kind: "namespace" | "endpoint"; readonly document: JsonObject };
    result: null;
  };
  /** Removes one; nothing if it is not there. */
  readonly "lab.network.remove": {
    params: { readonly kind: "namespace" | "endpoint"; readonly id: string };
    result: null;
  };
};
