/**
 * Cases about images: the list, the cache and downloads.
 *
 * @module
 */

import type { Driver, ErrorCode, Image, Progress, Subject } from "../../../drivers/contract/mod.ts";
import type { Case, CaseContext } from "../../case.ts";
import type { ImageServer, Published, ServerMood } from "../../image_server.ts";

const VERSION = "1.30.1";
const OLDER = "1.9.4";

/** Bytes that differ with the seed; more than one chunk of a transfer. */
function bytes(seed: number, length = 200_000): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    content[index] = state >> 16;
  }
  return content;
}

const NEWER: Published = { version: VERSION, content: bytes(1) };

/** Publishes one image and updates the list. */
async function listed(
  { driver, server }: Pick<CaseContext, "driver" | "server">,
  image: Published = NEWER,
): Promise<Image> {
  server.publish([image]);
  await driver.images.update();
  return await driver.images.get(image.version);
}

const listSubject = (driver: Driver): Subject => `driver:${driver.name}`;
const imageSubject: Subject = `image:${VERSION}`;

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

/** A case: an update meets a bad list, and the old one stays. */
function badList(
  part: Pick<Case, "id" | "title" | "why">,
  code: ErrorCode,
  clause: string,
  spoil: (server: ImageServer) => unknown,
): Case {
  return {
    ...part,
    checks: { refused: clause, kept: clause, recovers: clause },
    async run(context) {
      const { driver, server, check } = context;
      await listed(context);
      await spoil(server);
      await check.refused("refused", () => driver.images.update(), {
        code,
        subject: listSubject(driver),
      });
      check.equal("kept", "versions", await driver.images.versions(), [VERSION]);
      await server.up();
      server.mood("list", "well");
      server.publish([{ ...NEWER, version: OLDER }]);
      await driver.images.update();
      check.equal("recovers", "versions", await driver.images.versions(), [OLDER]);
    },
  };
}

const entry = (server: ImageServer, overrides: Record<string, unknown>): string =>
  JSON.stringify([{
    version: VERSION,
    sha256: "0".repeat(64),
    url: server.listUrl,
    deprecated: false,
    ...overrides,
  }]);

