/**
 * Cases about images.
 *
 * @module
 */

import type { TaskSpec } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { notAllowed, refusal } from "./refusals.ts";

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
      await check.refused("outside", start(outside), notAllowed(spec.id));
      // What is not there is refused alike: a refusal must not tell which files a host has.
      await check.refused("absent", start(`${outside}.absent`), notAllowed(spec.id));
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
      letters: "task.image.detours",
      allowed: "task.image.detours",
    },
    async run({ driver, fresh, files, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const inside = await fresh.image("blank");
      const folder = inside.slice(0, inside.lastIndexOf("/"));
      const outside = await files.write("elsewhere/disk.img", new Uint8Array(512));
      const elsewhere = outside.slice(0, outside.lastIndexOf("/"));
      const shouted = await files.write("IMAGES/letters.img", new Uint8Array(512));
      // Where case does not matter, it is the allowed folder itself.
      const isOneFolder = await files.read(shouted.replace("/IMAGES/", "/images/")) !== undefined;
      const detours = {
        dots: `${folder}/../elsewhere/disk.img`,
        sibling: await files.write("images-evil/disk.img", new Uint8Array(512)),
        "linked-file": await files.link("images/link.img", outside),
        "linked-folder": `${await files.link("images/folder", elsewhere)}/disk.img`,
        relative: "../elsewhere/disk.img",
        letters: isOneFolder ? outside : shouted,
      };
      for (const [which, image] of Object.entries(detours)) {
        const start = (): Promise<unknown> => driver.startTask({ ...spec, config: { image } });
        await check.refused(which, start, notAllowed(spec.id));
      }
      const linked = await files.link("elsewhere/allowed.img", inside);
      const start = (): Promise<unknown> =>
        driver.startTask({ ...spec, config: { image: linked } });
      await check.succeeds("allowed", "startTask by a link to an allowed image", start);
    },
  },
  {
    id: "task.image.own",
    title: "A task's own folder is allowed to it, and to no other task",
    why: "The folders of all tasks were added to one list, which every later start was held to",
    needs: ["task.images"],
    checks: { own: "task.image.own", other: "task.image.own", between: "task.image.own" },
    async run({ driver, fresh, files, check }) {
      await fresh.configured(driver);
      const content = await files.read(await fresh.image("blank")) ?? new Uint8Array(512);
      const inFolderOf = async ({ allocId, name }: TaskSpec) => {
        const path = await files.write(`allocs/${allocId}/${name}/disk.img`, content);
        return { path, allocDir: path.slice(0, path.lastIndexOf(`/${name}/`)) };
      };
      const [a, b] = [await fresh.spec(), await fresh.spec()];
      const [ofA, ofB] = [await inFolderOf(a), await inFolderOf(b)];
      const start = (spec: TaskSpec, allocDir: string, image: string) => (): Promise<unknown> =>
        driver.startTask({ ...spec, allocDir, config: { image } });
      const own = start(a, ofA.allocDir, "disk.img");
      await check.succeeds("own", "startTask with an image below the task's folder", own);
      await check.refused("other", start(b, ofB.allocDir, ofA.path), notAllowed(b.id));
      const up = `../../${a.allocId}/${a.name}/disk.img`;
      await check.refused("between", start(b, ofB.allocDir, up), notAllowed(b.id));
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
