/**
 * Mutants of the registry, the driver itself, names and errors.
 *
 * @module
 */

import {
  type Driver,
  DriverError,
  isDriverError,
  isValidName,
  type MachineStatus,
  Registry,
} from "../../drivers/contract/mod.ts";
import {
  keyOf,
  machineError,
  type Mutant,
  onDriver,
  onErrors,
  onImage,
  onImages,
  onMachine,
  onMachines,
  override,
  recode,
  withMachines,
} from "./mutant.ts";

/** A world whose registry is of another class. */
const withRegistry = (make: () => Registry<Driver>): Mutant["mutate"] => (world) =>
  override(world, { registry: make });

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

/** Mutants of the registry. */
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

let opened = 0;

/** Mutants of the driver itself. */
export const DRIVER_MUTANTS: readonly Mutant[] = [
  {
    id: "open-writes-a-file",
    breaks: "driver.open.no-effect",
    why: "kutti's drivers write their config at import",
    mutate: (world) =>
      override(world, {
        open: async (options) => {
          await world.files.tamper(`opened-${opened++}`, new Uint8Array([1]));
          return await world.open(options);
        },
      }),
  },
  {
    id: "description-counts-instances",
    breaks: "driver.stable",
    why: "A description with the time or the process in it",
    mutate: onDriver((driver) => ({ description: `${driver.description} #${opened++}` })),
  },
  {
    id: "status-is-never-ready",
    breaks: "driver.status.ready",
    why: "A probe that looks for a service of another version's name",
    mutate: onDriver((driver) => ({
      status: () =>
        Promise.resolve({
          state: "error",
          error: new DriverError({
            code: "unavailable",
            operation: "driver.status",
            subject: `driver:${driver.name}`,
            message: "The service is not there",
          }).toJSON(),
        }),
    })),
  },
  {
    id: "status-is-always-ready",
    breaks: "driver.status.error",
    why: "A status that never asks the hypervisor",
    mutate: onDriver(() => ({ status: () => Promise.resolve({ state: "ready", facts: {} }) })),
  },
  {
    id: "status-error-sticks",
    breaks: "driver.status.recovers",
    why: "kutti's Hyper-V driver never clears its error",
    mutate: onDriver((driver) => {
      let first: Awaited<ReturnType<Driver["status"]>> | undefined;
      return {
        status: async (options) => {
          const now = await driver.status(options);
          if (now.state === "error") first ??= now;
          return first ?? now;
        },
      };
    }),
  },
  {
    id: "unavailable-is-internal",
    breaks: "driver.unavailable",
    why: "One code for all that goes wrong",
    mutate: recode(["unavailable"], "internal"),
  },
  {
    id: "permission-is-not-found",
    breaks: "driver.permission",
    why: "Hyper-V's unspecific error read as a missing machine",
    mutate: recode(["permission-denied"], "not-found"),
  },
  {
    id: "listed-machines-lack-facets",
    breaks: "driver.facets.stable",
    why: "The list is built by another constructor",
    mutate: onMachines((machines) => ({
      list: async (...args) =>
        (await machines.list(...args)).map((each) => override(each, { suspension: undefined })),
    })),
  },
  {
    id: "fetch-keeps-a-second-copy",
    breaks: "driver.directories",
    why: "The archive stays beside the image that was unpacked from it",
    mutate: onImage((image, _, world) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        await world.files.tamper(`archives/${image.version}`, new Uint8Array([1]));
        return result;
      },
    })),
  },
  {
    id: "dispose-stops-machines",
    breaks: "driver.dispose",
    why: "libvirt's autodestroy flag left on",
    mutate: onDriver((driver) => ({
      [Symbol.asyncDispose]: async () => {
        for (const machine of await driver.machines.list()) await machine.forceStop();
        await driver[Symbol.asyncDispose]();
      },
    })),
  },
];

/** Accepts bad names by making good ones of them. */
const mendNames = (mend: (name: string) => string): Mutant["mutate"] =>
  onMachines((machines) => ({
    create: (spec, options) => machines.create({ ...spec, name: mend(spec.name) }, options),
  }));

