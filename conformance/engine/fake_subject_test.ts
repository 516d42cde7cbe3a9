/**
 * The smallest subject for tests of the suite: a driver in memory with a hook for each defect.
 *
 * @module
 */

import {
  type Clause,
  type ContractClaims,
  type Driver,
  DriverError,
  type Machine,
  type MachineId,
  type MachineRef,
  machineSubject,
  qualifiedName,
  type World,
} from "../../drivers/contract/mod.ts";
import { VirtualClock } from "../../drivers/backend/clock.ts";
import type { AnyCase, Case } from "../case.ts";
import type { Event } from "./events.ts";
import type { ImageServer } from "../image_server.ts";
import type { Stage, Subject } from "./subject.ts";

/** What can be wrong with the fake. */
export interface Defects {
  /** What `delete` does in place of removing. */
  readonly onDelete?: (name: string, host: Set<string>) => void | Promise<void>;
  /** What `status` does. */
  readonly onStatus?: () => void | Promise<void>;
  /** What looking at the host throws. */
  readonly onLook?: () => void;
  /** What `create` throws in place of making. */
  readonly onCreate?: () => void;
  /** What disposing of the world throws. */
  readonly onDispose?: () => void;
  /** What opening the world throws. */
  readonly onOpen?: (use: { case: AnyCase }) => void;
  /** How its answers come about. */
  readonly mode?: Subject["mode"];
  /** Parts of the claims. */
  readonly claims?: Partial<ContractClaims<"driver">>;
  /** When the tape was recorded. */
  readonly recordedAt?: string;
}

const found = (exists: boolean, ref: MachineRef, operation: string): void => {
  if (exists) return;
  throw new DriverError({
    code: "not-found",
    operation,
    subject: machineSubject(ref),
    message: `Cannot find machine "${ref.name}": there is none`,
  });
};

/** A driver over a set of names. */
export function fakeDriver(host: Set<string>, owner: string, defects: Defects = {}): Driver {
  const name = (ref: MachineRef): string =>
    `machine:${qualifiedName(owner, ref.cluster, ref.name)}`;
  const handle = (ref: MachineRef): Machine =>
    ({ cluster: ref.cluster, name: ref.name, id: name(ref) as MachineId }) as unknown as Machine;
  const machines = {
    // deno-lint-ignore require-await
    async create(ref: MachineRef): Promise<Machine> {
      defects.onCreate?.();
      host.add(name(ref));
      return handle(ref);
    },
    async get(ref: MachineRef): Promise<Machine> {
      found(await Promise.resolve(host.has(name(ref))), ref, "machines.get");
      return handle(ref);
    },
    list: () => Promise.resolve([]),
    async delete(ref: MachineRef): Promise<void> {
      if (defects.onDelete) return await defects.onDelete(name(ref), host);
      found(host.delete(name(ref)), ref, "machines.delete");
    },
  };
  const image = { version: "1.0.0-blank", fetch: () => ({ changed: true }), purge: () => ({}) };
  return {
    name: "fake",
    description: "A fake",
    owner,
    nameRule: { maxLength: 63, description: "labels" },
    reachability: "direct",
    machineFacets: [],
    async status() {
      await defects.onStatus?.();
      return { state: "ready", facts: {} };
    },
    qualifiedMachineName: (ref: MachineRef) => qualifiedName(owner, ref.cluster, ref.name),
    machines,
    images: { update: () => {}, get: () => Promise.resolve(image) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as Driver;
}

const server = {
  listUrl: "http://127.0.0.1/list",
  publish: () => {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
} as unknown as ImageServer;

function fakeWorld(host: Set<string>, clock: VirtualClock, defects: Defects): World {
  return {
    clock,
    open: ({ owner }) => Promise.resolve(fakeDriver(host, owner, defects)),
    images: {
      blank: () => Promise.resolve(new Uint8Array(1)),
      guest: () => Promise.reject(new Error("mkfs.ext4 is missing")),
    },
    host: {
      // deno-lint-ignore require-await
      async inventory() {
        defects.onLook?.();
        return [...host].sort();
      },
      plantMachine: (name) => Promise.resolve(void host.add(`machine:${name}`)),
      uprootMachine: (name) => Promise.resolve(void host.delete(`machine:${name}`)),
      fingerprint: (name) => Promise.resolve(host.has(`machine:${name}`) ? "there" : "gone"),
    },
    trace: () => [{ at: 1, ms: 2, method: "Domain.Create", lane: "machine:m", outcome: "ok" }],
    files: {} as World["files"],
    [Symbol.asyncDispose](): Promise<void> {
      clock[Symbol.dispose]();
      defects.onDispose?.();
      return Promise.resolve();
    },
  };
}

/** A subject over a host that all its worlds share. */
export function fakeSubject(
  defects: Defects = {},
  host: Set<string> = new Set(),
): Subject & { readonly host: Set<string> } {
  return {
    host,
    driver: "fake",
    mode: defects.mode ?? "simulated",
    contracts: ["driver"],
    claims: () =>
      Promise.resolve({
        driver: {
          subject: fakeDriver(host, "o"),
          host: {},
          faults: false,
          fillDisk: false,
          ...defects.claims,
        },
      }),
    // deno-lint-ignore require-await
    async open(use): Promise<Stage> {
      defects.onOpen?.(use);
      const world = fakeWorld(host, new VirtualClock(), defects);
      const { recordedAt } = defects;
      return {
        world,
        server,
        evidence: {
          origin: "simulator",
          versions: { fake: "1.0" },
          ...(recordedAt && { recordedAt }),
        },
        ...(recordedAt && { seed: "recorded" }),
        [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
      };
    },
  };
}

/** Two clauses, and the two of the engine. */
export const FAKE_CLAUSES: readonly Clause[] = [
  { id: "a.must", level: "must", text: "It must", source: "https://example.com/must" },
  { id: "a.should", level: "should", text: "It should", source: "contract" },
  { id: "leak.none", level: "must", text: "Nothing is left", source: "contract" },
  { id: "machine.bystander", level: "must", text: "Others are untouched", source: "contract" },
];

/** A case with one check `ok` of the must clause, unless told otherwise. */
export function fakeCase(
  id: string,
  run: Case["run"],
  more: Partial<Case> = {},
): Case & AnyCase {
  return {
    contract: "driver",
    id,
    title: `Title of ${id}`,
    why: "It broke once",
    checks: { ok: "a.must" },
    run,
    ...more,
  };
}

/** A case that passes. */
export const PASSING: Case["run"] = ({ check }) =>
  Promise.resolve(check.equal("ok", "number", 1, 1));
/** A case that fails. */
export const FAILING: Case["run"] = ({ check }) =>
  Promise.resolve(check.equal("ok", "number", 1, 2));

/** All events of a run. */
export async function collected(events: AsyncIterable<Event>): Promise<Event[]> {
  return await Array.fromAsync(events);
}
