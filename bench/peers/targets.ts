/**
 * What is promised against peers: ratios of medians within one run.
 *
 * @module
 */

import { type Sample, seriesOf } from "../lines.ts";
import { median } from "../statistics.ts";
import type { Operation } from "./process.ts";

/** A promise. */
export interface Target {
  /** What is done. */
  readonly operation: Operation | "event";
  /** Who of ours. */
  readonly ours: string;
  /** Against whom. */
  readonly peer: string;
  /** The most that ours over the peer's may be. */
  readonly most: number;
}

/** What ours is called: the same procedure over our RPC, and the call of the contract. */
export const [RPC, DRIVER] = ["vmtck's RPC", "vmtck's driver"];

const READS = ["state", "list", "lookup"] as const;
const AGAINST = [["python3-libvirt", 1.1], ["virsh", 1 / 40]] as const;

/** The promises. */
export const TARGETS: readonly Target[] = [
  ...[RPC, DRIVER].flatMap((ours) =>
    AGAINST.flatMap(([peer, most]) => READS.map((operation) => ({ operation, ours, peer, most })))
  ),
  { operation: "cycle", ours: RPC, peer: "python3-libvirt", most: 1.05 },
  { operation: "event", ours: DRIVER, peer: "python3-libvirt", most: 1 },
];

/** A promise, and what was seen of it; undefined if one of both was not measured. */
export interface Judged extends Target {
  /** Ours over the peer's. */
  readonly ratio?: number;
  /** Whether it is kept. */
  readonly ok: boolean;
}

/** The series of someone's operation. */
export function seriesName(operation: Target["operation"], who: string): string {
  return `${operation}, ${who}`;
}

/** Holds samples to the promises. */
export function judge(samples: readonly Sample[], targets = TARGETS): Judged[] {
  const all = seriesOf(samples.filter(({ measure }) => measure === "peers"));
  const middle = (operation: Target["operation"], who: string): number =>
    median(all.find(({ series }) => series === seriesName(operation, who))?.values ?? []);
  return targets.map((target) => {
    const { operation, ours, peer, most } = target;
    const ratio = middle(operation, ours) / middle(operation, peer);
    return Number.isNaN(ratio) ? { ...target, ok: false } : { ...target, ratio, ok: ratio <= most };
  });
}

/** A line for people. */
export function judgedText({ operation, ours, peer, most, ratio, ok }: Judged): string {
  const times = (value: number): string =>
    value < 0.1 ? `1/${(1 / value).toFixed(0)} ×` : `${value.toFixed(2)} ×`;
  const seen = ratio === undefined ? "not measured" : `${times(ratio)} of ${peer}`;
  return `${ok ? "kept  " : "MISSED"} ${operation}, ${ours}: ${seen}, promised at most ${
    times(most)
  }`;
}
