/**
 * Mutants of images, networks and port forwards.
 *
 * @module
 */

import {
  type CallOptions,
  type Driver,
  DriverError,
  type ErrorCode,
  type Image,
  isDriverError,
  type Network,
} from "../../drivers/contract/mod.ts";
import {
  keyOf,
  type Mutant,
  onDriver,
  onForwards,
  onImage,
  onImages,
  onNetworks,
  override,
} from "./mutant.ts";

const codeOf = (error: unknown): string | undefined =>
  isDriverError(error) ? error.code : undefined;

/** Answers success where a call is refused with that code. */
async function swallow<T>(code: ErrorCode, call: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
    return instead;
  }
}

/** Replaces a refusal by another code. */
async function recoded<T>(from: ErrorCode, to: ErrorCode, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isDriverError(error) || error.code !== from) throw error;
    throw new DriverError({ ...error.toJSON(), code: to });
  }
}

/** A list that is emptied when an update fails with that code. */
const emptiedBy = (code: ErrorCode): Mutant["mutate"] =>
  onImages((images) => {
    let empty = false;
    return {
      update: async (options) => {
        try {
          await images.update(options);
          empty = false;
        } catch (error) {
          empty = codeOf(error) === code;
          throw error;
        }
      },
      versions: async (options) => empty ? [] : await images.versions(options),
    };
  });

/** Takes an image for downloaded after a fetch that was refused with one of the codes. */
const takenAnyway = (...codes: ErrorCode[]): Mutant["mutate"] =>
  onImage((image) => {
    let taken = false;
    return {
      fetch: async (options) => {
        try {
          return await image.fetch(options);
        } catch (error) {
          taken = codes.some((code) => code === codeOf(error));
          throw error;
        }
      },
      status: async (options) => taken ? "downloaded" : await image.status(options),
    };
  });

/** Mutants of the list of images. */
export const IMAGE_LIST_MUTANTS: readonly Mutant[] = [
  {
    id: "list-is-unsorted",
    breaks: "image.update",
    why: "The order of a map, or versions sorted as words",
    mutate: onImages((images) => ({
      list: async (options) => (await images.list(options)).toReversed(),
    })),
  },
  {
    id: "unknown-version-is-the-first",
    breaks: "image.get",
    why: "A lookup that falls back to the default",
    mutate: onImages((images) => ({
      get: async (version, options) => {
        const [first] = await images.list(options);
        const known = (await images.versions(options)).includes(version);
        return known || first === undefined ? await images.get(version, options) : first;
      },
    })),
  },
  {
    id: "versions-omit-the-deprecated",
    breaks: "image.versions",
    why: "Filtered for the users' sake, in the wrong place",
    mutate: onImages((images) => ({
      versions: async (options) =>
        (await images.list(options)).filter(({ deprecated }) => !deprecated)
          .map(({ version }) => version),
    })),
  },
  {
    id: "unreachable-source-empties-the-list",
    breaks: "image.update.unreachable",
    why: "The list is emptied before the new one is there",
    mutate: emptiedBy("unavailable"),
  },
  {
    id: "malformed-list-is-empty",
    breaks: "image.update.malformed",
    why: "kutti overwrites what it cannot read with defaults",
    mutate: emptiedBy("data-loss"),
  },
  {
    id: "downloaded-by-version",
    breaks: "image.update.checksum",
    why: "The cache is keyed by the version alone",
    mutate: onImage((image, driver) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        fetched.add(fetchKey(driver, image));
        return result;
      },
      purge: async (options) => {
        fetched.delete(fetchKey(driver, image));
        return await image.purge(options);
      },
      status: async (options) =>
        fetched.has(fetchKey(driver, image)) ? "downloaded" : await image.status(options),
    })),
  },
  {
    id: "status-word-of-the-list",
    breaks: "image.status.declared",
    why: "kutti's lists say NotDownloaded, its constants Notdownloaded",
    mutate: onImage((image) => ({
      status: async (options) => {
        const status = await image.status(options);
        return status === "not-downloaded" ? "NotDownloaded" as typeof status : status;
      },
    })),
  },
  {
    id: "json-loses-the-deprecation",
    breaks: "image.json",
    why: "A field is written under one name and read under another",
    mutate: onImages((images) => ({
      fromJSON: (text) => {
        const image = images.fromJSON(text);
        return override(image, { toJSON: () => ({ ...image.toJSON(), deprecated: false }) });
      },
    })),
  },
  {
    id: "bad-json-is-an-empty-image",
    breaks: "image.json.bad",
    why: "Missing fields are read as empty",
    mutate: onImages((images) => ({
      fromJSON: (text) => {
        try {
          return images.fromJSON(text);
        } catch {
          const data = { version: "0", sha256: "0".repeat(64), url: "http://localhost/" };
          return images.fromJSON(JSON.stringify({ ...data, deprecated: false }));
        }
      },
    })),
  },
  {
    id: "deprecation-is-lost",
    breaks: "image.deprecated",
    why: "The field is read under another name",
    mutate: onImage(() => ({ deprecated: false })),
  },
  {
    id: "old-handle-is-detached",
    breaks: "image.handle",
    why: "kutti loads the list anew, and the old handle writes into the old one",
    mutate: onImages((images) => {
      let generation = 0;
      return {
        update: async (options) => {
          await images.update(options);
          generation++;
        },
        get: async (version, options) => {
          const image = await images.get(version, options);
          const born = generation;
          return override(image, {
            fetch: (fetching) =>
              born === generation ? image.fetch(fetching) : Promise.resolve({ changed: false }),
          });
        },
      };
    }),
  },
  {
    id: "list-lives-in-memory",
    breaks: "image.persists",
    why: "lima keeps the status in the process",
    mutate: onImages((images) => {
      let updated = false;
      return {
        update: async (options) => {
          await images.update(options);
          updated = true;
        },
        versions: async (options) => updated ? await images.versions(options) : [],
      };
    }),
  },
  {
    id: "corrupt-list-is-empty",
    breaks: "image.corrupt-state",
    why: "kutti overwrites a corrupt file with defaults",
    mutate: onImages((images) => ({
      versions: (options) => swallow("data-loss", () => images.versions(options), []),
    })),
  },
];

