/**
 * How machines of tasks are named, and what is noted of them.
 *
 * @module
 */

import type { TaskId } from "../../contract/mod.ts";
import { machineName, type MachineNote } from "../../tasks/mod.ts";
import type { DomainRef } from "../backend.ts";
import type { Session } from "../session.ts";
import type { TaskInterface } from "./domain_xml.ts";
import type { TaskTag } from "./metadata.ts";

/** What a note has besides name and identity: what cannot be found again once the domain is gone. */
export type More = {
  /** The copy of the image that the disk refers to; empty if there is none. */
  readonly base: string;
  /** The interfaces. */
  readonly interfaces: readonly TaskInterface[];
};

/** What a note says besides; it went through a handle, which anybody may have written. */
export function moreOf(note: MachineNote | undefined): More {
  const { base, interfaces } = (note?.more ?? {}) as Partial<More>;
  return {
    base: typeof base === "string" ? base : "",
    interfaces: Array.isArray(interfaces)
      ? interfaces.filter((it) => typeof it?.network === "string" && typeof it.mac === "string")
      : [],
  };
}

/** The domain of a note: its identity counts, whatever has its name now. */
export function domainOf({ name, id }: MachineNote): DomainRef {
  return { name, uuid: id };
}

/** The name of a task's domain. */
export function domainName(session: Session, id: TaskId): string {
  return session.nameOf(machineName(id));
}

/** The tag of a task's domain. */
export function tagFor(session: Session, id: TaskId): TaskTag {
  return { owner: session.owner, machine: machineName(id) };
}

/** The name of the volume that a machine is configured from. */
export function seedName(machine: string): string {
  return `${machine}.seed`;
}
