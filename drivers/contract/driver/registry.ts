/**
 * A registry of drivers by name.
 *
 * @module
 */

/**
 * Names to entries. Names are compared without regard to letter case; registering a name again
 * replaces its entry.
 *
 * @example
 * ```ts
 * import { Registry } from "@vmtck/vmtck";
 *
 * const registry = new Registry<{ name: string }>();
 * registry.register("HyperV", { name: "hyperv" });
 * console.assert(registry.get("hyperv")?.name === "hyperv");
 * ```
 */
export class Registry<T> {
  readonly #entries = new Map<string, T>();

  /** Adds an entry, or replaces the one of the same name. */
  register(name: string, entry: T): void {
    this.#entries.set(name.toLowerCase(), entry);
  }

  /** The entry of that name, if there is one. */
  get(name: string): T | undefined {
    return this.#entries.get(name.toLowerCase());
  }

  /** Whether there is an entry of that name. */
  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** The names, lower-case, in order of their first registration. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Calls back for each entry, until the callback answers `false`. */
  forEach(callback: (entry: T, name: string) => boolean | void): void {
    for (const [name, entry] of this.#entries) {
      if (callback(entry, name) === false) return;
    }
  }
}
