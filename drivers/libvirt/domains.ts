/**
 * Reading domains: whose they are, and what they do.
 *
 * @module
 */

import type { MachineRef } from "../contract/mod.ts";
import type { DomainRef, DomainUses } from "./backend.ts";
import { isRefused, unlessRefused } from "./errors.ts";
import { type MachineTag, machineTag, NAMESPACE } from "./metadata.ts";
import { DomainState, MetadataType } from "./rpc/constants.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import { type Seen, stateOf } from "./state.ts";

const { NO_DOMAIN, NO_DOMAIN_METADATA } = ErrorNumber;

type Options = { readonly signal?: AbortSignal };

/** A domain of ours. */
export interface OwnDomain {
  /** Where it is. */
  readonly domain: DomainRef;
  /** What it is. */
  readonly tag: MachineTag;
}

/** The domain of that name, whoever it belongs to. */
export async function findDomain(
  session: Session,
  name: string,
  options: Options,
): Promise<DomainRef | undefined> {
  return await session.call("domainLookupByName", { name }, options)
    .catch(unlessRefused(undefined, NO_DOMAIN));
}

/** The domain's tag; undefined if it has none of ours, or is gone. */
export async function tagOf(
  session: Session,
  domain: DomainRef,
  options: Options,
): Promise<MachineTag | undefined> {
  const params = { domain, type: MetadataType.ELEMENT, uri: NAMESPACE, flags: 0 };
  try {
    const tag = machineTag(await session.call("domainGetMetadata", params, options));
    if (tag && !tag.creating) session.made.add(domain.uuid);
    return tag;
  } catch (error) {
    if (isRefused(error, NO_DOMAIN, NO_DOMAIN_METADATA)) return undefined;
    throw error;
  }
}

/** Whether a tag is of this owner and this machine. */
export function isTagOf(tag: MachineTag | undefined, owner: string, ref: MachineRef): boolean {
  return tag?.owner === owner && tag.cluster === ref.cluster && tag.name === ref.name;
}

/** All domains of this owner. A name alone makes none of them ours; it only saves asking the others. */
export async function ownDomains(session: Session, options: Options): Promise<OwnDomain[]> {
  const domains = await session.call("connectListAllDomains", { flags: 0 }, options);
  const found = await Promise.all(
    domains.filter(({ name }) => name.startsWith(`${session.owner}.`)).map(async (domain) => {
      const tag = await tagOf(session, domain, options);
      const isOurs = tag && isTagOf(tag, session.owner, tag) &&
        domain.name === session.nameOf(tag.cluster, tag.name);
      return isOurs ? [{ domain, tag }] : [];
    }),
  );
  return found.flat();
}

/** What a domain is doing now. */
export async function look(session: Session, domain: DomainRef, options: Options): Promise<Seen> {
  const { state, reason } = await session.call("domainGetState", { domain }, options);
  const isOff = state === DomainState.SHUTOFF;
  const saved = isOff &&
    await session.call("domainHasManagedSaveImage", { domain }, options);
  const isMade = !isOff || saved || session.made.has(domain.uuid);
  const tag = isMade ? undefined : await tagOf(session, domain, options);
  return stateOf(state, reason, { saved, creating: tag?.creating ?? false });
}

/** What all domains but one have of others. */
export async function usesOfOthers(
  session: Session,
  except: DomainRef | undefined,
  options: Options,
): Promise<DomainUses[]> {
  const domains = await session.call("connectListAllDomains", { flags: 0 }, options);
  const uses = await Promise.all(
    domains.filter(({ uuid }) => uuid !== except?.uuid).map((domain) =>
      session.call("domainGetUses", { domain }, options)
        .catch(unlessRefused(undefined, NO_DOMAIN))
    ),
  );
  return uses.filter((it) => it !== undefined);
}
