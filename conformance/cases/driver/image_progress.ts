/**
 * Cases about the progress of a fetch.
 *
 * @module
 */

import type { Progress } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { listed, NEWER, VERSION } from "./sample_images.ts";

/** The cases. */
export const IMAGE_PROGRESS_CASES: readonly Case[] = [
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
];
