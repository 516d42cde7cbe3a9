/**
 * What tasks can ask of the memory driver's machines beyond its contract.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { isValidName, type Schema, type SchemaType } from "../contract/mod.ts";
import type { ImagePaths, Tailoring } from "../tasks/mod.ts";
import type { MemoryContext } from "./session.ts";

/** Bytes of the unit in which tasks say the size of a disk. */
const MEGABYTE = 1_000_000;

function attr(name: string, type: SchemaType): Schema {
  return { kind: "attr", name, type };
}

/** Sizes of disks, and guests that read what they are given. */
export function memoryTailoring({ backend, files, clock }: MemoryContext): Tailoring {
  /** The commands of user data: the text itself, or a file that the task may read. */
  const commandsOf = async (given: string | undefined, images: ImagePaths): Promise<string[]> => {
    if (given === undefined) return [];
    if (given.startsWith(HEADER)) return commandsIn(given);
    const path = await images.resolve(given);
    return commandsIn(await new Blob(await clock.hold(Array.fromAsync(files.read(path)))).text());
  };
  return {
    facets: ["thin-copy", "cloud-init"],
    keys: {
      hostname: attr("hostname", "string"),
      user_data: attr("user_data", "string"),
      cmds: attr("cmds", "list(string)"),
      default_user_authorized_ssh_key: attr("default_user_authorized_ssh_key", "string"),
      default_user_password: attr("default_user_password", "string"),
      use_thin_copy: attr("use_thin_copy", "bool"),
      primary_disk_size: attr("primary_disk_size", "number"),
    },
    async check({ config, image = "", images }) {
      const { hostname, primary_disk_size: size } = config;
      await commandsOf(config.user_data, images);
      if (hostname !== undefined && !isValidName(hostname.toLowerCase())) {
        throw invalid("hostname", "must be a label of RFC 1123");
      }
      if (size === undefined) return;
      if (!Number.isSafeInteger(size)) {
        throw invalid("primary_disk_size", "must be a whole number of megabytes");
      }
      const least = (await clock.hold(files.stat(image)))?.size ?? 0;
      if (size * MEGABYTE >= least) return;
      throw invalid("primary_disk_size", `must be at least the image's ${least} bytes`);
    },
    async apply({ id: machine }, { config, images }, { signal }) {
      const { hostname = null, primary_disk_size: size } = config;
      const cmds = [...config.cmds ?? [], ...await commandsOf(config.user_data, images)];
      const key = config.default_user_authorized_ssh_key;
      const sizeBytes = size === undefined ? null : size * MEGABYTE;
      const keys = key === undefined ? [] : [key];
      const password = config.default_user_password ?? null;
      const tailoring = { machine, sizeBytes, hostname, cmds, keys, password };
      await backend.call("disk.tailor", tailoring, { signal });
    },
  };
}

/** How user data begins that the simulated guest understands; the rest is JSON. */
const HEADER = "#cloud-config\n";

/** @throws {Trouble} `invalid-argument` for what no simulated guest understands */
function commandsIn(text: string): string[] {
  try {
    const { runcmd = [] } = JSON.parse(text.slice(text.startsWith(HEADER) ? HEADER.length : 0));
    if (Array.isArray(runcmd)) return runcmd.map(String);
  } catch {
    // Told below.
  }
  throw invalid("user_data", 'must be "#cloud-config" and JSON with a list "runcmd"');
}

function invalid(key: string, why: string): Trouble {
  return new Trouble("invalid-argument", `the key "${key}" ${why}`);
}