/** Which images were fetched, by instance owner and version. */
const fetched = new Set<string>();
const fetchKey = (driver: Driver, image: Image): string => `${driver.owner}/${image.version}`;

/** Mutants of fetching. */
export const IMAGE_FETCH_MUTANTS: readonly Mutant[] = [
  {
    id: "fetch-only-says-so",
    breaks: "image.fetch",
    why: "lima flips a flag",
    mutate: onImage(() => ({ fetch: () => Promise.resolve({ changed: true }) })),
  },
  {
    id: "fetch-again-is-refused",
    breaks: "image.fetch.again",
    why: "The file exists",
    mutate: onImage((image) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        return result.changed ? result : { changed: true };
      },
    })),
  },
  {
    id: "corrupt-image-is-taken",
    breaks: "image.fetch.checksum",
    why: "The checksum is compared after the file has its final name",
    mutate: takenAnyway("data-loss"),
  },
  {
    id: "checksums-are-compared-as-text",
    breaks: "image.fetch.hex-case",
    why: "kutti compares with the case of the letters",
    mutate: onImage((image) => {
      const data = image.toJSON();
      return { toJSON: () => ({ ...data, sha256: data.sha256.toUpperCase() }) };
    }),
  },
  {
    id: "cut-transfer-is-taken",
    breaks: "image.fetch.interrupted",
    why: "A download that ended is a download that is whole",
    mutate: takenAnyway("unavailable"),
  },
  {
    id: "cut-transfer-blocks-the-next",
    breaks: "image.fetch.recovers",
    why: "The temporary file of the failed attempt is in the way",
    mutate: onImage((image) => {
      let failed: unknown;
      return {
        fetch: async (options) => {
          if (failed !== undefined) throw failed;
          try {
            return await image.fetch(options);
          } catch (error) {
            failed = error;
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "failed-fetch-purges",
    breaks: "image.fetch.keeps",
    why: "The old copy is removed before the new one is verified",
    mutate: onImage((image, _, world) => ({
      fetch: async (options) => {
        try {
          return await image.fetch(options);
        } catch (error) {
          for (const file of await world.files.cached()) await world.files.tamper(file, undefined);
          throw error;
        }
      },
    })),
  },
  {
    id: "missing-image-is-data-loss",
    breaks: "image.fetch.status",
    why: "The page that says 404 is saved, and its checksum is wrong",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("not-found", "data-loss", () => image.fetch(options)),
    })),
  },
  {
    id: "last-chunk-goes-unreported",
    breaks: "image.progress",
    why: "kutti reports before it writes, and not after",
    mutate: onImage((image) => ({
      fetch: (options) =>
        image.fetch({
          ...options,
          onProgress: (progress) => {
            if (progress.current !== progress.total) options?.onProgress?.(progress);
          },
        }),
    })),
  },
  {
    id: "unknown-total-is-minus-1",
    breaks: "image.progress.unknown",
    why: "Content-Length as the HTTP library gives it",
    mutate: onImage((image) => ({
      fetch: (options) =>
        image.fetch({
          ...options,
          onProgress: ({ current, total = -1 }) => options?.onProgress?.({ current, total }),
        }),
    })),
  },
  {
    id: "throwing-callback-spoils-the-fetch",
    breaks: "image.progress.throws",
    why: "The callback runs in the loop of the transfer",
    mutate: onImage((image) => ({
      fetch: async (options) => {
        let thrown: unknown;
        const result = await image.fetch({
          ...options,
          onProgress: (progress) => {
            try {
              options?.onProgress?.(progress);
            } catch (error) {
              thrown = error;
            }
          },
        });
        if (thrown !== undefined) throw thrown;
        return result;
      },
    })),
  },
  {
    id: "aborted-fetch-is-unavailable",
    breaks: "image.fetch.abort",
    why: "The error of the broken connection is passed on",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("canceled", "unavailable", () => image.fetch(options)),
    })),
  },
  {
    id: "second-fetch-is-busy",
    breaks: "image.fetch.parallel",
    why: "One temporary file for all",
    mutate: onImage((image, driver) => ({
      fetch: (options) => exclusive(`${driver.owner}`, image, options),
    })),
  },
  {
    id: "two-instances-collide",
    breaks: "image.fetch.instances",
    why: "A lock in memory, and a file for all",
    mutate: onImage((image) => ({
      fetch: (options) => exclusive("all", image, options),
    })),
  },
  {
    id: "full-disk-is-internal",
    breaks: "image.disk-full",
    why: "The error of the last write is not looked at",
    mutate: onImage((image) => ({
      fetch: (options) => recoded("resource-exhausted", "internal", () => image.fetch(options)),
    })),
  },
];