/** Answers success for deletes of names that match. */
const deletesNothing = (names: RegExp): Mutant["mutate"] =>
  onMachines((machines) => ({
    delete: async (ref, options) => {
      if (!names.test(ref.name)) await machines.delete(ref, options);
    },
  }));

/** Mutants about names. */
export const NAME_MUTANTS: readonly Mutant[] = [
  {
    id: "names-joined-with-hyphens",
    breaks: "name.injective",
    why: "kutti's qualified names",
    mutate: onDriver((driver) => ({
      qualifiedMachineName: ({ cluster, name }) => [driver.owner, cluster, name].join("-"),
    })),
  },
  {
    id: "name-split-at-hyphens",
    breaks: "name.exact",
    why: "kutti's Hyper-V driver takes parts 1 and 2 of the hypervisor's name",
    mutate: onMachines((machines) => ({
      get: async (...args) => {
        const machine = await machines.get(...args);
        return override(machine, { name: machine.name.split("-").at(-1) });
      },
    })),
  },
  {
    id: "rule-says-ten",
    breaks: "name.rule",
    why: "kutti's message says up to 10, its code wants 2 to 10",
    mutate: onDriver((driver) => ({ nameRule: { ...driver.nameRule, maxLength: 20 } })),
  },
  {
    id: "long-names-do-not-start",
    breaks: "name.longest",
    why: "A path made of the name passes the host's limit",
    mutate: onMachine((machine) => ({
      start: async (options) => {
        if (machine.name.length > 60) throw machineError("internal", "machine.start", machine);
        return await machine.start(options);
      },
    })),
  },
  {
    id: "bad-name-leaves-a-machine",
    breaks: "name.before-effect",
    why: "The name is checked by the hypervisor, at the second step",
    mutate: onMachines((machines, _, world) => ({
      create: async (spec, options) => {
        if (!isValidName(spec.name)) await world.host?.plantMachine?.(`half-made-${opened++}`);
        return await machines.create(spec, options);
      },
    })),
  },
  {
    id: "wildcards-delete-nothing",
    breaks: "name.wildcard",
    why: "An unmatched pattern is no error to PowerShell",
    mutate: deletesNothing(/[*?%[]/),
  },
  {
    id: "quotes-are-stripped",
    breaks: "name.injection",
    why: "Escaped in place of refused",
    mutate: mendNames((name) => name.replace(/['"`$();|&\n\0<>/ ]/g, "")),
  },
  {
    id: "leading-hyphens-are-stripped",
    breaks: "name.option",
    why: "Made safe for the command line in silence",
    mutate: mendNames((name) => name.replace(/^-+/, "x")),
  },
  {
    id: "dots-are-deleted-without-a-word",
    breaks: "name.traversal",
    why: "A path that does not exist is taken for a deleted machine",
    mutate: deletesNothing(/[./\\]/),
  },
  {
    id: "capitals-are-folded",
    breaks: "name.case",
    why: "A case-insensitive backend",
    mutate: mendNames((name) => name.toLowerCase()),
  },
  {
    id: "unicode-is-folded",
    breaks: "name.unicode",
    why: "An OEM code page turns letters into others",
    mutate: mendNames((name) => name.normalize("NFKD").replace(/[^\0-\x7f]/g, "")),
  },
  {
    id: "clusters-are-unchecked",
    breaks: "name.cluster",
    why: "Only the machine's name is checked",
    mutate: onMachines((machines) => ({
      list: async (options) => {
        const cluster = options?.cluster;
        return cluster === undefined || isValidName(cluster) ? await machines.list(options) : [];
      },
    })),
  },
  {
    id: "bad-versions-are-skipped",
    breaks: "name.image",
    why: "An entry that cannot be used is dropped in silence",
    mutate: onImages((images) => ({
      update: async (options) => {
        try {
          await images.update(options);
        } catch (error) {
          if (!isDriverError(error) || error.code !== "data-loss") throw error;
        }
      },
    })),
  },
];

/** Mutants about errors. */
export const ERROR_MUTANTS: readonly Mutant[] = [
  {
    id: "errors-lack-the-operation",
    breaks: "error.shape",
    why: "An error made where nobody knows what was asked",
    mutate: onErrors((error) =>
      isDriverError(error) ? new DriverError({ ...error.toJSON(), operation: "" }) : error
    ),
  },
  {
    id: "missing-is-unknown",
    breaks: "error.missing",
    why: "kutti's Hyper-V driver has one error for everything",
    mutate: recode(["not-found"], "unknown"),
  },
  {
    id: "unsure-is-not-found",
    breaks: "error.unsure",
    why: "vbox says not found for any failure",
    mutate: recode(["unavailable", "internal", "deadline-exceeded", "unknown"], "not-found"),
  },
  {
    id: "no-memory-is-internal",
    breaks: "error.no-memory",
    why: "The code of the hypervisor is not in the table",
    mutate: recode(["resource-exhausted"], "internal"),
  },
  {
    id: "garbled-reply-panics",
    breaks: "error.garbled",
    why: "A type assertion on the reply",
    mutate: onErrors((error) =>
      isDriverError(error) && ["internal", "unknown", "data-loss"].includes(error.code)
        ? new TypeError("Cannot read properties of undefined")
        : error
    ),
  },
  {
    id: "timeout-is-internal",
    breaks: "error.timeout",
    why: "The abort of the call is passed on as it is",
    mutate: recode(["deadline-exceeded", "unavailable"], "internal"),
  },
  {
    id: "late-reply-answers-the-next-call",
    breaks: "error.late",
    why: "A session without request ids is off by one after a timeout",
    mutate: onDriver((driver) => {
      let late: MachineStatus | undefined;
      return withMachines(driver, (machine) => ({
        status: async (options) => {
          const answer = late;
          late = undefined;
          if (answer !== undefined) return answer;
          try {
            return await machine.status(options);
          } catch (error) {
            late = { state: "running", raw: "late" };
            throw error;
          }
        },
      }));
    }),
  },
  {
    id: "one-error-for-all-machines",
    breaks: "error.isolated",
    why: "kutti's drivers have one error field",
    mutate: onDriver((driver) => {
      let last: unknown;
      return withMachines(driver, (machine) => ({
        start: async (options) => {
          if (last !== undefined) throw last;
          try {
            return await machine.start(options);
          } catch (error) {
            last = error;
            throw error;
          }
        },
      }));
    }),
  },
  {
    id: "failed-create-leaves-a-machine",
    breaks: "error.rollback",
    why: "kutti's Hyper-V driver removes the files and leaves the registration",
    mutate: onMachines((machines, _, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          const failed = !isDriverError(error) || error.code === "internal";
          if (failed) await world.host?.plantMachine?.(`half-made-${opened++}`);
          throw error;
        }
      },
    })),
  },
  {
    id: "failed-create-blocks-the-name",
    breaks: "error.retry",
    why: "The reservation of the name is not taken back",
    mutate: onMachines((machines) => {
      const failed = new Set<string>();
      return {
        create: async (spec, options) => {
          if (failed.has(keyOf(spec))) throw machineError("aborted", "machines.create", spec);
          try {
            return await machines.create(spec, options);
          } catch (error) {
            failed.add(keyOf(spec));
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "status-is-optimistic",
    breaks: "error.truthful",
    why: "The old kutti core set Running when start was called",
    mutate: onMachine((machine) => {
      let hoped: MachineStatus | undefined;
      return {
        start: async (options) => {
          hoped = { state: "running", raw: "hoped" };
          const change = await machine.start(options);
          hoped = undefined;
          return change;
        },
        status: async (options) => hoped ?? await machine.status(options),
      };
    }),
  },
  {
    id: "signal-is-ignored",
    breaks: "error.canceled",
    why: "The signal is taken and never looked at",
    mutate: onMachines((machines) => ({
      create: (spec) => machines.create(spec),
      list: (options) => machines.list({ cluster: options?.cluster }),
    })),
  },
];
