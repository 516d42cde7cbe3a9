/**
 * Says whether two runs of the suite came to the same verdicts, case by case and check by check. What
 * the first cannot claim at all, the other may pass.
 *
 *     deno run -A .ci/same_verdicts.ts ONE.json OTHER.json --report REPORT.json
 *
 * @module
 */
import { parseArgs } from "@std/cli";

/** One check of one case, as the suite's JSON report has it. */
interface Check {
  readonly id: string;
  readonly status: string;
}

/** A run, as far as it matters here. */
export interface Run {
  readonly cases: readonly {
    readonly id: string;
    readonly status: string;
    readonly checks: readonly Check[];
  }[];
}

/** The verdicts of a run by what they are about: a case, or one of its checks. */
function verdicts({ cases }: Run): Map<string, string> {
  return new Map(
    cases.flatMap(({ id, status, checks }) => [
      [id, status] as const,
      ...checks.map((check) => [`${id}/${check.id}`, check.status] as const),
    ]),
  );
}

/** What differs, a line each, and how much is the same. */
export function compare(one: Run, other: Run): { same: number; different: string[] } {
  const [first, second] = [verdicts(one), verdicts(other)];
  const different: string[] = [];
  for (const about of new Set([...first.keys(), ...second.keys()])) {
    const [a = "absent", b = "absent"] = [first.get(about), second.get(about)];
    const [id = ""] = about.split("/");
    const isGain = first.get(id) === "unsupported" && b === "pass";
    if (a !== b && !isGain) different.push(`${about}: ${a}, then ${b}`);
  }
  const same = [...first].filter(([about, verdict]) => second.get(about) === verdict).length;
  return { same, different };
}

if (import.meta.main) {
  const { _: files, report } = parseArgs(Deno.args, { string: ["_", "report"] });
  const [one, other] = await Promise.all(
    files.map(async (file): Promise<Run> => JSON.parse(await Deno.readTextFile(String(file)))),
  );
  if (!one || !other) throw new TypeError("Name two reports of the suite in JSON");
  const { same, different } = compare(one, other);
  for (const line of different) console.log(line);
  console.log(`${same} verdicts are the same, ${different.length} differ`);
  const counts = { passed: same, failed: different.length };
  if (report) await Deno.writeTextFile(report, `${JSON.stringify(counts)}\n`);
  if (different.length > 0) Deno.exit(1);
}
