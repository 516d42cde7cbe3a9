/**
 * What is ours: an element in the definitions of domains and networks. Names prove nothing.
 *
 * @module
 */

import { all, type JsonML } from "./jsonml.ts";

/** The namespace of {@linkcode metadataElement}. */
export const NAMESPACE = "https://vmtck.dev/ns/machine/1";
/** Its prefix. */
export const PREFIX = "vmtck";

/** The machine's tag. */
export interface MachineTag {
  /** Whose it is. */
  readonly owner: string;
  /** Its cluster. */
  readonly cluster: string;
  /** Its name. */
  readonly name: string;
  /** The version of the image that it was made from. */
  readonly image: string;
  /** The volume that its disk refers to; empty if the disk is a copy. */
  readonly base: string;
  /** Whether its maker is not done yet. */
  readonly creating: boolean;
}

/** The network's tag. */
export interface NetworkTag {
  /** Whose it is. */
  readonly owner: string;
  /** Its cluster. */
  readonly cluster: string;
}

/** The tag as an element, as libvirt's own call takes it: the namespace is put on there. */
export function machineElement(
  { owner, cluster, name, image, base, creating }: MachineTag,
): JsonML {
  const attributes = { owner, cluster, name, image, base };
  return ["machine", creating ? { ...attributes, state: "creating" } : attributes];
}

/** The tag as an element of a definition. */
export function networkElement({ owner, cluster }: NetworkTag): JsonML {
  return [`${PREFIX}:network`, { [`xmlns:${PREFIX}`]: NAMESPACE, owner, cluster }];
}

/** The tag in an element; undefined if it is no such element. */
export function machineTag([, attributes]: JsonML): MachineTag | undefined {
  const { owner, cluster, name, image = "", base = "", state } = attributes;
  if (!owner || !cluster || !name) return undefined;
  return { owner, cluster, name, image, base, creating: state === "creating" };
}

/** The tag in a network's definition. */
export function networkTag(network: JsonML): NetworkTag | undefined {
  const [element] = all(network, "metadata", "network");
  const { owner, cluster } = element?.[1] ?? {};
  const isOurs = Object.values(element?.[1] ?? {}).includes(NAMESPACE);
  return isOurs && owner && cluster ? { owner, cluster } : undefined;
}
