/**
 * Mutants of creating, listing and deleting.
 *
 * @module
 */

import {
  type Change,
  DriverError,
  isDriverError,
  type MachineRef,
} from "../../drivers/contract/mod.ts";
import {
  keyOf,
  machineError,
  type Mutant,
  onDriver,
  onErrors,
  onMachine,
  onMachines,
  override,
  recode,
  withMachines,
} from "./mutant.ts";

const codeOf = (error: unknown): string | undefined =>
  isDriverError(error) ? error.code : undefined;
const reasonOf = (error: unknown): string | undefined =>
  isDriverError(error) ? error.reason : undefined;

let made = 0;

/** Mutants of create. */
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
        ssh: override(ssh, {
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
        return override(machine, { id: `${machine.id}-${made++}` as typeof machine.id });
      },
    })),
  },
];

/** Mutants of lists, owners and what belongs to others. */
export const LIST_MUTANTS: readonly Mutant[] = [
  {
    id: "list-omits-the-last",
    breaks: "machine.list",
    why: "kutti's VirtualBox driver drops machines whose name has a space",
    mutate: onMachines((machines) => ({
      list: async (...args) => (await machines.list(...args)).slice(0, -1),
    })),
  },
  {
    id: "list-ignores-the-cluster",
    breaks: "machine.list.cluster",
    why: "The filter is forgotten",
    mutate: onMachines((machines) => ({
      list: (options) => machines.list({ signal: options?.signal }),
    })),
  },
  {
    id: "foreign-machines-are-saved",
    breaks: "machine.foreign",
    why: "packer acted on the machine that it found under the name",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        try {
          await machines.delete(ref, options);
        } catch (error) {
          if (reasonOf(error) === "foreign") {
            await world.host?.force?.(driver.qualifiedMachineName(ref), "saved");
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "foreign-is-not-found",
    breaks: "machine.foreign.code",
    why: "Not ours is read as not there, and the next create runs into it",
    mutate: onErrors((error) =>
      isDriverError(error) && error.reason === "foreign"
        ? new DriverError({ ...error.toJSON(), code: "not-found", reason: undefined })
        : error
    ),
  },
  {
    id: "ambiguous-is-not-found",
    breaks: "machine.ambiguous",
    why: "A list of two is not the one that was looked for",
    mutate: onErrors((error) =>
      isDriverError(error) && error.reason === "ambiguous"
        ? new DriverError({ ...error.toJSON(), code: "not-found", reason: undefined })
        : error
    ),
  },
  {
    id: "one-owner-for-all",
    breaks: "machine.owner",
    why: "Two workspaces share one list",
    mutate: (world) => {
      let first: string | undefined;
      return override(world, {
        open: (options) => world.open({ ...options, owner: first ??= options.owner }),
      });
    },
  },
  {
    id: "handles-live-in-memory",
    breaks: "machine.adopt",
    why: "lima keeps what it knows in the process",
    mutate: onMachines((machines) => {
      const known = new Set<string>();
      return {
        create: async (spec, options) => {
          const machine = await machines.create(spec, options);
          known.add(keyOf(spec));
          return machine;
        },
        get: async (ref, options) => {
          const machine = await machines.get(ref, options);
          if (!known.has(keyOf(ref))) throw machineError("not-found", "machines.get", ref);
          return machine;
        },
      };
    }),
  },
  {
    id: "start-touches-the-neighbours",
    breaks: "machine.bystander",
    why: "A wildcard in a command that is meant for one machine",
    mutate: onMachine((machine, driver, world) => ({
      start: async (options) => {
        const own = `machine:${driver.owner}.`;
        for (const entry of await world.host?.inventory() ?? []) {
          if (!entry.startsWith("machine:") || entry.startsWith(own)) continue;
          await world.host?.force?.(entry.slice("machine:".length), "saved");
        }
        return await machine.start(options);
      },
    })),
  },
  {
    id: "create-makes-a-shadow",
    breaks: "leak.none",
    why: "A temporary machine for the set-up that nobody removes",
    mutate: onMachines((machines, driver, world) => ({
      create: async (spec, options) => {
        const machine = await machines.create(spec, options);
        await world.host?.plantMachine?.(`${driver.qualifiedMachineName(spec)}.shadow`);
        return machine;
      },
    })),
  },
];

/** Whether a start of a machine is on its way, in any instance. */
const starting = new Set<string>();

/** Mutants of delete. */
export const DELETE_MUTANTS: readonly Mutant[] = [
  {
    id: "deleted-machine-haunts",
    breaks: "machine.delete.gone",
    why: "A handle that is kept in a map, and answered from it",
    mutate: onMachines((machines) => {
      const kept = new Map<string, Awaited<ReturnType<typeof machines.get>>>();
      return {
        create: async (spec, options) => {
          const machine = await machines.create(spec, options);
          kept.set(keyOf(spec), machine);
          return machine;
        },
        get: async (ref, options) => kept.get(keyOf(ref)) ?? await machines.get(ref, options),
      };
    }),
  },
  {
    id: "delete-leaves-something",
    breaks: "machine.delete.complete",
    why: "Folders and checkpoints that nobody removes",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        await machines.delete(ref, options);
        await world.host?.plantMachine?.(`${driver.qualifiedMachineName(ref)}.left-${made++}`);
      },
    })),
  },
  {
    id: "deleting-nothing-succeeds",
    breaks: "machine.delete.again",
    why: "Removing with force hides that there was nothing",
    mutate: onMachines((machines) => ({
      delete: async (ref, options) => {
        try {
          await machines.delete(ref, options);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
        }
      },
    })),
  },
  {
    id: "delete-is-always-forced",
    breaks: "machine.delete.running",
    why: "Remove-VM -Force, as it is in the manual",
    mutate: onMachines((machines) => ({
      delete: (ref, options) => machines.delete(ref, { ...options, force: true }),
    })),
  },
  {
    id: "force-is-forgotten",
    breaks: "machine.delete.force",
    why: "The option is taken and not passed on",
    mutate: onMachines((machines) => ({
      delete: (ref, options) => machines.delete(ref, { signal: options?.signal }),
    })),
  },
  {
    id: "half-delete-is-stuck",
    breaks: "machine.delete.partial",
    why: "kutti's Hyper-V driver: the disk was locked, and the next delete finds no machine",
    mutate: onMachines((machines) => {
      const failed = new Set<string>();
      return {
        delete: async (ref, options) => {
          if (failed.has(keyOf(ref))) throw machineError("internal", "machines.delete", ref);
          try {
            await machines.delete(ref, options);
          } catch (error) {
            if (codeOf(error) !== "not-found") failed.add(keyOf(ref));
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "delete-needs-the-disk",
    breaks: "machine.delete.disk-gone",
    why: "kutti returns at the first file that is missing",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        const name = driver.qualifiedMachineName(ref);
        const entries = await world.host?.inventory() ?? [];
        const registered = entries.includes(`machine:${name}`);
        const disk = entries.some((entry) => entry.startsWith("disk:") && entry.includes(name));
        if (registered && !disk) throw machineError("internal", "machines.delete", ref);
        await machines.delete(ref, options);
      },
    })),
  },
  {
    id: "delete-ignores-a-start",
    breaks: "machine.delete.race",
    why: "The state was read before the start came through",
    mutate: onDriver((driver) => {
      const { machines } = withMachines(driver, (machine) => ({
        start: async (options): Promise<Change> => {
          starting.add(keyOf(machine));
          try {
            return await machine.start(options);
          } finally {
            starting.delete(keyOf(machine));
          }
        },
      }));
      return {
        machines: override(machines ?? driver.machines, {
          delete: async (ref: MachineRef, options) => {
            const races = starting.has(keyOf(ref));
            try {
              await driver.machines.delete(ref, options);
            } catch (error) {
              if (!races) throw error;
            }
          },
        }),
      };
    }),
  },
  {
    id: "stop-writes-into-the-image",
    breaks: "machine.image.unchanged",
    why: "A shared parent disk that is writable",
    mutate: onMachine((machine, _, world) => ({
      forceStop: async (options) => {
        const change = await machine.forceStop(options);
        for (const file of await world.files.cached()) {
          await world.files.tamper(file, new Uint8Array([made++ & 0xff]));
        }
        return change;
      },
    })),
  },
  {
    id: "start-needs-the-image",
    breaks: "machine.image.purged",
    why: "The disk has the cached file as its parent",
    mutate: onMachine((machine, driver) => ({
      start: async (options) => {
        const images = await driver.images.list();
        const statuses = await Promise.all(images.map((image) => image.status()));
        if (!statuses.includes("downloaded")) {
          throw machineError("internal", "machine.start", machine);
        }
        return await machine.start(options);
      },
    })),
  },
  {
    id: "gone-is-unknown",
    breaks: "machine.status.gone",
    why: "Everything that is not two words is unknown",
    mutate: recode(["not-found"], "unavailable"),
  },
];
