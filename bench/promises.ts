/**
 * Reads `PROMISES.md`: what is promised, and by which evidence.
 *
 * @module
 */

/** One row. */
export interface Promised {
  /** What is measured. */
  readonly metric: string;
  /** In which direction the bound goes. */
  readonly direction: "at most" | "at least";
  /** The bound. */
  readonly bound: number;
  /** The benchmark that enforces it. */
  readonly benchmark: string;
  /** What was seen last. */
  readonly seen: number;
  /** Where the evidence comes from. */
  readonly origin: string;
  /** When. */
  readonly date: string;
  /** Whether the table says that it is kept. */
  readonly kept: boolean;
}

const ROW = new RegExp(
  [
    /^\| (?<metric>[^|]+?) +/,
    /\| (?<direction>at most|at least) (?<bound>[\d.]+)[^|]*/,
    /\| `(?<benchmark>[a-z]+)` +/,
    /\| (?<seen>-?[\d.]+)[^|]*, (?<origin>hardware|software-hypervisor|simulator), /,
    /(?<date>\d{4}-\d\d-\d\d)[^|]*/,
    /\| (?<kept>yes|no) +\|$/,
  ].map(({ source }) => source).join(""),
);

/** Reads the table. @throws {TypeError} naming the first row without a bound, benchmark or evidence */
export function parsePromises(markdown: string): Promised[] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) => {
    const { metric, direction, bound, benchmark, seen, origin, date, kept } =
      ROW.exec(row)?.groups ?? {};
    if (metric === undefined) {
      throw new TypeError(
        `Every promise needs a bound, a benchmark and evidence with origin and date: ${row}`,
      );
    }
    return {
      metric,
      direction: direction === "at most" ? direction : "at least",
      bound: Number(bound),
      benchmark: benchmark ?? "",
      seen: Number(seen),
      origin: origin ?? "",
      date: date ?? "",
      kept: kept === "yes",
    };
  });
}

/** Whether what was seen is within the bound. */
export function isKept({ direction, bound, seen }: Promised): boolean {
  return direction === "at most" ? seen <= bound : seen >= bound;
}