const flying = new Set<string>();

/** A fetch that refuses to run beside another one. */
async function exclusive(
  key: string,
  image: Image,
  options: CallOptions | undefined,
): Promise<{ changed: boolean }> {
  if (flying.has(key)) {
    throw new DriverError({
      code: "aborted",
      operation: "image.fetch",
      subject: `image:${image.version}`,
      message: "Another fetch is on its way",
    });
  }
  flying.add(key);
  try {
    return await image.fetch(options);
  } finally {
    flying.delete(key);
  }
}

/** Mutants of local files. */
export const IMAGE_FILE_MUTANTS: readonly Mutant[] = [
  {
    id: "from-file-moves",
    breaks: "image.from-file",
    why: "Renamed in place of copied",
    mutate: onImage((image, _, world) => ({
      fromFile: async (path, options) => {
        const result = await image.fromFile(path, options);
        await world.files.write(path.split("/").at(-1) ?? "", new Uint8Array());
        return result;
      },
    })),
  },
  {
    id: "wrong-file-is-not-found",
    breaks: "image.from-file.wrong",
    why: "One error for every file that cannot be used",
    mutate: onImage((image) => ({
      fromFile: (path, options) =>
        recoded("data-loss", "not-found", () => image.fromFile(path, options)),
    })),
  },
  {
    id: "missing-file-is-data-loss",
    breaks: "image.from-file.missing",
    why: "A file that is not there is read as empty",
    mutate: onImage((image) => ({
      fromFile: (path, options) =>
        recoded("not-found", "data-loss", () => image.fromFile(path, options)),
    })),
  },
  {
    id: "purge-only-says-so",
    breaks: "image.purge",
    why: "The status is changed, and the gigabytes stay",
    mutate: onImage(() => ({ purge: () => Promise.resolve({ changed: true }) })),
  },
  {
    id: "purge-again-is-not-found",
    breaks: "image.purge.again",
    why: "kutti's purge fails when the file is gone",
    mutate: onImage((image) => ({
      purge: async (options) => {
        const result = await image.purge(options);
        if (result.changed) return result;
        throw new DriverError({
          code: "not-found",
          operation: "image.purge",
          subject: `image:${image.version}`,
          message: "There is no such file",
        });
      },
    })),
  },
  {
    id: "tampering-goes-unnoticed",
    breaks: "image.tampered",
    why: "kutti's entry says downloaded for ever",
    mutate: onImage((image) => {
      let known = false;
      return {
        fetch: async (options) => {
          const result = await image.fetch(options);
          known = true;
          return result;
        },
        purge: async (options) => {
          known = false;
          return await image.purge(options);
        },
        status: async (options) => known ? "downloaded" : await image.status(options),
      };
    }),
  },
];

