/**
 * Mutants of create.
 *
 * @module
 */

import { withMembers } from "../../engine/tracker.ts";
import {
  codeOf,
  keyOf,
  machineError,
  type Mutant,
  onDriver,
  onMachines,
  reasonOf,
} from "../mutant.ts";

let made = 0;

/** The mutants. */
export const CREATE_MUTANTS: readonly Mutant[] = [
  {
    id: "create-leaves-it-running",
    breaks: "machine.create.stopped",
    why: "kutti boots a new machine to set it up, and ignores the error of the stop",
    mutate: onMachines((machines) => ({
      create: async (spec, options) => {
        const machine = await machines.create(spec, options);
        await machine.start();
        return machine;
      },
    })),
  },
  {
    id: "create-ignores-sizes",
    breaks: "machine.create.spec",
    why: "kutti writes 2 GiB and two processors into its script",
    mutate: onMachines((machines) => ({
      create: ({ cluster, name, image }, options) =>
        machines.create({ cluster, name, image }, options),
    })),
  },
  {
    id: "create-returns-the-existing",
    breaks: "machine.create.exists",
    why: "An idempotent create that never compares",
    mutate: onMachines((machines) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (codeOf(error) !== "already-exists") throw error;
          return await machines.get(spec);
        }
      },
    })),
  },
  {
    id: "create-without-image-leaves-a-machine",
    breaks: "machine.create.unknown-image",
    why: "The registration is made before the image is looked up",
    mutate: onMachines((machines, _, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (codeOf(error) === "not-found") await world.host?.plantMachine?.(`half-${made++}`);
          throw error;
        }
      },
    })),
  },
  {
    id: "create-fetches-in-silence",
    breaks: "machine.create.image-missing",
    why: "A create that downloads gigabytes without a word",
    mutate: onMachines((machines, driver) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (reasonOf(error) !== "image-not-downloaded") throw error;
          await (await driver.images.get(spec.image)).fetch();
          return await machines.create(spec, options);
        }
      },
    })),
  },
  {
    id: "create-takes-deprecated",
    breaks: "machine.create.deprecated",
    why: "kutti's drivers leave it to the caller",
    mutate: onMachines((machines) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (reasonOf(error) !== "image-deprecated") throw error;
          throw machineError("internal", "machines.create", spec);
        }
      },
    })),
  },
  {
    id: "create-makes-the-network",
    breaks: "machine.create.network",
    why: "A missing network is made on the way, and nobody removes it",
    mutate: onMachines((machines, driver) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (reasonOf(error) !== "network-missing") throw error;
          await driver.networks?.create({ cluster: spec.cluster });
          return await machines.create(spec, options);
        }
      },
    })),
  },
  {
    id: "sizes-are-clamped",
    breaks: "machine.create.invalid",
    why: "The next possible size is taken in silence",
    mutate: onMachines((machines) => ({
      create: (spec, options) =>
        machines.create({
          ...spec,
          memoryMiB: spec.memoryMiB && Math.max(64, Math.floor(spec.memoryMiB)),
          cpus: spec.cpus === undefined ? undefined : Math.max(1, Math.floor(spec.cpus)),
        }, options),
    })),
  },
  {
    id: "old-disk-is-used-again",
    breaks: "machine.create.pristine",
    why: "kutti's disk is named after the machine, and found again",
    mutate: onDriver((driver) => {
      let hostname: string | undefined;
      const ssh = driver.ssh;
      return ssh === undefined ? {} : {
        ssh: withMembers(ssh, {
          run: async (address, argv, options) => {
            const result = await ssh.run(address, argv, options);
            if (argv[0] === "/sbin/set-hostname") hostname = argv[1];
            const asks = argv.join(" ") === "hostname" && hostname !== undefined;
            return asks ? { ...result, stdout: `${hostname}\n` } : result;
          },
        }),
      };
    }),
  },
  {
    id: "creates-collide",
    breaks: "machine.create.concurrent",
    why: "Temporary files with fixed names",
    mutate: onMachines((machines) => {
      let busy = false;
      return {
        create: async (spec, options) => {
          if (busy) throw machineError("aborted", "machines.create", spec);
          busy = true;
          try {
            return await machines.create(spec, options);
          } finally {
            busy = false;
          }
        },
      };
    }),
  },
  {
    id: "both-creates-win",
    breaks: "machine.create.race",
    why: "Checked first, acted on later",
    mutate: onMachines((machines) => {
      const flying = new Set<string>();
      return {
        create: async (spec, options) => {
          const second = flying.has(keyOf(spec));
          flying.add(keyOf(spec));
          try {
            return await machines.create(spec, options);
          } catch (error) {
            if (!second || codeOf(error) !== "already-exists") throw error;
            return await machines.get(spec);
          } finally {
            flying.delete(keyOf(spec));
          }
        },
      };
    }),
  },
  {
    id: "id-is-made-at-each-look",
    breaks: "machine.identity",
    why: "An index into a list",
    mutate: onMachines((machines) => ({
      get: async (...args) => {
        const machine = await machines.get(...args);
        return withMembers(machine, { id: `${machine.id}-${made++}` as typeof machine.id });
      },
    })),
  },
];