/** Cases about the list of images. */
export const IMAGE_LIST_CASES: readonly Case[] = [
  {
    id: "image.update",
    title: "After an update, the list has what the source publishes, sorted by version",
    why: "The order of a map, and versions that are sorted as words",
    checks: {
      empty: "image.update",
      versions: "image.versions",
      list: "image.update",
      replaced: "image.update",
      get: "image.get",
      unknown: "image.get",
      deprecated: "image.deprecated",
    },
    async run({ driver, server, check }) {
      check.equal("empty", "versions before", await driver.images.versions(), []);
      server.publish([NEWER, { version: OLDER, content: bytes(2), deprecated: true }]);
      await driver.images.update();
      check.equal("versions", "versions", await driver.images.versions(), [OLDER, VERSION]);
      const list = await driver.images.list();
      check.equal("list", "list", list.map(({ version }) => version), [OLDER, VERSION]);
      check.equal("deprecated", "deprecated", list.map(({ deprecated }) => deprecated), [
        true,
        false,
      ]);
      check.equal("get", "get", (await driver.images.get(OLDER)).version, OLDER);
      server.publish([NEWER]);
      await driver.images.update();
      check.equal("replaced", "versions", await driver.images.versions(), [VERSION]);
      await check.refused("unknown", () => driver.images.get(OLDER), {
        code: "not-found",
        subject: `image:${OLDER}`,
      });
    },
  },
  badList(
    {
      id: "image.update-unreachable",
      title: "A source that cannot be reached leaves the old list",
      why: "The list is emptied before the new one is there",
    },
    "unavailable",
    "image.update.unreachable",
    (server) => server.down(),
  ),
  badList(
    {
      id: "image.update-failing",
      title: "A source that answers 503 leaves the old list",
      why: "The page of an error is read as a list",
    },
    "unavailable",
    "image.update.unreachable",
    (server) => server.mood("list", "failing"),
  ),
  badList(
    {
      id: "image.update-malformed",
      title: "A list that is no JSON leaves the old list",
      why: "Half a list is read as an empty one",
    },
    "data-loss",
    "image.update.malformed",
    (server) => server.publishText('[{"version": "1.30.1", "sha'),
  ),
  badList(
    {
      id: "image.update-portal",
      title: "A page in place of the list leaves the old list",
      why: "A captive portal answers 200 to everything",
    },
    "data-loss",
    "image.update.malformed",
    (server) => server.mood("list", "portal"),
  ),
  badList(
    {
      id: "image.update-checksum",
      title: "A checksum of the wrong length makes the list malformed",
      why: "It is noticed after the download",
    },
    "data-loss",
    "image.update.malformed",
    (server) => server.publishText(entry(server, { sha256: "abc" })),
  ),
  badList(
    {
      id: "image.update-scheme",
      title: "An address that is neither http nor https makes the list malformed",
      why: "A list that comes from the net names a local file",
    },
    "data-loss",
    "image.update.malformed",
    (server) => server.publishText(entry(server, { url: "file:///etc/passwd" })),
  ),
  badList(
    {
      id: "image.update-shape",
      title: "A list of another shape is malformed",
      why: "A field that is not there is read as empty",
    },
    "data-loss",
    "image.update.malformed",
    (server) => server.publishText('{"images": []}'),
  ),
  {
    id: "image.update-keeps-status",
    title: "An entry whose checksum changed is not-downloaded, any other keeps its status",
    why: "A stale image is used under the new version's name",
    checks: {
      same: "image.update.checksum",
      changed: "image.update.checksum",
      words: "image.status.declared",
    },
    async run(context) {
      const { driver, server, check } = context;
      const image = await listed(context);
      await image.fetch();
      server.publish([{ ...NEWER, extra: { status: "NotDownloaded" } }]);
      await driver.images.update();
      const same = await (await driver.images.get(VERSION)).status();
      check.equal("same", "status", same, "downloaded");
      server.publish([{ version: VERSION, content: bytes(3), extra: { status: "Downloaded" } }]);
      await driver.images.update();
      const changed = await (await driver.images.get(VERSION)).status();
      check.equal("changed", "status", changed, "not-downloaded");
      const statuses = [same, changed];
      const declared = statuses.every((each) =>
        ["downloaded", "not-downloaded", "unknown"].includes(each)
      );
      check.holds("words", "statuses", declared, "words of the contract", statuses);
    },
  },
  {
    id: "image.handle",
    title: "A handle from before an update still works, and its fetch counts",
    why: "The list is loaded anew, and the old handle writes into the old one",
    checks: { fetch: "image.handle", status: "image.handle", elsewhere: "image.persists" },
    async run(context) {
      const { driver, another, check } = context;
      const image = await listed(context);
      await driver.images.update();
      await check.succeeds("fetch", "fetch", () => image.fetch());
      const status = await (await driver.images.get(VERSION)).status();
      check.equal("status", "status of a new handle", status, "downloaded");
      const other = await another();
      const persisted = await (await other.images.get(VERSION)).status();
      check.equal("elsewhere", "status in another instance", persisted, "downloaded");
    },
  },
  {
    id: "image.json",
    title: "An image survives the way to JSON and back",
    why: "A field is written under one name and read under another",
    checks: {
      data: "image.json",
      back: "image.json",
      status: "image.json",
      text: "image.json.bad",
      shape: "image.json.bad",
      version: "image.json.bad",
    },
    async run(context) {
      const { driver, check } = context;
      const image = await listed(context, { ...NEWER, deprecated: true });
      await image.fetch();
      const data = image.toJSON();
      const keys = Object.keys(data).sort();
      check.equal("data", "fields", keys, ["deprecated", "sha256", "url", "version"]);
      const back = driver.images.fromJSON(JSON.stringify(image));
      check.equal("back", "data", back.toJSON(), data);
      check.equal("status", "status", await back.status(), "downloaded");
      const bad = { text: "{", shape: "[]", version: JSON.stringify({ ...data, version: "../x" }) };
      for (const [id, text] of Object.entries(bad)) {
        await check.refused(id, () => driver.images.fromJSON(text), {
          code: "invalid-argument",
          subject: listSubject(driver),
        });
      }
    },
  },
  {
    id: "image.persists",
    title: "A new instance finds the list and the downloads of an older one",
    why: "lima keeps the status in memory",
    checks: { versions: "image.persists", status: "image.persists", purged: "image.persists" },
    async run(context) {
      const { another, check } = context;
      const image = await listed(context);
      await image.fetch();
      const other = await another();
      check.equal("versions", "versions", await other.images.versions(), [VERSION]);
      const theirs = await other.images.get(VERSION);
      check.equal("status", "status", await theirs.status(), "downloaded");
      await theirs.purge();
      check.equal("purged", "status here", await image.status(), "not-downloaded");
    },
  },
  {
    id: "image.orphan",
    title: "A cached file whose entry vanished from the list can still be purged",
    why: "Nobody knows the file any more, and it stays for ever",
    checks: { purged: "image.orphan" },
    async run(context) {
      const { driver, server, files, check } = context;
      const before = await files.cached();
      const image = await listed(context);
      await image.fetch();
      server.publish([]);
      await driver.images.update();
      await image.purge();
      check.equal("purged", "cache directory", await files.cached(), before);
    },
  },
];

