/**
 * Mutants of the registry.
 *
 * @module
 */

import { type Driver, Registry } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { type Mutant, type Mutate, onDriver } from "../mutant.ts";

/** A world whose registry is of another class. */
const withRegistry = (make: () => Registry<Driver>): Mutate => (world) =>
  withMembers(world, { registry: make });

class CaseSensitiveRegistry extends Registry<Driver> {
  readonly #exact = new Set<string>();
  override register(name: string, entry: Driver): void {
    this.#exact.add(name);
    super.register(name, entry);
  }
  override get(name: string): Driver | undefined {
    return this.#exact.has(name) ? super.get(name) : undefined;
  }
}

class FirstComeRegistry extends Registry<Driver> {
  override register(name: string, entry: Driver): void {
    if (!this.has(name)) super.register(name, entry);
  }
}

class InvertedRegistry extends Registry<Driver> {
  override forEach(callback: (entry: Driver, name: string) => boolean | void): void {
    super.forEach((entry, name) => callback(entry, name) !== true);
  }
}

/** The mutants. */
export const REGISTRY_MUTANTS: readonly Mutant[] = [
  {
    id: "registry-is-case-sensitive",
    breaks: "registry.case",
    why: "A plain map with the name as it was given",
    mutate: withRegistry(() => new CaseSensitiveRegistry()),
  },
  {
    id: "registry-keeps-the-first",
    breaks: "registry.replace",
    why: "Registered once at import, and never again",
    mutate: withRegistry(() => new FirstComeRegistry()),
  },
  {
    id: "registry-stops-on-true",
    breaks: "registry.stop",
    why: "kutti's old core and its library until today",
    mutate: withRegistry(() => new InvertedRegistry()),
  },
  {
    id: "driver-name-has-capitals",
    breaks: "registry.name",
    why: "A name made for people",
    mutate: onDriver((driver) => ({ name: driver.name.toUpperCase() })),
  },
];
