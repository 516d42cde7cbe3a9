/**
 * Statistics of samples: pure functions, with seeded chance where chance is needed.
 *
 * @module
 */

/** How much an effect must be to count, besides being certain. */
export const THRESHOLD = 0.05;
/** How small the probability of chance must be. */
export const ALPHA = 0.01;

/** A quantile with linear interpolation between neighbours (type 7 of Hyndman and Fan). */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** A straight line through points. */
export interface Line {
  /** By how much the value grows for each unit. */
  readonly slope: number;
  /** The value at zero. */
  readonly intercept: number;
  /** How much of the variance the line explains, 0 to 1. */
  readonly r2: number;
}

/** The line with the least squares. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number): number =>
    points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0);
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)];
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

/** The exponent of a power law through points: 1 is linear, 2 quadratic. */
export function growth(points: readonly (readonly [x: number, y: number])[]): number {
  return fitLine(points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)).slope;
}

/** A source of chance that is the same for the same seed (mulberry32); from 0 up to 1. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The values in an order by chance, each order as likely as any other (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const rest = [...values];
  return values.flatMap(() => rest.splice(Math.floor(next() * rest.length), 1));
}

/** Up to so many pairs every way to swap them is tried; with more, so many ways by chance. */
const EXACT_PAIRS = 16;
const SWAPS = 20_000;

/**
 * The two-sided probability that pairs that do not differ would differ by as much: the paired
 * permutation test on the mean of the differences.
 */
export function permutationTest(differences: readonly number[], seed = 1): number {
  const n = differences.length;
  const observed = Math.abs(mean(differences));
  const isAsFar = (sum: number): boolean => Math.abs(sum) / n >= observed * (1 - 1e-12);
  if (n <= EXACT_PAIRS) {
    let far = 0;
    for (let signs = 0; signs < 2 ** n; signs++) {
      const sum = differences.reduce((total, it, i) => total + (signs >> i & 1 ? -it : it), 0);
      if (isAsFar(sum)) far++;
    }
    return far / 2 ** n;
  }
  const next = chance(seed);
  let far = 1;
  for (let round = 0; round < SWAPS; round++) {
    if (isAsFar(differences.reduce((total, it) => total + (next() < 0.5 ? it : -it), 0))) far++;
  }
  return far / (SWAPS + 1);
}

/** The interval that holds so much of the means of resampled values (percentile bootstrap). */
export function bootstrap(
  values: readonly number[],
  { confidence = 1 - ALPHA, rounds = 5000, seed = 1 } = {},
): [low: number, high: number] {
  const next = chance(seed);
  const pick = (): number => values[Math.floor(next() * values.length)] ?? NaN;
  const means = Array.from({ length: rounds }, () => mean(values.map(pick)));
  return [quantile(means, (1 - confidence) / 2), quantile(means, (1 + confidence) / 2)];
}

/** With fewer pairs chance alone would make them all differ in one direction too often: nothing is decided. */
export const FEWEST_PAIRS = Math.floor(Math.log2(2 / ALPHA)) + 1;

/** z of the two-sided ALPHA, and of a power of 80 %. */
const Z = 2.576 + 0.842;

/** What a comparison of runs says. */
export interface Comparison {
  /** How many pairs of runs. */
  readonly pairs: number;
  /** B over A, from the run-level medians; the geometric mean. */
  readonly ratio: number;
  /** The interval of the ratio. */
  readonly interval: readonly [low: number, high: number];
  /** The probability of such a difference by chance. */
  readonly p: number;
  /** The smallest effect that so many pairs would have shown in four cases of five, as a part of one. */
  readonly detectable: number;
  /** What B is, against A. */
  readonly verdict: "better" | "worse" | "same" | "undecided";
}

/**
 * Compares runs in pairs by their medians. A difference counts if it is certain and larger than the
 * threshold; `same` means that the whole interval lies within it; anything else is undecided.
 */
export function compareRuns(
  a: readonly number[],
  b: readonly number[],
  { higherIsBetter = false, threshold = THRESHOLD } = {},
): Comparison {
  const pairs = Math.min(a.length, b.length);
  // Two that are equal are so at zero, too, where there is no ratio; of what is below zero (an event
  // that comes before its call has ended) there is none that says which side is better.
  const log = (from = NaN, to = NaN): number =>
    from === to ? 0 : from < 0 || to < 0 ? NaN : Math.log(to / from);
  const logs = Array.from({ length: pairs }, (_, i) => log(a[i], b[i]));
  const ratio = Math.exp(mean(logs));
  const [low, high] = bootstrap(logs);
  const interval = [Math.exp(low), Math.exp(high)] as const;
  const p = Number.isNaN(ratio) ? NaN : permutationTest(logs);
  const detectable = pairs < 2 ? Infinity : Math.exp(Z * deviation(logs) / Math.sqrt(pairs)) - 1;
  const verdict = ((): Comparison["verdict"] => {
    if (p < ALPHA && Math.abs(ratio - 1) > threshold) {
      return ratio > 1 === higherIsBetter ? "better" : "worse";
    }
    // Too few pairs prove nothing, however alike they look.
    const isEnough = pairs >= FEWEST_PAIRS;
    const isWithin = interval[0] > 1 - threshold && interval[1] < 1 + threshold;
    return isEnough && isWithin ? "same" : "undecided";
  })();
  return { pairs, ratio, interval, p, detectable, verdict };
}

/** How far apart two groups must lie, in standard deviations within them, to be two. */
const APART = 4;
/** How much of the values the smaller group has at least. */
const SHARE = 0.1;

/** Whether values fall into two groups, so that one median says little. */
export function isTwoHumped(values: readonly number[]): boolean {
  const sorted = values.toSorted((a, b) => a - b);
  const least = Math.max(2, Math.ceil(sorted.length * SHARE));
  let [best, at] = [0, 0];
  for (let i = least; i <= sorted.length - least; i++) {
    const gap = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
    if (gap > best) [best, at] = [gap, i];
  }
  if (at === 0) return false;
  const [left, right] = [sorted.slice(0, at), sorted.slice(at)];
  const within = Math.sqrt((deviation(left) ** 2 + deviation(right) ** 2) / 2);
  return mean(right) - mean(left) > APART * within && best > 2 * within;
}
