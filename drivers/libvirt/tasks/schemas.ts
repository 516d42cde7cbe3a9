/**
 * Which keys this driver takes, and what it checks beyond their types.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import { isValidName, type Schema, type TaskConfig } from "../../contract/mod.ts";

const text = (name: string): Schema => ({ kind: "attr", name, type: "string" });
const texts = (name: string): Schema => ({ kind: "attr", name, type: "list(string)" });
const number = (name: string): Schema => ({ kind: "attr", name, type: "number" });

function object(...attributes: readonly Schema[]): Schema {
  return {
    kind: "object",
    attributes: Object.fromEntries(attributes.map((it) => ["name" in it ? it.name : "", it])),
  };
}

function block(name: string, ...attributes: readonly Schema[]): Schema {
  return { kind: "block", name, nested: object(...attributes) };
}

const EMULATOR = [text("uri"), text("user"), text("password")];

/** The schema of the plugin's configuration. */
export const CONFIG_SCHEMA: Schema = object(
  block("emulator", ...EMULATOR),
  text("data_dir"),
  texts("image_paths"),
  block("provider", block("libvirt", ...EMULATOR)),
);

/** The schema of a task's configuration. */
export const TASK_SCHEMA: Schema = {
  kind: "object",
  attributes: {
    image: { kind: "attr", name: "image", type: "string", required: true },
    hostname: text("hostname"),
    os: block("os", text("arch"), text("machine")),
    user_data: text("user_data"),
    timezone: text("timezone"),
    cmds: texts("cmds"),
    default_user_authorized_ssh_key: text("default_user_authorized_ssh_key"),
    default_user_password: text("default_user_password"),
    use_thin_copy: { kind: "attr", name: "use_thin_copy", type: "bool" },
    primary_disk_size: number("primary_disk_size"),
    network_interface: {
      kind: "block_list",
      name: "network_interface",
      maxItems: 1,
      nested: object({
        kind: "block",
        name: "bridge",
        required: true,
        nested: object(
          { kind: "attr", name: "name", type: "string", required: true },
          texts("ports"),
        ),
      }),
    },
  },
};

/** A word of libvirt's that goes into a definition. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** As Linux names network devices. */
const BRIDGE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;
/** 10 PB: beyond it, numbers of bytes are not exact. */
const MOST_MEGABYTES = 1e10;

/**
 * Checks what the schema cannot say.
 *
 * @throws {Trouble} `invalid-argument` naming the key
 */
export function checkTask(config: TaskConfig): void {
  const { hostname, os = {}, timezone, primary_disk_size: size } = config;
  const refuse = (key: string, why: string): never => {
    throw new Trouble("invalid-argument", `the key "${key}" ${why}`);
  };
  if (hostname !== undefined && !isValidName(hostname.toLowerCase())) {
    refuse("hostname", "must be a label of RFC 1123: letters, digits and hyphens, 63 at most");
  }
  for (const [key, word] of Object.entries(os)) {
    if (word !== undefined && !WORD.test(word)) refuse(`os.${key}`, "must be a plain word");
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    refuse("timezone", 'must be the name of a time zone, such as "Europe/Berlin"');
  }
  if (size !== undefined && !(Number.isInteger(size) && size > 0 && size <= MOST_MEGABYTES)) {
    refuse("primary_disk_size", "must be a whole number of megabytes");
  }
  for (const { bridge } of config.network_interface ?? []) {
    if (!BRIDGE.test(bridge?.name ?? "")) {
      refuse("network_interface.bridge.name", "must be the name of a bridge, such as virbr0");
    }
  }
  checkTexts(config, refuse);
}

/** A text that is no Unicode arrives as another one. */
function checkTexts(config: TaskConfig, refuse: (key: string, why: string) => never): void {
  const texts: Record<string, readonly (string | undefined)[]> = {
    user_data: [config.user_data],
    cmds: config.cmds ?? [],
    default_user_password: [config.default_user_password],
    default_user_authorized_ssh_key: [config.default_user_authorized_ssh_key],
  };
  for (const [key, values] of Object.entries(texts)) {
    if (values.some((it) => it !== undefined && !it.isWellFormed())) {
      refuse(key, "must be Unicode text");
    }
  }
  if (/[\r\n]/.test(config.default_user_authorized_ssh_key ?? "")) {
    refuse("default_user_authorized_ssh_key", "must be one line");
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