/** Shows a network with other data. */
const showsNetwork = (change: (network: Network) => Partial<Network>): Mutant["mutate"] =>
  onNetworks((networks) => {
    const changed = (network: Network): Network => override(network, change(network));
    return {
      create: async (...args) => changed(await networks.create(...args)),
      get: async (...args) => changed(await networks.get(...args)),
      list: async (...args) => (await networks.list(...args)).map(changed),
    };
  });

const networkError = (code: ErrorCode, cluster: string): DriverError =>
  new DriverError({
    code,
    operation: "networks.create",
    subject: `network:${cluster}`,
    message: "A mutant is at work",
  });

let planted = 0;

/** Mutants of networks. */
export const NETWORK_MUTANTS: readonly Mutant[] = [
  {
    id: "network-has-the-clusters-name",
    breaks: "network.create",
    why: "The name is shown without its owner",
    mutate: showsNetwork(({ cluster }) => ({ name: cluster })),
  },
  {
    id: "cidr-is-written-into-the-driver",
    breaks: "network.create.cidr",
    why: "kutti's VirtualBox driver: 192.168.125.0/24 for all",
    mutate: onNetworks((networks) => ({
      create: ({ cluster }, options) => networks.create({ cluster }, options),
    })),
  },
  {
    id: "second-network-is-the-first",
    breaks: "network.create.exists",
    why: "An idempotent create that never compares",
    mutate: onNetworks((networks) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) !== "already-exists") throw error;
          return await networks.get(spec.cluster);
        }
      },
    })),
  },
  {
    id: "bad-cidr-is-ignored",
    breaks: "network.create.invalid",
    why: "kutti's setter has no result",
    mutate: onNetworks((networks) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) !== "invalid-argument") throw error;
          return await networks.create({ cluster: spec.cluster }, options);
        }
      },
    })),
  },
  {
    id: "missing-network-is-unknown",
    breaks: "network.get",
    why: "One error for everything",
    mutate: onNetworks((networks) => ({
      get: (cluster, options) =>
        recoded("not-found", "unknown", () => networks.get(cluster, options)),
    })),
  },
  {
    id: "network-list-omits-the-last",
    breaks: "network.list",
    why: "A loop that ends one too early",
    mutate: onNetworks((networks) => ({
      list: async (options) => (await networks.list(options)).slice(0, -1),
    })),
  },
  {
    id: "deleted-network-haunts",
    breaks: "network.delete",
    why: "Networks are kept in a map, and answered from it",
    mutate: onNetworks((networks) => ({
      get: async (cluster, options) => {
        try {
          const network = await networks.get(cluster, options);
          ghosts.set(network.name, network);
          return network;
        } catch (error) {
          const ghost = ghosts.get(networks.qualifiedName(cluster));
          if (codeOf(error) !== "not-found" || ghost === undefined) throw error;
          return ghost;
        }
      },
      create: async (spec, options) => {
        const network = await networks.create(spec, options);
        ghosts.set(network.name, network);
        return network;
      },
    })),
  },
  {
    id: "deleting-no-network-succeeds",
    breaks: "network.delete.missing",
    why: "Removing hides that there was nothing",
    mutate: onNetworks((networks) => ({
      delete: (cluster, options) =>
        swallow("not-found", () => networks.delete(cluster, options), undefined),
    })),
  },
  {
    id: "used-network-is-not-refused",
    breaks: "network.delete.used",
    why: "The first of two steps is done",
    mutate: onNetworks((networks) => ({
      delete: (cluster, options) =>
        swallow("failed-precondition", () => networks.delete(cluster, options), undefined),
    })),
  },
  {
    id: "failed-network-stays",
    breaks: "network.rollback",
    why: "kutti's VirtualBox driver keeps the network without its DHCP server",
    mutate: onNetworks((networks, _, world) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) === "internal") await world.host?.plantNetwork?.(`half-${planted++}`);
          throw error;
        }
      },
    })),
  },
  {
    id: "foreign-network-is-not-found",
    breaks: "network.foreign",
    why: "Not ours is read as not there",
    mutate: onNetworks((networks) => ({
      get: async (cluster, options) => {
        try {
          return await networks.get(cluster, options);
        } catch (error) {
          if (!isDriverError(error) || error.reason !== "foreign") throw error;
          throw networkError("not-found", cluster);
        }
      },
    })),
  },
  {
    id: "one-cidr-for-all",
    breaks: "network.distinct",
    why: "kutti's VirtualBox driver",
    mutate: showsNetwork(() => ({ cidr: "192.168.125.0/24" })),
  },
  {
    id: "network-names-lack-the-owner",
    breaks: "network.injective",
    why: "kutti's network is named after the cluster only",
    mutate: onNetworks(() => ({ qualifiedName: (cluster) => `${cluster}kuttinet` })),
  },
  {
    id: "leases-are-empty",
    breaks: "network.dhcp",
    why: "The table of another network is read",
    mutate: showsNetwork(() => ({ dhcp: { leases: () => Promise.resolve([]) } })),
  },
  {
    id: "peers-are-strangers",
    breaks: "network.peers",
    why: "A network for each machine",
    mutate: onDriver(({ ssh }) => ({
      ssh: ssh && override(ssh, {
        run: async (address, argv, options) =>
          argv[0] === "ping"
            ? { exitCode: 1, stdout: "", stderr: "" }
            : await ssh.run(address, argv, options),
      }),
    })),
  },
];

