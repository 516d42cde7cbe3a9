/**
 * The user's settings of this adapter.
 *
 * @module
 */

import { matches, oneOf, readSettingsOf, type SettingRule } from "../backend/setting_rules.ts";
import { parseCidr } from "../contract/mod.ts";
import { RpcError } from "./rpc/errors.ts";
import { parseUri } from "./rpc/uri.ts";

export type { SettingRule } from "../backend/setting_rules.ts";

/** The settings, checked, with their defaults. */
export interface Settings {
  /** Where libvirt is. */
  readonly uri: string;
  /** The storage pool for machine disks. */
  readonly pool: string;
  /** The folder of that pool, if it has to be made. */
  readonly poolPath: string;
  /** `thin` disks refer to the image's copy in the pool; `full` ones are copies of it. */
  readonly copy: "thin" | "full";
  /** Whether guests run on KVM; `auto` tries it. */
  readonly acceleration: "auto" | "kvm" | "none";
  /** The range that networks are cut from. */
  readonly networks: string;
  /** Who logs in to guests. */
  readonly sshUser: string;
  /** The private key for that; OpenSSH's own choice if empty. */
  readonly sshKey: string;
  /** The folder of the test guest, for the suite. */
  readonly guest: string;
}

// deno-lint-ignore no-control-regex
const absolute = matches(/^\/[^\x00-\x1f\x7f]*$/);

/** What libvirt's driver for QEMU opens. Its other drivers (Xen, LXC, …) speak the same protocol. */
const OPENS: readonly string[] = ["qemu:///system", "qemu:///session"];

/** What is wrong with a URI, if anything is. It may hold a password, which this leaves out. */
function uriComplaint(value: string): string | undefined {
  try {
    const { uri } = parseUri(value);
    if (OPENS.includes(uri)) return undefined;
    return `Cannot use the libvirt URI ${JSON.stringify(value)}: machines run on QEMU, which ` +
      `"qemu:///system" reaches here, and "qemu+ssh://HOST/system" on another host`;
  } catch (error) {
    if (error instanceof RpcError) return error.message;
    throw error;
  }
}

/** Every setting by the name that users write. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "uri": {
    fallback: "qemu:///system",
    accepts: (value) => uriComplaint(value) === undefined,
    complaint: uriComplaint,
    description: "where libvirt is: a connection URI of QEMU, such as qemu+ssh://HOST/system",
  },
  "pool": {
    fallback: "vmtck",
    accepts: matches(/^[a-z0-9][a-z0-9_-]{0,62}$/),
    description: "the storage pool for disks: a plain name",
  },
  "pool-path": {
    fallback: "/var/lib/libvirt/images/vmtck",
    accepts: absolute,
    description: "that pool's folder on the host, used if there is no such pool: an absolute path",
  },
  "copy": {
    fallback: "thin",
    accepts: oneOf("thin", "full"),
    description: 'how disks are made from images: "thin" or "full"',
  },
  "acceleration": {
    fallback: "auto",
    accepts: oneOf("auto", "kvm", "none"),
    description: 'whether guests run on KVM: "auto", "kvm" or "none"',
  },
  "networks": {
    fallback: "10.213.0.0/16",
    accepts: (value) => (parseCidr(value)?.prefix ?? 32) <= 24,
    description: "the range that networks are cut from: IPv4 in CIDR notation, /24 or wider",
  },
  "ssh-user": {
    fallback: "root",
    accepts: matches(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/),
    description: "who logs in to guests: a user name",
  },
  "ssh-key": {
    fallback: "",
    accepts: (value) => value === "" || absolute(value),
    description: "the private key for that: an absolute path",
  },
  "guest": {
    fallback: "",
    accepts: (value) => value === "" || absolute(value),
    description: "the test guest's folder, as printed by fixtures/guest/build.sh",
  },
};

/**
 * Checks settings and fills in defaults; nothing is opened.
 *
 * @throws {DriverError} `invalid-argument`
 */
export function readSettings(given: Readonly<Record<string, string>>): Settings {
  const get = readSettingsOf("libvirt", SETTINGS, given);
  const guest = get("guest");
  return {
    uri: get("uri"),
    pool: get("pool"),
    poolPath: get("pool-path"),
    copy: get("copy") as Settings["copy"],
    acceleration: get("acceleration") as Settings["acceleration"],
    networks: get("networks"),
    sshUser: get("ssh-user"),
    sshKey: get("ssh-key") || (guest && `${guest}/id_ed25519`),
    guest,
  };
}
