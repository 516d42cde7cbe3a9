/**
 * Cases about images, and about networks.
 *
 * @module
 */

import { TASK_REASONS, type TaskSpec } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { refusal } from "./refusals.ts";

/** A denied image. */
function denied({ id }: TaskSpec) {
  return { ...refusal("permission-denied", id), reason: TASK_REASONS.imageNotAllowed };
}

/** Cases about images. */
export const TASK_IMAGE_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.image.denied",
    title: "An image in no allowed folder is refused before it is looked at",
    why: "The image was copied and converted first, and the copy was allowed",
    needs: ["task.images", "host"],
    checks: {
      outside: "task.image.denied",
      absent: "task.image.denied",
      inventory: "task.image.denied",
      cached: "task.image.denied",
    },
    async run({ driver, fresh, files, host, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const [before, cached] = [await host.inventory(), await files.cached()];
      const outside = await files.write("elsewhere/disk.img", new Uint8Array(512));
      const start = (image: string) => (): Promise<unknown> =>
        driver.startTask({ ...spec, config: { image } });
      await check.refused("outside", start(outside), denied(spec));
      // What is not there is refused alike: a refusal must not tell which files a host has.
      await check.refused("absent", start(`${outside}.absent`), denied(spec));
      check.equal("inventory", "inventory", await host.inventory(), before);
      check.equal("cached", "cached files", await files.cached(), cached);
    },
  },
  {
    id: "task.image.detours",
    title: "Neither dots, nor links, nor folders of similar names lead out of the allowed folders",
    why: "The list was held to the text of the path, and a link led anywhere",
    needs: ["task.images"],
    checks: {
      dots: "task.image.detours",
      sibling: "task.image.detours",
      "linked-file": "task.image.detours",
      "linked-folder": "task.image.detours",
      relative: "task.image.detours",
      allowed: "task.image.detours",
    },
    async run({ driver, fresh, files, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const inside = await fresh.image("blank");
      const folder = inside.slice(0, inside.lastIndexOf("/"));
      const outside = await files.write("elsewhere/disk.img", new Uint8Array(512));
      const elsewhere = outside.slice(0, outside.lastIndexOf("/"));
      const detours = {
        dots: `${folder}/../elsewhere/disk.img`,
        sibling: await files.write("images-evil/disk.img", new Uint8Array(512)),
        "linked-file": await files.link("images/link.img", outside),
        "linked-folder": `${await files.link("images/folder", elsewhere)}/disk.img`,
        relative: "../elsewhere/disk.img",
      };
      for (const [which, image] of Object.entries(detours)) {
        const start = (): Promise<unknown> => driver.startTask({ ...spec, config: { image } });
        await check.refused(which, start, denied(spec));
      }
      const linked = await files.link("elsewhere/allowed.img", inside);
      const start = (): Promise<unknown> =>
        driver.startTask({ ...spec, config: { image: linked } });
      await check.succeeds("allowed", "startTask by a link to an allowed image", start);
    },
  },
  {
    id: "task.image.missing",
    title: "An image that is not there is not-found",
    why: "An error of the hypervisor at the first boot, minutes later",
    needs: ["task.images", "host"],
    checks: { code: "task.image.missing", inventory: "task.image.missing" },
    async run({ driver, fresh, host, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const spec = await fresh.spec();
      const image = `${await fresh.image("blank")}.missing`;
      const [{ error } = {}] = await settled([driver.startTask({ ...spec, config: { image } })]);
      await check.refused("code", () => Promise.reject(error), refusal("not-found", spec.id));
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.image.unchanged",
    title: "Two tasks of one image leave it as it is",
    why: "Machines booted from the image itself, and destroyed it and each other",
    needs: ["task.images", "task.address"],
    boots: true,
    checks: { content: "task.image.unchanged" },
    async run({ fresh, files, driver, check }) {
      const path = await fresh.image("guest");
      const before = await files.read(path);
      const [a, b] = [await fresh.guest(), await fresh.guest()];
      for (const { id } of [a, b]) await driver.destroyTask(id, { force: true });
      const after = await files.read(path);
      const isSame = before !== undefined && after !== undefined &&
        before.length === after.length && before.every((byte, index) => byte === after[index]);
      check.holds("content", "content", isSame, "as before", after?.length);
    },
  },
];

/** Cases about networks. */
export const TASK_NETWORK_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.net.address",
    title: "A start with an interface answers the guest's address",
    why: "The address was found out, and then dropped: nobody could register the service",
    needs: ["task.address"],
    boots: true,
    checks: { address: "task.net.address" },
    async run({ fresh, check }) {
      const { network } = await fresh.guest();
      const ip = network?.ip ?? "";
      const isAddress = /^\d{1,3}(\.\d{1,3}){3}$|^[0-9a-f:]+$/i.test(ip);
      check.holds("address", "ip", isAddress, "an IP address", ip);
    },
  },
  {
    id: "task.net.ports",
    title: "A start with ports answers them, and the task goes without a trace",
    why: "A label that nobody knew was skipped, and rules stayed behind",
    needs: ["task.ports", "host"],
    boots: true,
    checks: {
      ports: "task.net.ports",
      destroyed: "task.net.teardown",
      inventory: "task.net.teardown",
      again: "task.net.teardown",
    },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const ports = [
        { label: "ssh", value: fresh.port(), to: 22, hostIp: "127.0.0.1" },
        { label: "same", value: fresh.port(), to: 0, hostIp: "127.0.0.1" },
      ];
      const bridge = { name: await fresh.bridge(), ports: ["ssh", "same"] };
      const config = { image: await fresh.image("guest"), network_interface: [{ bridge }] };
      const { id, spec, network } = await fresh.task({ resources: { ports }, config });
      check.equal("ports", "port map", network?.portMap, { ssh: 22, same: ports[1]?.value });
      const destroy = (): Promise<void> => driver.destroyTask(id, { force: true });
      await check.succeeds("destroyed", "destroyTask", destroy);
      check.equal("inventory", "inventory", await host.inventory(), before);
      await check.succeeds("again", "startTask with the same ports", () => driver.startTask(spec));
    },
  },
  {
    id: "task.net.unknown-label",
    title: "A label that is no port of the task is refused, and one for UDP is not taken for TCP",
    why: "It was logged and skipped: the task ran, and nobody reached it",
    needs: ["task.ports", "host"],
    boots: true,
    checks: {
      unknown: "task.net.unknown-label",
      inventory: "task.net.unknown-label",
      udp: "task.net.udp",
    },
    async run({ driver, fresh, host, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const bridge = { name: await fresh.bridge(), ports: ["dns"] };
      const image = await fresh.image("guest");
      const config = { image, network_interface: [{ bridge }] };
      const spec = await fresh.spec({ config });
      const start = (): Promise<unknown> => driver.startTask(spec);
      await check.refused("unknown", start, refusal("invalid-argument", spec.id));
      check.equal("inventory", "inventory", await host.inventory(), before);
      const port = { label: "dns", value: fresh.port(), to: 53, hostIp: "127.0.0.1" };
      const ports = [{ ...port, protocol: "udp" as const }];
      const udp = { ...spec, resources: { ...spec.resources, ports } };
      const [{ value, error } = {}] = await settled([driver.startTask(udp)]);
      const isMapped = value?.network?.portMap["dns"] === 53;
      const isTold = error !== undefined || isMapped;
      check.holds("udp", "start", isTold, "mapped or refused", value?.network ?? String(error));
    },
  },
  {
    id: "task.net.timeout",
    title: "A guest without an address fails the start, which leaves nothing",
    why: "The machine ran on, and the next one met its lease",
    needs: ["task.address", "host"],
    boots: true,
    checks: { code: "task.net.timeout", inventory: "task.net.timeout" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const spec = await fresh.guestSpec({ config: { image: await fresh.image("blank") } });
      const start = (): Promise<unknown> => driver.startTask(spec);
      await check.refused("code", start, refusal("deadline-exceeded", spec.id));
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
];
