/**
 * Mutants of names.
 *
 * @module
 */

import { isDriverError, isValidName } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  machineError,
  type Mutant,
  type Mutate,
  onDriver,
  onImages,
  onMachine,
  onMachines,
} from "../mutant.ts";

let planted = 0;

/** Accepts bad names by making good ones of them. */
const mendNames = (mend: (name: string) => string): Mutate =>
  onMachines((machines) => ({
    create: (spec, options) => machines.create({ ...spec, name: mend(spec.name) }, options),
  }));

/** Answers success for deletes of names that match. */
const deletesNothing = (names: RegExp): Mutate =>
  onMachines((machines) => ({
    delete: async (ref, options) => {
      if (!names.test(ref.name)) await machines.delete(ref, options);
    },
  }));

/** The mutants. */
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
        return withMembers(machine, { name: machine.name.split("-").at(-1) });
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
        if (!isValidName(spec.name)) await world.host?.plantMachine?.(`half-made-${planted++}`);
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
