/**
 * Cases about the list of images.
 *
 * @module
 */

import type { ErrorCode } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { ImageServer } from "../../image_server.ts";
import { bytes, listed, listSubject, NEWER, OLDER, VERSION } from "./sample_images.ts";

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

/** The cases. */
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
