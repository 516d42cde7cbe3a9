/**
 * Cases about disks, and about what a guest is given.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { notAllowed, refusal } from "./refusals.ts";

/** Bytes of the unit in which tasks say the size of a disk. */
const MEGABYTE = 1_000_000;
/** Disks are made of blocks. */
const BLOCK = 4_096;

/** The header of a qcow2 file of a megabyte, which refers to another file. */
function qcow2(reference: { backing: string } | { external: true }): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64 * 1024);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, 3);
  view.setUint32(20, 16);
  view.setBigUint64(24, 1_048_576n);
  view.setUint32(100, 104);
  if ("external" in reference) {
    view.setUint32(76, 4);
    return bytes;
  }
  const name = new TextEncoder().encode(reference.backing);
  view.setBigUint64(8, 512n);
  view.setUint32(16, name.length);
  bytes.set(name, 512);
  return bytes;
}

/** Cases about disks. */
export const TASK_DISK_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.image.headers",
    title: "An image that is a part of a file outside is refused",
    why: "The image is in the allowed folder, and the hypervisor opens what its header names",
    needs: ["task.images"],
    checks: {
      absolute: "task.image.headers",
      relative: "task.image.headers",
      protocol: "task.image.headers",
      external: "task.image.headers",
    },
    async run({ driver, fresh, files, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const outside = await files.write("elsewhere/disk.img", new Uint8Array(512));
      const denied = notAllowed(spec.id);
      const parts = {
        absolute: { backing: outside },
        relative: { backing: "../elsewhere/disk.img" },
        protocol: { backing: "nbd://192.0.2.1:10809/disk" },
        external: { external: true },
      } as const;
      for (const [which, part] of Object.entries(parts)) {
        const image = await files.write(`images/${which}.qcow2`, qcow2(part));
        const start = (): Promise<unknown> => driver.startTask({ ...spec, config: { image } });
        await check.refused(which, start, denied);
      }
    },
  },
  {
    id: "task.disk.thin",
    title: "Tasks with thin copies of one image leave it as it is, and each other",
    why: "What one guest wrote, the other one booted from",
    needs: ["task.thin-copy", "task.address", "host.run"],
    boots: true,
    checks: { own: "task.image.unchanged", content: "task.image.unchanged" },
    async run({ driver, fresh, files, host, check }) {
      const path = await fresh.image("guest");
      const before = await files.read(path);
      const config = { use_thin_copy: true };
      const [a, b] = [await fresh.guest({ config }), await fresh.guest({ config })];
      await host.run(a.machine, ["touch", "/persist/vmtck-of-a"]);
      // Both boot from a disk that keeps this folder.
      const ofB = (await host.run(b.machine, ["ls", "/persist"])).split("\n");
      check.equal("own", "what the other one sees", ofB.includes("vmtck-of-a"), false);
      for (const { id } of [a, b]) await driver.destroyTask(id, { force: true });
      const after = await files.read(path);
      const isSame = before !== undefined && before.length === after?.length &&
        before.every((byte, index) => byte === after[index]);
      check.holds("content", "content", isSame, "as before", after?.length);
    },
  },
  {
    id: "task.disk.size",
    title: "A disk has the size asked for, and never less than its image",
    why: "The size was checked and never applied, and a thin copy had the size of the memory",
    needs: ["task.thin-copy", "host.diskBytes"],
    checks: {
      size: "task.disk.size",
      small: "task.disk.size",
      fraction: "task.disk.size",
      negative: "task.disk.size",
      words: "task.disk.size",
      overflow: "task.disk.size",
      denied: "task.image.denied",
    },
    async run({ driver, fresh, files, host, check }) {
      const config = { use_thin_copy: true, primary_disk_size: 64 };
      const { machine } = await fresh.task({ config });
      const bytes = await host.diskBytes(machine);
      const least = 64 * MEGABYTE;
      const isRight = bytes >= least && bytes < least + BLOCK;
      check.holds("size", "bytes", isRight, `${least}, in whole blocks`, bytes);
      const spec = await fresh.spec();
      const large = await files.write("images/large.img", new Uint8Array(3 * MEGABYTE));
      const bad = {
        small: { image: large, use_thin_copy: true, primary_disk_size: 2 },
        fraction: { ...Object(spec.config), primary_disk_size: 64.5 },
        negative: { ...Object(spec.config), primary_disk_size: -64 },
        words: { ...Object(spec.config), primary_disk_size: "64 megabytes" },
        // In bytes, no number of 64 bits holds it.
        overflow: { ...Object(spec.config), primary_disk_size: 2 ** 60 },
      };
      for (const [which, config] of Object.entries(bad)) {
        const start = (): Promise<unknown> => driver.startTask({ ...spec, config });
        await check.refused(which, start, refusal("invalid-argument", spec.id));
      }
      const image = await files.write("elsewhere/disk.img", new Uint8Array(512));
      const thin = { ...spec, config: { image, use_thin_copy: true } };
      await check.refused("denied", () => driver.startTask(thin), notAllowed(spec.id));
    },
  },
];

