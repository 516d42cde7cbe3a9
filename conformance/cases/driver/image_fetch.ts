/**
 * Cases about fetching images.
 *
 * @module
 */

import type { ErrorCode } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { ServerMood } from "../../image_server.ts";
import { bytes, imageSubject, listed, NEWER, VERSION } from "./sample_images.ts";

/** A case: a fetch meets a mood of the server, and nothing is taken for an image. */
function badTransfer(
  part: Pick<Case, "id" | "title" | "why">,
  mood: ServerMood,
  code: ErrorCode,
  clause: string,
): Case {
  return {
    ...part,
    checks: {
      refused: clause,
      status: clause,
      recovers: "image.fetch.recovers",
      downloaded: "image.fetch.recovers",
    },
    async run(context) {
      const { server, check } = context;
      const image = await listed(context);
      server.mood({ version: VERSION }, mood);
      await check.refused("refused", () => image.fetch(), { code, subject: imageSubject });
      check.equal("status", "status", await image.status(), "not-downloaded");
      server.mood({ version: VERSION }, "well");
      await check.succeeds("recovers", "fetch", () => image.fetch());
      check.equal("downloaded", "status", await image.status(), "downloaded");
    },
  };
}

/** The cases. */
export const IMAGE_FETCH_CASES: readonly Case[] = [
  {
    id: "image.fetch",
    title: "A fetched image is downloaded, and fetching it again changes nothing",
    why: "The status is written, and the file is not there",
    checks: {
      before: "image.fetch",
      changed: "image.fetch",
      status: "image.fetch",
      file: "image.fetch",
      again: "image.fetch.again",
    },
    async run(context) {
      const { files, check } = context;
      const before = await files.cached();
      const image = await listed(context);
      check.equal("before", "status", await image.status(), "not-downloaded");
      check.equal("changed", "fetch", await image.fetch(), { changed: true });
      check.equal("status", "status", await image.status(), "downloaded");
      const added = (await files.cached()).filter((file) => !before.includes(file));
      check.holds("file", "cache directory", added.length > 0, "at least one file more", added);
      await check.answers("again", "second fetch", () => image.fetch(), { changed: false });
    },
  },
  {
    id: "image.fetch-checksum",
    title: "A wrong checksum is data-loss, and the image is not downloaded",
    why: "The checksum is compared after the file has its final name",
    checks: {
      refused: "image.fetch.checksum",
      status: "image.fetch.checksum",
      machine: "machine.create.image-missing",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const spec = await fresh.spec();
      const image = await listed(context, { ...NEWER, sha256: "0".repeat(64) });
      await check.refused("refused", () => image.fetch(), {
        code: "data-loss",
        subject: imageSubject,
      });
      check.equal("status", "status", await image.status(), "not-downloaded");
      await check.refused("machine", () => driver.machines.create({ ...spec, image: VERSION }), {
        code: "failed-precondition",
        subject: imageSubject,
        reason: "image-not-downloaded",
      });
    },
  },
  badTransfer(
    {
      id: "image.fetch-corrupt",
      title: "One changed byte is data-loss",
      why: "A checksum of the archive in place of the image",
    },
    "corrupt",
    "data-loss",
    "image.fetch.checksum",
  ),
  badTransfer(
    {
      id: "image.fetch-cut",
      title: "A connection that is cut leaves no image",
      why: "The half that came is taken for the whole",
    },
    "cut",
    "unavailable",
    "image.fetch.interrupted",
  ),
  badTransfer(
    {
      id: "image.fetch-short",
      title: "A transfer that ends early leaves no image",
      why: "Nobody compares the length with the one that was announced",
    },
    "short",
    "unavailable",
    "image.fetch.interrupted",
  ),
  badTransfer(
    {
      id: "image.fetch-missing",
      title: "An image that is not there is not-found",
      why: "The page that says so is saved as the image",
    },
    "missing",
    "not-found",
    "image.fetch.status",
  ),
  badTransfer(
    {
      id: "image.fetch-failing",
      title: "A server that answers 503 is unavailable",
      why: "The page of the error is saved as the image",
    },
    "failing",
    "unavailable",
    "image.fetch.status",
  ),
  badTransfer(
    {
      id: "image.fetch-portal",
      title: "A page in place of the image is data-loss",
      why: "A captive portal answers 200 to everything",
    },
    "portal",
    "data-loss",
    "image.fetch.status",
  ),
  {
    id: "image.fetch-hex-case",
    title: "Checksums are compared without regard to letter case",
    why: "The list is written by another tool, in upper case",
    checks: { fetch: "image.fetch.hex-case", data: "image.fetch.hex-case" },
    async run(context) {
      const { driver, server, check } = context;
      const { sha256: known } = (await listed(context)).toJSON();
      server.publish([{ ...NEWER, sha256: known.toUpperCase() }]);
      await driver.images.update();
      const image = await driver.images.get(VERSION);
      await check.succeeds("fetch", "fetch", () => image.fetch());
      const { sha256 } = image.toJSON();
      check.holds("data", "sha256", /^[0-9a-f]{64}$/.test(sha256), "lower-case digits", sha256);
    },
  },
  {
    id: "image.fetch-keeps",
    title: "A failed fetch keeps the good copy at hand",
    why: "The old copy is overwritten before the new one is verified",
    checks: { refused: "image.fetch.keeps", kept: "image.fetch.keeps" },
    async run(context) {
      const { driver, server, check } = context;
      const old = await listed(context);
      await old.fetch();
      server.publish([{ version: VERSION, content: bytes(4) }]);
      await driver.images.update();
      server.mood({ version: VERSION }, "cut");
      const image = await driver.images.get(VERSION);
      await check.refused("refused", () => image.fetch(), {
        code: "unavailable",
        subject: imageSubject,
      });
      server.mood({ version: VERSION }, "well");
      server.publish([NEWER]);
      await driver.images.update();
      const again = await driver.images.get(VERSION);
      check.equal("kept", "status of the old image", await again.status(), "downloaded");
    },
  },
  {
    id: "image.fetch-abort",
    title: "An abort ends a fetch, and leaves no image",
    why: "A download of gigabytes that nobody can end",
    checks: {
      refused: "image.fetch.abort",
      status: "image.fetch.abort",
      recovers: "image.fetch.recovers",
    },
    async run(context) {
      const { server, check } = context;
      const image = await listed(context);
      server.mood({ version: VERSION }, "stalled");
      const abort = new AbortController();
      const fetching = image.fetch({ signal: abort.signal });
      await server.stalled();
      abort.abort();
      await check.refused("refused", () => fetching, { code: "canceled", subject: imageSubject });
      check.equal("status", "status", await image.status(), "not-downloaded");
      server.mood({ version: VERSION }, "well");
      await image.fetch();
      check.equal("recovers", "status", await image.status(), "downloaded");
    },
  },
  {
    id: "image.fetch-parallel",
    title: "Fetches of one image at once all succeed",
    why: "They write into one temporary file",
    checks: {
      all: "image.fetch.parallel",
      status: "image.fetch.parallel",
      instances: "image.fetch.instances",
    },
    async run(context) {
      const { another, settled, check } = context;
      const image = await listed(context);
      const errors = (results: readonly { error?: unknown }[]): string[] =>
        results.flatMap(({ error }) => error === undefined ? [] : [String(error)]);
      const here = await settled([image.fetch(), image.fetch(), image.fetch()]);
      check.equal("all", "errors", errors(here), []);
      check.equal("status", "status", await image.status(), "downloaded");
      await image.purge();
      const theirs = await (await another()).images.get(VERSION);
      const both = await settled([image.fetch(), theirs.fetch()]);
      const statuses = [await image.status(), await theirs.status()];
      check.equal("instances", "errors and statuses", [errors(both), statuses], [
        [],
        ["downloaded", "downloaded"],
      ]);
    },
  },
  {
    id: "image.disk-full",
    title: "A full disk is resource-exhausted, and leaves no image",
    why: "The error of the last write is not looked at",
    needs: ["files.fillDisk"],
    checks: {
      refused: "image.disk-full",
      status: "image.disk-full",
      file: "image.disk-full",
      recovers: "image.fetch.recovers",
    },
    async run(context) {
      const { files, check } = context;
      const image = await listed(context);
      const path = await files.write("image", NEWER.content);
      files.fillDisk(true);
      await check.refused("refused", () => image.fetch(), {
        code: "resource-exhausted",
        subject: imageSubject,
      });
      await check.refused("file", () => image.fromFile(path), {
        code: "resource-exhausted",
        subject: imageSubject,
      });
      check.equal("status", "status", await image.status(), "not-downloaded");
      files.fillDisk(false);
      await image.fetch();
      check.equal("recovers", "status", await image.status(), "downloaded");
    },
  },
];
