/**
 * The user's settings of this adapter.
 *
 * @module
 */

import { matches, oneOf, readSettingsOf, type SettingRule } from "../backend/setting_rules.ts";

export type { SettingRule } from "../backend/setting_rules.ts";

/** How far a deletion has to be before it counts as done. */
export const DELETION_LEVELS = ["accepted", "compute", "storage"] as const;

/** `accepted` by the server; machine and instance gone; their disks gone, too. */
export type DeletionLevel = typeof DELETION_LEVELS[number];

/** The settings, checked, with their defaults. */
export interface Settings {
  /** The kubeconfig file; empty for the account of the pod that this runs in. */
  readonly kubeconfig: string;
  /** The namespace to work in; that of the kubeconfig's context if empty. */
  readonly namespace: string;
  /** Whether the kubeconfig file may name a program that answers credentials. */
  readonly exec: boolean;
  /** How far a deletion has to be. */
  readonly deletion: DeletionLevel;
  /** How long a deletion or a shut-down is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** The storage class of a driver's disks; the cluster's own choice if empty. */
  readonly storageClass: string;
  /** The size of a driver's disks in GiB. */
  readonly diskGiB: number;
  /** How long a guest that was asked to shut down has for that, in seconds; then its power is cut. */
  readonly graceSeconds: number;
  /** Whose word for a guest's address counts: the guest's agent, or its pod alone. */
  readonly addresses: "guest" | "pod";
  /** Where CDI takes uploads; its own word for that if empty. */
  readonly uploadProxy: string;
  /** A file with the authority of that proxy's certificate; empty for those of the cluster and the system. */
  readonly uploadAuthority: string;
  /** Who logs in to guests. */
  readonly sshUser: string;
  /** The private key for that; OpenSSH's own choice if empty. */
  readonly sshKey: string;
  /** The disk image of a guest, for the suite. */
  readonly guest: string;
  /** A disk image that nothing boots from, for the suite. */
  readonly blank: string;
}

/** Every setting by the name that users write. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "kubeconfig": {
    fallback: "",
    accepts: (value) => !value.includes("\0"),
    description: "the kubeconfig file; by default the account of the pod that this runs in",
  },
  "namespace": {
    fallback: "",
    accepts: matches(/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$/),
    description: "the namespace to work in; by default that of the kubeconfig's current context",
  },
  "exec": {
    fallback: "no",
    accepts: oneOf("yes", "no"),
    description:
      'whether the kubeconfig may name a program that answers credentials: "yes" or "no"',
  },
  "deletion": {
    fallback: "storage",
    accepts: oneOf(...DELETION_LEVELS),
    description: `how far a deletion has to be: ${DELETION_LEVELS.join(", ")}`,
  },
  "patience": {
    fallback: "120",
    accepts: matches(/^[1-9][0-9]{0,3}$/),
    description: "how many seconds a deletion or a shut-down is waited for: 1 to 9999",
  },
  "storage-class": {
    fallback: "",
    accepts: matches(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/),
    description: "the storage class of a driver's disks; by default the cluster's own choice",
  },
  "disk": {
    fallback: "4",
    accepts: matches(/^[1-9][0-9]{0,4}$/),
    description: "the size of a driver's disks in GiB: 1 to 99999; no image may be larger",
  },
  "grace": {
    fallback: "1800",
    accepts: matches(/^[1-9][0-9]{0,5}$/),
    description: "how many seconds a guest has to shut down before its power is cut: 1 to 999999",
  },
  "addresses": {
    fallback: "guest",
    accepts: oneOf("guest", "pod"),
    description: 'when a guest has an address: "guest", once its QEMU agent answers; or "pod", ' +
      "from the moment when its pod has one",
  },
  "upload-proxy": {
    fallback: "",
    accepts: (value) => value === "" || /^https:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value),
    description: "where CDI takes uploads, such as https://cdi.example.org; by default as CDI says",
  },
  "upload-ca": {
    fallback: "",
    accepts: (value) => !value.includes("\0"),
    description:
      "a file with the authority of the upload proxy's certificate, in PEM; by default " +
      "those of the cluster and the system are trusted",
  },
  "ssh-user": {
    fallback: "root",
    accepts: matches(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/),
    description: "who logs in to guests: a user name",
  },
  "ssh-key": {
    fallback: "",
    accepts: (value) => !value.includes("\0"),
    description: "the private key for that; by default OpenSSH's own choice",
  },
  "guest": {
    fallback: "",
    accepts: (value) => !value.includes("\0"),
    description: "the disk image of the test guest, for the suite",
  },
  "blank": {
    fallback: "",
    accepts: (value) => !value.includes("\0"),
    description: "a disk image that nothing boots from, for the suite",
  },
};

/**
 * Checks settings and fills in defaults.
 *
 * @throws {DriverError} `invalid-argument`
 */
export function readSettings(given: Readonly<Record<string, string>>): Settings {
  const get = readSettingsOf("kubevirt", SETTINGS, given);
  return {
    kubeconfig: get("kubeconfig"),
    namespace: get("namespace"),
    exec: get("exec") === "yes",
    deletion: DELETION_LEVELS.find((level) => level === get("deletion")) ?? "storage",
    patienceMs: Number(get("patience")) * 1000,
    storageClass: get("storage-class"),
    diskGiB: Number(get("disk")),
    graceSeconds: Number(get("grace")),
    addresses: get("addresses") === "pod" ? "pod" : "guest",
    uploadProxy: get("upload-proxy").replace(/\/+$/, ""),
    uploadAuthority: get("upload-ca"),
    sshUser: get("ssh-user"),
    sshKey: get("ssh-key"),
    guest: get("guest"),
    blank: get("blank"),
  };
}
