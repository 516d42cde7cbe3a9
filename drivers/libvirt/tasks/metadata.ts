/**
 * What says that a domain is a task's: an element in its definition. Names prove nothing.
 *
 * @module
 */

import type { DomainRef } from "../backend.ts";
import { isRefused } from "../errors.ts";
import { MetadataType } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import type { JsonML } from "../jsonml.ts";

/** Not that of the machines of the `driver` contract, so that neither takes the other's for its own. */
const NAMESPACE = "https://vmtck.dev/ns/task/1";

/** The tag of a task's machine. */
export interface TaskTag {
  /** Whose it is. */
  readonly owner: string;
  /** The machine's name. */
  readonly machine: string;
}

/** The tag as an element of a definition. */
export function taskElement({ owner, machine }: TaskTag): JsonML {
  return ["vmtck-task:task", { "xmlns:vmtck-task": NAMESPACE, owner, machine }];
}

/** Whether a domain has that tag; false if it is gone. */
export async function isOurs(
  session: Session,
  domain: DomainRef,
  tag: TaskTag,
  options: { readonly signal?: AbortSignal },
): Promise<boolean> {
  const params = { domain, type: MetadataType.ELEMENT, uri: NAMESPACE, flags: 0 };
  try {
    const [, { owner, machine }] = await session.call("domainGetMetadata", params, options);
    return owner === tag.owner && machine === tag.machine;
  } catch (error) {
    if (isRefused(error, ErrorNumber.NO_DOMAIN, ErrorNumber.NO_DOMAIN_METADATA)) return false;
    throw error;
  }
}