const ghosts = new Map<string, Network>();

/** Mutants of port forwards. */
export const FORWARD_MUTANTS: readonly Mutant[] = [
  {
    id: "add-only-says-so",
    breaks: "forward.add",
    why: "kutti's Hyper-V driver answers success and does nothing",
    mutate: onForwards(() => ({ add: () => Promise.resolve() })),
  },
  {
    id: "second-rule-replaces-the-first",
    breaks: "forward.machine-port",
    why: "lima accepts it",
    mutate: onForwards((forwards) => ({
      add: async (rule, options) => {
        const rules = await forwards.list();
        if (rules.some(({ machinePort }) => machinePort === rule.machinePort)) {
          await forwards.remove(rule.machinePort);
        }
        await forwards.add(rule, options);
      },
    })),
  },
  {
    id: "host-ports-are-compared-per-machine",
    breaks: "forward.host-port",
    why: "kutti compares within one cluster",
    mutate: onForwards((forwards) => ({
      add: async (rule, options) => {
        const own = await forwards.list();
        const mine = own.some((each) =>
          each.hostPort === rule.hostPort || each.machinePort === rule.machinePort
        );
        const add = () => forwards.add(rule, options);
        await (mine ? add() : swallow("already-exists", add, undefined));
      },
    })),
  },
  {
    id: "removing-no-rule-succeeds",
    breaks: "forward.remove",
    why: "Removing hides that there was nothing",
    mutate: onForwards((forwards) => ({
      remove: (port, options) =>
        swallow("not-found", () => forwards.remove(port, options), undefined),
    })),
  },
  {
    id: "bad-ports-are-ignored",
    breaks: "forward.invalid",
    why: "Port 0 means any",
    mutate: onForwards((forwards) => ({
      add: (rule, options) =>
        swallow("invalid-argument", () => forwards.add(rule, options), undefined),
    })),
  },
  {
    id: "rules-go-with-the-stop",
    breaks: "forward.persists",
    why: "The rule belongs to the process that runs the machine",
    mutate: onForwards((forwards, machine) => ({
      list: async (options) => {
        const { state } = await machine.status();
        const rules = await forwards.list(options);
        return state === "running" && rules.some(({ machinePort }) => machinePort === 8080)
          ? []
          : rules;
      },
    })),
  },
  {
    id: "ssh-address-ignores-the-rule",
    breaks: "forward.ssh",
    why: "Whatever the rules say, the guest's own address is told",
    mutate: onDriver((driver) => {
      const { machines } = driver;
      const direct = async (machine: Awaited<ReturnType<typeof machines.get>>) => {
        const address = await machine.address();
        return address && `${address}:22`;
      };
      return {
        machines: override(machines, {
          create: async (...args) => {
            const machine = await machines.create(...args);
            return override(machine, { sshAddress: () => direct(machine) });
          },
        }),
      };
    }),
  },
  {
    id: "deleted-machine-keeps-its-ports",
    breaks: "forward.delete",
    why: "kutti's VirtualBox rules stay unless the caller removes them",
    mutate: onForwards((forwards, machine) => ({
      add: async (rule, options) => {
        const holder = held.get(rule.hostPort);
        if (holder !== undefined && holder !== keyOf(machine)) {
          throw new DriverError({
            code: "already-exists",
            operation: "forwards.add",
            subject: `machine:${keyOf(machine)}`,
            message: "A mutant is at work",
          });
        }
        await forwards.add(rule, options);
        held.set(rule.hostPort, keyOf(machine));
      },
    })),
  },
];

const held = new Map<number, string>();
