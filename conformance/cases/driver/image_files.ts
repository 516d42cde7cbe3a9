/**
 * Cases about image files: from-file, purge, and files that others touched.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { bytes, imageSubject, listed, NEWER, VERSION } from "./sample_images.ts";

/** The cases. */
export const IMAGE_FILE_CASES: readonly Case[] = [
  {
    id: "image.from-file",
    title: "A file with the right content makes the image downloaded, and stays as it is",
    why: "The file is moved in place of copied",
    checks: {
      changed: "image.from-file",
      status: "image.from-file",
      source: "image.from-file",
      wrong: "image.from-file.wrong",
      "wrong-status": "image.from-file.wrong",
      empty: "image.from-file.wrong",
      missing: "image.from-file.missing",
    },
    async run(context) {
      const { files, check } = context;
      const image = await listed(context);
      const wrong = await files.write("wrong", bytes(5));
      const loss = { code: "data-loss", subject: imageSubject } as const;
      await check.refused("wrong", () => image.fromFile(wrong), loss);
      const empty = await files.write("empty", new Uint8Array());
      await check.refused("empty", () => image.fromFile(empty), loss);
      check.equal("wrong-status", "status", await image.status(), "not-downloaded");
      await check.refused("missing", () => image.fromFile(`${wrong}-none`), {
        code: "not-found",
        subject: imageSubject,
      });
      const right = await files.write("right", NEWER.content);
      check.equal("changed", "fromFile", await image.fromFile(right), { changed: true });
      check.equal("status", "status", await image.status(), "downloaded");
      const source = await files.read(right);
      check.equal("source", "size of the file", source?.length, NEWER.content.length);
    },
  },
  {
    id: "image.purge",
    title: "A purged image is not-downloaded, its file gone and its entry kept",
    why: "The status is changed, and the gigabytes stay",
    checks: {
      changed: "image.purge",
      status: "image.purge",
      file: "image.purge",
      entry: "image.purge",
      again: "image.purge.again",
      fetch: "image.purge",
    },
    async run(context) {
      const { driver, files, check } = context;
      const before = await files.cached();
      const image = await listed(context);
      await image.fetch();
      check.equal("changed", "purge", await image.purge(), { changed: true });
      check.equal("status", "status", await image.status(), "not-downloaded");
      check.equal("file", "cache directory", await files.cached(), before);
      check.equal("entry", "versions", await driver.images.versions(), [VERSION]);
      await check.answers("again", "second purge", () => image.purge(), { changed: false });
      await image.fetch();
      check.equal("fetch", "status after a fetch", await image.status(), "downloaded");
    },
  },
  {
    id: "image.tampered",
    title: "A cached file that was removed or altered is not downloaded, and fetch repairs it",
    why: "The entry says downloaded for ever, and purge fails as the file is gone",
    checks: {
      removed: "image.tampered",
      purge: "image.purge.again",
      altered: "image.tampered",
      repaired: "image.tampered",
    },
    async run(context) {
      const { files, check } = context;
      const before = await files.cached();
      const image = await listed(context);
      const largest = async (): Promise<string> => {
        const added = (await files.cached()).filter((file) => !before.includes(file));
        return added.toSorted((a, b) => a.length - b.length)[0] ?? "";
      };
      await image.fetch();
      await files.tamper(await largest(), undefined);
      check.equal("removed", "status", await image.status(), "not-downloaded");
      await check.succeeds("purge", "purge", () => image.purge());
      await image.fetch();
      await files.tamper(await largest(), bytes(6, 1000));
      check.equal("altered", "status", await image.status(), "not-downloaded");
      await image.fetch();
      check.equal("repaired", "status", await image.status(), "downloaded");
    },
  },
  {
    id: "image.corrupt-state",
    title: "A corrupt list on disk is an error or is got anew, never silently empty",
    why: "It is overwritten with defaults, and the error is shown once",
    checks: { told: "image.corrupt-state", recovers: "image.corrupt-state" },
    async run(context) {
      const { driver, another, files, settled, check } = context;
      await listed(context);
      await files.corruptState();
      const other = await another();
      const [versions] = await settled([other.images.versions()]);
      const told = versions?.error !== undefined || versions?.value?.includes(VERSION) === true;
      check.holds("told", "versions", told, "an error, or the list", versions?.value);
      await driver.images.update();
      check.equal("recovers", "versions", await other.images.versions(), [VERSION]);
    },
  },
];