/** Cases about fetching. */
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
    id: "image.progress",
    title: "Progress never falls, and ends with all bytes",
    why: "The last chunk goes unreported, and the bar stays at 99",
    checks: { some: "image.progress", rising: "image.progress", end: "image.progress" },
    async run(context) {
      const { check } = context;
      const image = await listed(context);
      const seen: Progress[] = [];
      await image.fetch({ onProgress: (progress) => void seen.push({ ...progress }) });
      check.holds("some", "reports", seen.length > 0, "at least one", seen.length);
      const rising = seen.every(({ current }, i) => current >= (seen[i - 1]?.current ?? 0));
      check.holds("rising", "bytes", rising, "never less", seen.map(({ current }) => current));
      const total = NEWER.content.length;
      check.equal("end", "last report", seen.at(-1), { current: total, total });
    },
  },
  {
    id: "image.progress-unknown",
    title: "An unknown size is told as no total",
    why: "-1 of -1 bytes",
    checks: { total: "image.progress.unknown", end: "image.progress" },
    async run(context) {
      const { server, check } = context;
      const image = await listed(context);
      server.mood({ version: VERSION }, "lengthless");
      const seen: Progress[] = [];
      await image.fetch({ onProgress: (progress) => void seen.push({ ...progress }) });
      const totals = seen.slice(0, -1).filter(({ total }) => total !== undefined);
      check.equal("total", "reports with a total before the end", totals, []);
      check.equal("end", "bytes of the last report", seen.at(-1)?.current, NEWER.content.length);
    },
  },
  {
    id: "image.progress-throws",
    title: "A progress callback that throws spoils neither the fetch nor the cache",
    why: "The transfer hangs half-way, with its file open",
    checks: { settled: "image.progress.throws", usable: "image.progress.throws" },
    async run(context) {
      const { settled, check } = context;
      const image = await listed(context);
      const onProgress = (): never => {
        throw new Error("The callback's own trouble");
      };
      const [fetched] = await settled([image.fetch({ onProgress })]);
      const status = await image.status();
      const agree = (fetched?.error === undefined) === (status === "downloaded");
      check.holds("settled", "ending and status", agree, "both good, or both bad", [
        String(fetched?.error ?? "ok"),
        status,
      ]);
      await image.fetch();
      check.equal("usable", "status", await image.status(), "downloaded");
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

/** Cases about local files: from-file, purge, and files that others touched. */
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

/** All cases about images. */
export const IMAGE_CASES: readonly Case[] = [
  ...IMAGE_LIST_CASES,
  ...IMAGE_FETCH_CASES,
  ...IMAGE_FILE_CASES,
];
