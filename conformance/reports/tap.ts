/**
 * The Test Anything Protocol, version 14. The plan comes first, so a run that dies shows.
 *
 * @module
 */

import type { CaseEnd, CheckEvent, RunStart } from "../engine/events.ts";
import type { Reporter } from "./reporter.ts";
import { account, headline } from "./words.ts";

const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("#", "\\#").replaceAll("\n", " ");

function line(number: number, end: CaseEnd): string {
  const reason = escaped(end.reason ?? "");
  const name = `${number} - ${escaped(end.case)}`;
  switch (end.status) {
    case "pass":
    case "warn":
      return `ok ${name}`;
    case "unsupported":
      return `ok ${name} # SKIP unsupported: ${reason}`;
    case "known-fail":
      return `not ok ${name} # TODO ${reason}`;
    default:
      return `not ok ${name}`;
  }
}

function diagnosis(start: RunStart, end: CaseEnd, checks: readonly CheckEvent[]): string {
  if (["pass", "unsupported", "known-fail"].includes(end.status)) return "";
  const lines = account(start, { end, checks }).map((text) => `      ${text}`);
  return ["  ---", `  status: ${end.status}`, "  account: |", ...lines, "  ...", ""].join("\n");
}

/** TAP, one test point a case, in the order in which they end. */
export const tap: Reporter = () => {
  let start: RunStart | undefined;
  let number = 0;
  const checks = new Map<string, CheckEvent[]>();
  return (event) => {
    switch (event.type) {
      case "run-start":
        start = event;
        return `TAP version 14\n1..${event.selected}\n`;
      case "check":
        checks.set(event.case, [...checks.get(event.case) ?? [], event]);
        return "";
      case "case-end":
        return `${line(++number, event)}\n` +
          (start ? diagnosis(start, event, checks.get(event.case) ?? []) : "");
      case "run-end":
        return start ? `# ${headline(start, event)}\n` : "";
      default:
        return "";
    }
  };
};
