import { assertEquals, assertThrows } from "@std/assert";
import { Trouble } from "../../backend/driver_errors.ts";
import type { TaskConfig } from "../../contract/mod.ts";
import { checkSchema } from "../../tasks/mod.ts";
import { checkTask, CONFIG_SCHEMA, TASK_SCHEMA } from "./schemas.ts";

const full: TaskConfig = {
  image: "/images/a",
  hostname: "Web-1",
  os: { arch: "x86_64", machine: "pc-q35-7.2" },
  user_data: "#cloud-config\n{}",
  timezone: "Europe/Berlin",
  cmds: ["true"],
  default_user_authorized_ssh_key: "ssh-ed25519 AAAA",
  default_user_password: "secret",
  use_thin_copy: true,
  primary_disk_size: 2000,
  network_interface: [{ bridge: { name: "virbr0", ports: ["http"] } }],
};

Deno.test("a task may say all that the schema names", () => {
  assertEquals(checkSchema(TASK_SCHEMA, full), full);
  checkTask(full);
});

Deno.test("the plugin's configuration may be empty, or say all that the schema names", () => {
  const config = { emulator: { uri: "qemu:///system" }, data_dir: "/d", image_paths: ["/i"] };
  assertEquals(checkSchema(CONFIG_SCHEMA, config), config);
  assertEquals(checkSchema(CONFIG_SCHEMA, undefined), {});
});

const wrong: Readonly<Record<string, Partial<TaskConfig>>> = {
  "hostname": { hostname: "under_score" },
  "os.arch": { os: { arch: "x86/64" } },
  "os.machine": { os: { machine: "q35'" } },
  "timezone": { timezone: "Nowhere/City" },
  "primary_disk_size": { primary_disk_size: 1.5 },
  "network_interface.bridge.name": { network_interface: [{ bridge: { name: "a/b" } }] },
  "user_data": { user_data: "#\ud800" },
  "cmds": { cmds: ["\udfff"] },
  "default_user_authorized_ssh_key": { default_user_authorized_ssh_key: "a\nb" },
};

for (const [key, config] of Object.entries(wrong)) {
  Deno.test(`a task's wrong "${key}" is refused, and named`, () => {
    assertThrows(() => checkTask({ ...full, ...config }), Trouble, `"${key}"`);
  });
}
