/**
 * The end of a case: removes what it made, and looks at what is left.
 *
 * @module
 */

import {
  type ContractName,
  type HostBase,
  isDriverError,
  type SubjectOf,
  type World,
} from "../../drivers/contract/mod.ts";
import { type CheckBook, messageOf } from "./check.ts";
import { CONTRACT_OF, type HostResource, resourceName } from "./ledger.ts";
import type { Names } from "./names.ts";
import { rigOf } from "../rigs/mod.ts";
import { trackedHost, type Tracker } from "./tracker.ts";

/** A machine of nobody of ours that looks like one, and must stay as it is. */
export class Bystander {
  readonly #host: Required<Pick<HostBase, "plantMachine" | "uprootMachine" | "fingerprint">>;
  /** Its name on the host. */
  readonly name: string;
  #before: string | undefined;
  #after: string | undefined;

  private constructor(host: HostBase, name: string) {
    this.#host = host as Required<HostBase>;
    this.name = name;
  }

  /** One whose name begins as the case's own; undefined where none can be planted and watched. */
  static for(
    host: HostBase | undefined,
    { contract, names, tracker }: { contract: ContractName; names: Names; tracker: Tracker },
  ): Bystander | undefined {
    if (!host?.plantMachine || !host.uprootMachine || !host.fingerprint) return undefined;
    return new Bystander(trackedHost(host, contract, tracker), `${names.owner}x.bystander.m1`);
  }

  /** Makes it. */
  async plant(): Promise<void> {
    await this.#host.plantMachine(this.name);
    this.#before = await this.#host.fingerprint(this.name);
  }

  /** Sees whether it is as it was, and removes it. */
  async look(): Promise<void> {
    this.#after = await this.#host.fingerprint(this.name).catch(messageOf);
    await this.#host.uprootMachine(this.name);
  }

  /** Emits whether it was as before. */
  emit(check: CheckBook): void {
    const [expected, seen] = [this.#before ?? "", this.#after ?? "not looked at"];
    const subject = `machine:${this.name}`;
    const failure = seen === expected ? undefined : { subject, expected, seen };
    check.engine("bystander", "machine.bystander", failure);
  }
}

/** What {@linkcode cleanUp} works with. */
export interface Cleaning {
  /** What it made. */
  readonly tracker: Tracker;
  /** What stood by. */
  readonly bystander?: Bystander;
  /** Its contract. */
  readonly contract: ContractName;
  /** Its world. */
  readonly world: World<ContractName>;
  /** Its own owner. */
  readonly owner: string;
  /** An open instance for an owner. */
  of(owner: string): Promise<SubjectOf<ContractName>>;
}

/** How a resource is reached to be removed. */
export interface Reach {
  /** The ways behind the back of what serves a contract. */
  host(contract: ContractName): Promise<HostBase | undefined>;
  /** An open instance for an owner. */
  of(contract: ContractName, owner: string): Promise<SubjectOf<ContractName>>;
}

/** Removes one resource. @throws {DriverError} `not-found` if it is gone already, and others */
export async function removeResource(resource: HostResource, reach: Reach): Promise<void> {
  if ("owner" in resource) {
    const contract = CONTRACT_OF[resource.kind];
    const subject = await reach.of(contract, resource.owner);
    return await rigOf(contract).remove(resource, subject, await reach.host(contract));
  }
  const { kind, name, contract } = resource;
  const host: PlantingHost | undefined = await reach.host(contract);
  const [entry, uproot] = ({
    "planted-machine": [`machine:${name}`, host?.uprootMachine?.bind(host)],
    "planted-network": [`network:${name}`, host?.uprootNetwork?.bind(host)],
    "planted-file": [`file:${name}`, host?.uprootFile?.bind(host)],
    "planted-disk": [`disk:${name}`, host?.uprootDisk?.bind(host)],
  } as const)[kind];
  const isThere = (await host?.inventory())?.includes(entry);
  if (isThere) await uproot?.(name);
}

/** Ends what a killed run may have had happen to one resource. @throws {DriverError} */
export async function releaseResource(resource: HostResource, reach: Reach): Promise<void> {
  if (!("owner" in resource)) return;
  const contract = CONTRACT_OF[resource.kind];
  const { release } = rigOf(contract);
  if (!release) return;
  const subject = await reach.of(contract, resource.owner);
  await release(resource, subject, await reach.host(contract));
}

/** Host controls, some of which plant networks, files and disks, too. */
type PlantingHost = HostBase & {
  uprootNetwork?(name: string): Promise<void>;
  uprootFile?(name: string): Promise<void>;
  uprootDisk?(name: string): Promise<void>;
};

/** Removes what the attempt made, the newest first. Answers what could not be removed, and why. */
async function removeAll(cleaning: Cleaning): Promise<string[]> {
  const problems: string[] = [];
  const reach: Reach = {
    host: () => Promise.resolve(cleaning.world.host),
    of: (_, owner) => cleaning.of(owner),
  };
  for (const resource of cleaning.tracker.open()) {
    if (resource.kind === "planted-machine" && resource.name === cleaning.bystander?.name) continue;
    try {
      await removeResource(resource, reach);
    } catch (error) {
      const gone = isDriverError(error) && error.code === "not-found";
      if (!gone) {
        problems.push(`${resourceName(resource)}: ${messageOf(error)}`);
        continue;
      }
    }
    cleaning.tracker.gone(resource);
  }
  return problems;
}

/** What is on the host by one of those names, or of those owners; without host controls, what is listed. */
async function leftOvers(
  { world, of, owner, contract }: Cleaning,
  made: readonly HostResource[],
): Promise<string[]> {
  const owners = new Set([owner]);
  const planted = new Set<string>();
  for (const resource of made) {
    if ("owner" in resource) owners.add(resource.owner);
    else planted.add(resource.name);
  }
  if (world.host) {
    const ours = (name: string): boolean =>
      planted.has(name) || name.split(/[^a-z0-9-]+/).some((label) => owners.has(label));
    return (await world.host.inventory()).filter((entry) => ours(entry.replace(/^[a-z]+:/, "")));
  }
  if (made.length === 0) return [];
  const left: string[] = [];
  for (const each of owners) left.push(...await rigOf(contract).listed(await of(each)));
  return left;
}

/** What is left of an attempt. */
export interface Leftovers {
  /** What was seen on the host; if nobody can look, what was made and not removed. */
  readonly left: readonly string[];
  /** Why removing failed, or why it cannot be told what is left. */
  readonly problems: readonly string[];
}

/** Removes what the attempt made, in reverse order, and looks at what is left of it. */
export async function cleanUp(
  cleaning: Cleaning,
  within: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Leftovers> {
  const { tracker, bystander } = cleaning;
  try {
    await within(() => tracker.close());
    const problems = await within(() => removeAll(cleaning));
    await within(async () => await bystander?.look());
    const left = await within(() => leftOvers(cleaning, tracker.made()));
    if (left.length > 0) return { left, problems };
    await tracker.settle();
    return { left, problems: [] };
  } catch (error) {
    const standing = tracker.standing().filter(({ kind }) => kind !== "image");
    const problems = [`It cannot be told what is left: ${messageOf(error)}`];
    return { left: standing.map(resourceName), problems };
  }
}
