/**
 * Clauses about what tasks use, about events, signals and commands.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { podmanIssue, VIRT } from "./sources.ts";

const STATS = `${VIRT}#VirtDriverPlugin.TaskStats`;

/** The clauses about what tasks use. */
export const TASK_STATS_CLAUSES: readonly Clause[] = [
  must("task.stats.interval", "A measurement comes once per interval, in the order of time", STATS),
  must("task.stats.invalid", "An interval that is no positive number is invalid-argument", STATS),
  must("task.stats.bytes", "Memory is measured, in bytes, and at most what the machine has"),
  must("task.stats.percent", "Processors are measured since the last time, not since the start"),
  must("task.stats.abort", "An abort ends the stream, without an error"),
  must("task.stats.exit", "The end of the task ends the stream"),
  must("task.stats.missing", "Measuring a task that there is not is not-found"),
  should(
    "task.stats.two",
    "Streams of different intervals do not disturb each other",
    podmanIssue(201),
  ),
];

/** The clauses about events. */
export const TASK_EVENT_CLAUSES: readonly Clause[] = [
  must(
    "task.events.all",
    "Every reader hears of every task, with its id, allocation and name",
    `${VIRT}#VirtDriverPlugin.TaskEvents`,
  ),
  must("task.events.slow", "A reader that does not read holds up nobody"),
  must("task.events.abort", "An abort ends the stream, without an error"),
];

/** The clauses about signals and commands. */
export const TASK_CALL_CLAUSES: readonly Clause[] = [
  must(
    "task.signal.unknown",
    "A name that is no signal is invalid-argument",
    `${VIRT}#VirtDriverPlugin.SignalTask`,
    "no driver here declares it",
  ),
  must(
    "task.exec.result",
    "A command's output and code are its own, and it runs in the guest",
    `${VIRT}#VirtDriverPlugin.ExecTask`,
  ),
  must("task.exec.timeout", "A command that takes too long is ended"),
];