/** A key that nobody has. */
const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)} vmtck`;

/** Cases about what a guest is given. */
export const TASK_GUEST_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.guest.hostname",
    title: "The guest has the host name asked for",
    why: "A name that the driver made up was too long for any guest",
    needs: ["task.cloud-init", "task.address", "host.run"],
    boots: true,
    checks: { hostname: "task.guest.hostname" },
    async run({ fresh, host, check }) {
      const hostname = fresh.label();
      const { machine } = await fresh.guest({ config: { hostname } });
      const seen = (await host.run(machine, ["hostname"])).trim();
      check.equal("hostname", "host name", seen, hostname);
    },
  },
  {
    id: "task.guest.bad-hostname",
    title: "What is no host name is refused before anything is made",
    why: "The guest took another one, and nobody knew which",
    needs: ["task.cloud-init", "host"],
    checks: {
      long: "task.guest.hostname",
      underscore: "task.guest.hostname",
      hyphen: "task.guest.hostname",
      dots: "task.guest.hostname",
      empty: "task.guest.hostname",
      inventory: "task.guest.hostname",
    },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const bad = {
        long: "a".repeat(64),
        underscore: "a_b",
        hyphen: "-a",
        dots: "a.b",
        empty: "",
      };
      for (const [which, hostname] of Object.entries(bad)) {
        const spec = await fresh.spec({ config: { hostname } });
        const start = (): Promise<unknown> => driver.startTask(spec);
        await check.refused(which, start, refusal("invalid-argument", spec.id));
      }
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.guest.effect",
    title: "Commands and keys reach the guest byte for byte",
    why: "A template without quoting: a colon or a hash ended the command, or the whole seed",
    needs: ["task.cloud-init", "task.address", "host.run"],
    boots: true,
    checks: { plain: "task.guest.effect", quoted: "task.guest.effect", key: "task.guest.effect" },
    async run({ fresh, host, check }) {
      const names = ["vmtck-plain", "vmtck a: b # c {d} [e]"];
      const cmds = names.map((name) => `touch "/tmp/${name}"`);
      const config = { cmds, default_user_authorized_ssh_key: KEY };
      const { machine } = await fresh.guest({ config });
      const made = (await host.run(machine, ["ls", "/tmp"])).split("\n");
      const [plain = "", quoted = ""] = names;
      check.holds("plain", "files", made.includes(plain), plain, made);
      check.holds("quoted", "files", made.includes(quoted), quoted, made);
      const keys = await host.run(machine, ["sh", "-c", "cat ~root/.ssh/authorized_keys"]);
      check.holds("key", "keys", keys.split("\n").includes(KEY), KEY, keys);
    },
  },
  {
    id: "task.guest.user-data",
    title: "User data reaches the guest beside the commands, and comes from allowed folders alone",
    why: "The file was read by the driver, who may read more than the job's author",
    needs: ["task.images", "task.cloud-init", "task.address", "host.run"],
    boots: true,
    checks: {
      denied: "task.image.denied",
      effect: "task.guest.effect",
      commands: "task.guest.effect",
    },
    async run({ driver, fresh, files, host, check }) {
      await fresh.configured(driver);
      const text = `#cloud-config\n${
        JSON.stringify({ runcmd: ["touch /tmp/of-data"] }, null, 1)
      }\n`;
      const content = new TextEncoder().encode(text);
      const outside = await files.write("elsewhere/user-data", content);
      const spec = await fresh.spec({ config: { user_data: outside } });
      await check.refused("denied", () => driver.startTask(spec), notAllowed(spec.id));
      const user_data = await files.write("images/user-data", content);
      const { machine } = await fresh.guest({
        config: { user_data, cmds: ["touch /tmp/of-cmds"] },
      });
      const made = (await host.run(machine, ["ls", "/tmp"])).split("\n");
      check.holds("effect", "files", made.includes("of-data"), "of-data", made);
      check.holds("commands", "files", made.includes("of-cmds"), "of-cmds", made);
    },
  },
  {
    id: "task.guest.secrets",
    title: "A password is in no status, event, fingerprint or error",
    why: "The configuration was logged as it was, with all that is in it",
    needs: ["task.cloud-init", "task.events"],
    checks: {
      status: "task.guest.secrets",
      events: "task.guest.secrets",
      fingerprint: "task.guest.secrets",
      error: "task.guest.secrets",
    },
    async run({ driver, fresh, read, settled, check }) {
      await fresh.configured(driver);
      const secret = `${fresh.label()}${fresh.label()}`;
      const tells = (value: unknown): boolean => JSON.stringify(value).includes(secret);
      const stop = new AbortController();
      const events = read(await driver.taskEvents({ signal: stop.signal }), 2);
      const { id } = await fresh.task({ config: { default_user_password: secret } });
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("status", "whether it is told", tells(await driver.inspectTask(id)), false);
      check.equal("events", "whether it is told", tells(await events), false);
      const seen = await read(driver.fingerprint({ signal: stop.signal }), 1);
      check.equal("fingerprint", "whether it is told", tells(seen), false);
      stop.abort();
      const bad = { default_user_password: secret, hostname: "a_b" };
      const [{ error } = {}] = await settled([driver.startTask(await fresh.spec({ config: bad }))]);
      const told = isDriverError(error) ? error.toJSON() : String(error);
      check.equal("error", "whether it is told", error === undefined || tells(told), false);
    },
  },
];
