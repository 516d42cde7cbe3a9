/**
 * What a guest is told at its first boot: a NoCloud seed for cloud-init and its like.
 *
 * The driver's own part is vendor data, so that the job's user data stays as it was written, and wins. Each
 * document is JSON, which is YAML, too: nothing of a job is ever pasted into a text.
 *
 * @see https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 * @module
 */

import { isoImage } from "./iso9660.ts";

/** What a guest is told. */
export interface Seed {
  /** Differs for each new machine: on a change the guest configures itself anew. */
  readonly instanceId: string;
  /** The guest's name. */
  readonly hostname: string;
  /** A cloud-config or script of the job, as it is. */
  readonly userData?: string;
  /** Such as `Europe/Berlin`. */
  readonly timezone?: string;
  /** Run by a shell at the end of the first boot. */
  readonly commands?: readonly string[];
  /** The default user's password. */
  readonly password?: string;
  /** The default user's key. */
  readonly authorizedKey?: string;
  /** The environment of the guest's users. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The label by which a guest knows the seed. */
const LABEL = "cidata";
/** Where a guest's login shells find the environment. */
const PROFILE = "/etc/profile.d/vmtck-task.sh";

/** The seed as the image of a disk. The same seed gives the same bytes. */
export function seedImage(seed: Seed): Uint8Array<ArrayBuffer> {
  return isoImage(LABEL, {
    "meta-data": bytes(json(metaData(seed))),
    "user-data": bytes(seed.userData ?? cloudConfig({})),
    "vendor-data": bytes(cloudConfig(vendorData(seed))),
  });
}

function metaData({ instanceId, hostname }: Seed): unknown {
  return { "instance-id": instanceId, "local-hostname": hostname };
}

/** What is absent is left out: it is the guest's own affair then. */
function vendorData(seed: Seed): Record<string, unknown> {
  const { userData, timezone, commands = [], password, authorizedKey, env = {} } = seed;
  return {
    ...(userData === undefined ? {} : { merge_how: MERGE }),
    ...(timezone ? { timezone } : {}),
    ...(password ? { password, chpasswd: { expire: false }, ssh_pwauth: true } : {}),
    ...(authorizedKey ? { ssh_authorized_keys: [authorizedKey] } : {}),
    ...(Object.keys(env).length > 0 ? { write_files: [profile(env)] } : {}),
    ...(commands.length > 0 ? { runcmd: commands } : {}),
  };
}

/** Lists of both are joined; of anything else, the job's stays. */
const MERGE = [
  { name: "list", settings: ["prepend"] },
  { name: "dict", settings: ["no_replace", "recurse_list"] },
];

function profile(env: Readonly<Record<string, string>>): unknown {
  const lines = Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
  return { path: PROFILE, permissions: "0644", content: lines.join("") };
}

/** The first line says what it is; to YAML it is a comment. */
function cloudConfig(config: unknown): string {
  return `#cloud-config\n${json(config)}`;
}

/** YAML accepts fewer characters in the open than JSON does. */
const NOT_PRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function json(value: unknown): string {
  const escaped = (it: string): string => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(value, null, 2).replace(NOT_PRINTABLE, escaped)}\n`;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
