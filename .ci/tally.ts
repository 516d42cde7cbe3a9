/**
 * Adds up the reports of a CI run and prints the closing line `N passed, N failed`.
 *
 *     deno run -A .ci/tally.ts FOLDER PART...
 *
 * For each part, FOLDER holds `PART.exit` (the exit status of its command) and the report that the
 * command wrote: `PART.xml` (JUnit) or `PART.json`. A part that wrote no report, that counted
 * nothing, or that exited with an error its report does not explain, adds one failure.
 *
 * @module
 */
import { join } from "node:path";

/** What a report comes down to. */
export interface Counts {
  /** How many passed. */
  readonly passed: number;
  /** How many did not, for whatever reason. */
  readonly failed: number;
}

/** Counts a JUnit report. Tests that were skipped count on neither side. */
export function countJUnit(xml: string): Counts {
  // Only tags are looked at: text and attribute values have their "<" escaped in a JUnit report.
  const count = (tag: string): number => xml.match(new RegExp(`<${tag}[\\s/>]`, "g"))?.length ?? 0;
  const failed = count("failure") + count("error");
  return { passed: count("testcase") - failed - count("skipped"), failed };
}

/**
 * Counts a JSON report: the suite's, by cases, or one that only says `passed` and `failed`.
 * Unsupported cases and known failures count on neither side; one that was not run is a failure.
 */
export function countJson(text: string): Counts {
  const report = JSON.parse(text);
  const cases: Record<string, number> = report.totals?.cases ?? {
    pass: report.passed,
    fail: report.failed,
  };
  const sum = (...statuses: string[]): number =>
    statuses.reduce((total, status) => total + (cases[status] ?? 0), 0);
  if (!Number.isInteger(cases.pass) || !Number.isInteger(cases.fail)) {
    throw new TypeError("Expected whole numbers of what passed and failed in the report");
  }
  return {
    passed: sum("pass", "warn"),
    failed: sum("fail", "flaky", "harness-error", "not-run") +
      (report.leaks?.length ?? 0) + (report.stale?.length ?? 0),
  };
}

/** One part's counts, made honest by how its command ended. */
export function judge(counts: Counts | undefined, exit: number): Counts & { note?: string } {
  if (!counts) return { passed: 0, failed: 1, note: `wrote no report (exit status ${exit})` };
  if (counts.passed + counts.failed === 0) return { passed: 0, failed: 1, note: "counted nothing" };
  if (exit !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, note: `exit status ${exit} without a failure in its report` };
  }
  if (exit === 0 && counts.failed > 0) {
    return { ...counts, note: "exit status 0 although its report has failures" };
  }
  return counts;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function readPart(folder: string, part: string): Promise<Counts & { note?: string }> {
  const exit = Number.parseInt(await readIfThere(join(folder, `${part}.exit`)) ?? "127");
  const xml = await readIfThere(join(folder, `${part}.xml`));
  const json = await readIfThere(join(folder, `${part}.json`));
  try {
    return judge(xml ? countJUnit(xml) : json ? countJson(json) : undefined, exit);
  } catch (error) {
    return { passed: 0, failed: 1, note: `unreadable report: ${(error as Error).message}` };
  }
}

if (import.meta.main) {
  const [folder, ...parts] = Deno.args;
  let passed = 0;
  let failed = 0;
  for (const part of parts) {
    const counts = await readPart(folder, part);
    passed += counts.passed;
    failed += counts.failed;
    const note = counts.note ? `  (${counts.note})` : "";
    console.log(`${part.padEnd(24)} ${counts.passed} passed, ${counts.failed} failed${note}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
}
