/**
 * What a report is: a function of the events, whether they happen now or are read from a file.
 *
 * @module
 */

import type { CaseEnd, CheckEvent, Event, RunEnd, RunStart } from "../engine/events.ts";

/** How a report may look. */
export interface Style {
  /** Whether colours are understood. */
  readonly color: boolean;
  /** Whether a line can be written over. */
  readonly live: boolean;
  /** How long a line may be that is written over; by default 80. */
  columns?(): number;
}

/** Takes the events one by one, and answers what each adds to the report. */
export type Report = (event: Event) => string;

/** Begins a report. */
export type Reporter = (style: Style) => Report;

/** One case of a run that is over. */
export interface EndedCase {
  /** How it ended. */
  readonly end: CaseEnd;
  /** Its checks, in the order in which they were made. */
  readonly checks: readonly CheckEvent[];
}

/** A run that is over. */
export interface EndedRun {
  /** How it began. */
  readonly start: RunStart;
  /** Its cases, sorted by id. */
  readonly cases: readonly EndedCase[];
  /** How it ended. */
  readonly end: RunEnd;
}

/** Gathers events until the run ends; answers the run then. */
export function gathering(): (event: Event) => EndedRun | undefined {
  let start: RunStart | undefined;
  const ends: CaseEnd[] = [];
  const checks = new Map<string, CheckEvent[]>();
  return (event) => {
    if (event.type === "run-start") start = event;
    if (event.type === "case-end") ends.push(event);
    if (event.type === "check") {
      const known = checks.get(event.case) ?? [];
      checks.set(event.case, [...known, event]);
    }
    if (event.type !== "run-end") return undefined;
    if (!start) throw new TypeError("The events do not begin with a run-start");
    const cases = ends
      .toSorted((a, b) => a.case < b.case ? -1 : 1)
      .map((end) => ({ end, checks: checks.get(end.case) ?? [] }));
    return { start, cases, end: event };
  };
}

/** A reporter that writes all at the end. */
export function atEnd(render: (run: EndedRun) => string): Reporter {
  return () => {
    const gather = gathering();
    return (event) => {
      const run = gather(event);
      return run ? render(run) : "";
    };
  };
}
