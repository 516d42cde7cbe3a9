/**
 * The report for people at a terminal, with progress while the run goes on.
 *
 * @module
 */

import type { CaseEnd, RunStart, Status } from "../engine/events.ts";
import { type EndedRun, gathering, type Reporter, type Style } from "./reporter.ts";
import { account, headline, isTrouble, meaning } from "./words.ts";

const COLORS: Readonly<Record<Status, number>> = {
  "pass": 32,
  "fail": 31,
  "warn": 33,
  "unsupported": 90,
  "not-run": 33,
  "known-fail": 90,
  "flaky": 31,
  "harness-error": 35,
};

function painted(style: Style, color: number, text: string): string {
  return style.color ? `\x1b[${color}m${text}\x1b[0m` : text;
}

/** The width of the longest status. */
const WIDTH = "harness-error".length;

function ended(style: Style, end: CaseEnd): string {
  const status = painted(style, COLORS[end.status], end.status.padEnd(WIDTH));
  const took = end.ms > 0 ? ` (${Math.round(end.ms)} ms)` : "";
  const quiet = end.status === "pass" || end.status === "fail";
  return `${status} ${end.case}${took}${
    end.reason === undefined || quiet ? "" : `: ${end.reason}`
  }\n`;
}

function summary(style: Style, { start, cases, end }: EndedRun): string {
  const troubled = cases.filter(isTrouble)
    .map((item) => ["", ...account(start, item)].join("\n") + "\n");
  const { pass, fail, warn } = end.totals.checks;
  const hosts = Object.entries(end.versions).map(([name, version]) => `${name} ${version}`);
  const color = end.exitCode === 0 ? 32 : 31;
  return [
    ...troubled,
    "\n",
    ...end.stale.map((entry) => `Known to fail, but it does not: ${entry}\n`),
    ...end.leaks.map((leak) => `Left on the host: ${leak}\n`),
    ...(end.interrupted ? ["The run was interrupted\n"] : []),
    `${painted(style, color, headline(start, end))}\n`,
    `Checks: ${pass} passed, ${fail} failed, ${warn} warned\n`,
    ...(hosts.length > 0 ? [`Host: ${hosts.join(", ")}\n`] : []),
    `Seed: ${start.seed}\n`,
    `${meaning(end)}\n`,
  ].join("");
}

/** Overwrites the progress line; one that the terminal breaks in two could not be. */
function progress(
  { selected }: RunStart,
  { done, running, style }: {
    readonly done: number;
    readonly running: Iterable<string>;
    readonly style: Style;
  },
): string {
  const line = [`${done}/${selected}`, ...running].join(" ");
  return `\r\x1b[2K${line.slice(0, (style.columns?.() ?? 80) - 1)}`;
}

/** The report for people. */
export const pretty: Reporter = (style) => {
  const gather = gathering();
  const running = new Set<string>();
  let start: RunStart | undefined;
  let done = 0;
  return (event) => {
    const run = gather(event);
    const clear = style.live ? "\r\x1b[2K" : "";
    if (run) return clear + summary(style, run);
    if (event.type === "run-start") start = event;
    if (event.type === "case-start") running.add(event.case);
    if (event.type !== "case-start" && event.type !== "case-end") return "";
    let line = "";
    if (event.type === "case-end") {
      running.delete(event.case);
      done++;
      if (!style.live || event.status !== "pass") line = clear + ended(style, event);
    }
    return style.live && start ? line + progress(start, { done, running, style }) : line;
  };
};
