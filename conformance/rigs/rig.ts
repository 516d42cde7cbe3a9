/**
 * A rig: what the engine needs to hold the cases of one contract to a subject.
 *
 * @module
 */

import type { ContractName, HostOf, SubjectOf } from "../../drivers/contract/mod.ts";
import type { CommonContext } from "../case.ts";
import type { CheckBook } from "../engine/check.ts";
import type { Discretion } from "../engine/discretion.ts";
import type { ImageServer } from "../image_server.ts";
import type { OwnedResource } from "../engine/ledger.ts";
import type { Names } from "../engine/names.ts";
import type { Stage } from "../engine/subject.ts";
import { type Tracker, withMembers } from "../engine/tracker.ts";
import type { ContextOf } from "./case_types.ts";

/** What a case's context is made from. */
export interface ContextParts<C extends ContractName> {
  /** Where the case runs. */
  readonly stage: Stage<C>;
  /** The first instance, tracked. */
  readonly subject: SubjectOf<C>;
  /** The case's names. */
  readonly names: Names;
  /** Takes what was seen. */
  readonly check: CheckBook;
  /** Takes what must not be told. */
  readonly discretion: Discretion;
  /** The ways behind the subject's back, tracked, without what other cases make at the same time. */
  readonly host: HostOf<C> | undefined;
  /** Opens another instance, tracked too. */
  another(owner?: string): Promise<SubjectOf<C>>;
}

/** What the engine has to know of one contract. Plain functions; state is in the parts. */
export interface Rig<C extends ContractName = ContractName> {
  /** Whether a subject claims what only cases of this contract need. */
  claims(need: string, subject: Partial<SubjectOf<C>>): boolean;
  /** Gets the stage ready before the first instance is opened, such as by publishing images. */
  prepare?(stage: Stage<C>): Promise<void>;
  /** The same instance, with all that it makes written down before. */
  tracked(subject: SubjectOf<C>, owner: string, tracker: Tracker): SubjectOf<C>;
  /** The same ways behind its back, with all that they make besides planted machines written down. */
  trackedHost?(host: HostOf<C>, tracker: Tracker): HostOf<C>;
  /** What the case's function gets. */
  context(parts: ContextParts<C>): ContextOf<C>;
  /**
   * Ends what a case that was killed may have had happen to one resource, such as a hold on its deletion;
   * the host controls need not know of it.
   */
  release?(
    resource: OwnedResource,
    subject: SubjectOf<C>,
    host: HostOf<C> | undefined,
  ): Promise<void>;
  /**
   * Removes one resource, by an instance of its owner. The host controls are there for what an
   * instance has to be asked with.
   *
   * @throws {DriverError} `not-found` if it is gone already
   */
  remove(
    resource: OwnedResource,
    subject: SubjectOf<C>,
    host: HostOf<C> | undefined,
  ): Promise<void>;
  /** What is there of an instance's owner, such as `machine:o.c1.m1`, where there are no host controls. */
  listed(subject: SubjectOf<C>): Promise<string[]>;
}

/** What every case gets, whatever its contract. */
export function commonContext<C extends ContractName>(
  { stage, check, host, another }: ContextParts<C>,
): CommonContext<C> {
  const { clock, faults, files } = stage.world;
  return {
    another: ({ owner } = {}) => another(owner),
    check,
    server: withMembers<ImageServer>(stage.server, {
      down: () => clock.hold(stage.server.down()),
      up: () => clock.hold(stage.server.up()),
    }),
    clock,
    host: host as CommonContext<C>["host"],
    faults: (faults && withMembers({ ...faults } as CommonContext<C>["faults"], {
      plan: (fault) => faults.plan(fault),
      clear: () => faults.clear(),
      async during(fault, call) {
        faults.plan(fault);
        try {
          await call();
          return { met: faults.clear() };
        } catch (error) {
          return { error, met: faults.clear() };
        }
      },
    })) as CommonContext<C>["faults"],
    files: files as CommonContext<C>["files"],
    async settled(calls) {
      const results = await Promise.allSettled(calls);
      return results.map((it) =>
        it.status === "fulfilled" ? { value: it.value } : { error: it.reason }
      );
    },
  };
}
