/**
 * What tasks can ask of the memory driver's machines beyond its contract.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { isValidName, type Schema, type SchemaType } from "../contract/mod.ts";
import type { Tailoring } from "../tasks/mod.ts";
import type { MemoryContext } from "./session.ts";

/** Bytes of the unit in which tasks say the size of a disk. */
const MEGABYTE = 1_000_000;

function attr(name: string, type: SchemaType): Schema {
  return { kind: "attr", name, type };
}

/** Sizes of disks, and guests that read what they are given. */
export function memoryTailoring({ backend, files, clock }: MemoryContext): Tailoring {
  return {
    facets: ["thin-copy", "cloud-init"],
    keys: {
      hostname: attr("hostname", "string"),
      cmds: attr("cmds", "list(string)"),
      default_user_authorized_ssh_key: attr("default_user_authorized_ssh_key", "string"),
      default_user_password: attr("default_user_password", "string"),
      use_thin_copy: attr("use_thin_copy", "bool"),
      primary_disk_size: attr("primary_disk_size", "number"),
    },
    async check({ config, image = "" }) {
      const { hostname, primary_disk_size: size } = config;
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
    async apply({ id: machine }, { config }, { signal }) {
      const { hostname = null, cmds = [], primary_disk_size: size } = config;
      const key = config.default_user_authorized_ssh_key;
      const sizeBytes = size === undefined ? null : size * MEGABYTE;
      const keys = key === undefined ? [] : [key];
      const password = config.default_user_password ?? null;
      const tailoring = { machine, sizeBytes, hostname, cmds, keys, password };
      await backend.call("disk.tailor", tailoring, { signal });
    },
  };
}

function invalid(key: string, why: string): Trouble {
  return new Trouble("invalid-argument", `the key "${key}" ${why}`);
}
