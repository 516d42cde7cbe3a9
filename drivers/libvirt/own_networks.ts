/**
 * Which networks are of one owner, and what they are.
 *
 * @module
 */

import { type CallOptions, DriverError, formatCidr } from "../contract/mod.ts";
import type { NetworkRef } from "./backend.ts";
import { type About, unlessRefused } from "./errors.ts";
import { networkTag } from "./metadata.ts";
import { cidrsOf } from "./network_xml.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import type { JsonML } from "./jsonml.ts";

const { NO_NETWORK } = ErrorNumber;

/** A network of ours. */
export interface OwnNetwork {
  /** As libvirt refers to it. */
  readonly network: NetworkRef;
  /** Whose it is. */
  readonly cluster: string;
  /** Its range; empty if it has none. */
  readonly cidr: string;
}

/** The network of a cluster, if there is one of ours. @throws {DriverError} if it is foreign */
export async function findNetwork(
  session: Session,
  cluster: string,
  about: About,
): Promise<OwnNetwork | undefined> {
  const name = session.nameOf(cluster);
  const { signal } = about;
  const network = await session.call("networkLookupByName", { name }, { signal })
    .catch(unlessRefused(undefined, NO_NETWORK));
  const own = network && await readNetwork(session, network, { signal });
  if (!network || own?.cluster === cluster) return own;
  throw new DriverError({
    operation: about.operation,
    subject: about.subject,
    code: "failed-precondition",
    reason: "foreign",
    message: `The network "${name}" was not made by this driver, so it is left alone`,
  });
}

/** What a network is; undefined if it is not of this owner, or gone. */
export async function readNetwork(
  session: Session,
  network: NetworkRef,
  options: CallOptions,
): Promise<OwnNetwork | undefined> {
  const xml = await definitionOf(session, network, options);
  const tag = xml && networkTag(xml);
  if (!xml || tag?.owner !== session.owner) return undefined;
  const [cidr] = cidrsOf(xml);
  return { network, cluster: tag.cluster, cidr: cidr ? formatCidr(cidr) : "" };
}

/** The definition of a network; undefined if it is gone. */
export async function definitionOf(
  session: Session,
  network: NetworkRef,
  options: CallOptions,
): Promise<JsonML | undefined> {
  return await session.call("networkGetXmlDesc", { network, flags: 0 }, options)
    .catch(unlessRefused(undefined, NO_NETWORK));
}
