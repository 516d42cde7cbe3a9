/**
 * Provider ids: `kubevirt://<namespace>/<virtual machine>/<uid>`.
 *
 * The uid is part of it, so that an id never stands for a later machine of the same name.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { MachineOutline } from "./backend.ts";

/** What an id says. */
export interface ProviderId {
  /** Where. */
  readonly namespace: string;
  /** The name of the virtual machine. */
  readonly vm: string;
  /** Which one of that name. */
  readonly uid: string;
}

const SCHEME = "kubevirt://";
const FORM = /^kubevirt:\/\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** The text of an id. */
export function formatProviderId({ namespace, vm, uid }: ProviderId): string {
  return `${SCHEME}${[namespace, vm, uid].map(encodeURIComponent).join("/")}`;
}

/**
 * What the text of an id says.
 *
 * @throws {Trouble} `invalid-argument` if it is none of this plugin's
 */
export function parseProviderId(text: string): ProviderId {
  const [, namespace, vm, uid] = FORM.exec(text) ?? [];
  if (namespace !== undefined && vm !== undefined && uid !== undefined) {
    const id = { namespace: decoded(namespace), vm: decoded(vm), uid: decoded(uid) };
    if (formatProviderId(id) === text) return id;
  }
  const why = `${JSON.stringify(text)} is no provider id of this plugin: those look like ` +
    `${SCHEME}namespace/owner.machine/uid`;
  throw new Trouble("invalid-argument", why, "provider-id");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The id of a machine that is there. */
export function providerIdOf(
  { metadata }: MachineOutline,
  namespace: string,
): string {
  return formatProviderId({ namespace, vm: metadata.name ?? "", uid: metadata.uid ?? "" });
}
