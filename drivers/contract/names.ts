/**
 * Names: one rule, checked before anything reaches a hypervisor, and qualified names that cannot
 * collide.
 *
 * @module
 */

import { DriverError, type Subject } from "./errors.ts";

/** What names a driver accepts for machines and clusters; published, so that callers can ask first. */
export interface NameRule {
  /** The longest name, in characters; at most 63. */
  readonly maxLength: number;
  /** The rule in one sentence, for people. */
  readonly description: string;
}

/** RFC 1123 labels: a guest's host name equals its machine's name, so the name has to be one. */
export const LABEL_RULE: NameRule = {
  maxLength: 63,
  description: "lower-case letters, digits and hyphens; first and last a letter or digit",
};

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Whether a driver with this rule accepts the name. */
export function isValidName(name: unknown, rule: NameRule = LABEL_RULE): name is string {
  return typeof name === "string" && name.length <= rule.maxLength && LABEL.test(name);
}

/**
 * Checks a name.
 *
 * @throws {DriverError} `invalid-argument` if the rule forbids it
 */
export function assertName(
  name: unknown,
  about: { operation: string; subject: Subject; rule?: NameRule },
): asserts name is string {
  const rule = about.rule ?? LABEL_RULE;
  if (isValidName(name, rule)) return;
  throw new DriverError({
    code: "invalid-argument",
    operation: about.operation,
    subject: about.subject,
    message: `Cannot use the name ${JSON.stringify(name)}: a name is at most ${rule.maxLength} ` +
      `${rule.description}`,
  });
}

/**
 * Joins an owner, a cluster and perhaps a machine to one name of the hypervisor. Injective, as the
 * dot is in no label; never taken apart again: ownership lives in metadata.
 */
export function qualifiedName(...labels: readonly string[]): string {
  return labels.join(".");
}

/** Which machine: its cluster's name and its own. */
export interface MachineRef {
  /** The cluster. */
  readonly cluster: string;
  /** The machine; the guest's host name should equal it. */
  readonly name: string;
}

/** The subject of an error about a machine. Never fails, whatever the names are. */
export function machineSubject(ref: MachineRef): Subject {
  return `machine:${ref.cluster}/${ref.name}`;
}
