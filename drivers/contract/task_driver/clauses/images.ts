/**
 * Clauses about images, disks, the guest's configuration, and networks.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";
import { VIRT, virtIssue } from "./sources.ts";

/** The clauses about images and disks. */
export const TASK_IMAGE_CLAUSES: readonly Clause[] = [
  must(
    "task.image.denied",
    "An image in no allowed folder is permission-denied before it is looked at, and leaves nothing",
    `${VIRT}#Config`,
  ),
  must(
    "task.image.detours",
    "Neither dots, nor links, nor folders of similar names lead out of the allowed folders",
  ),
  must("task.image.own", "A task's own folder is allowed to it, and to no other task"),
  must("task.image.missing", "An image that is not there is not-found"),
  must("task.image.unchanged", "Using a task does not change its image"),
  must("task.image.headers", "A disk that refers to a file outside is refused"),
  must(
    "task.disk.size",
    "A disk has the size asked for, and never less than its image",
    virtIssue(213),
  ),
];

/** The clauses about the guest's configuration. */
export const TASK_GUEST_CLAUSES: readonly Clause[] = [
  must(
    "task.guest.hostname",
    "The guest has the host name asked for",
    `${VIRT}#TaskConfig`,
  ),
  must(
    "task.guest.effect",
    "Every key that is accepted has its effect, in the guest byte for byte",
    `${VIRT}#TaskConfig`,
  ),
  must(
    "task.guest.secrets",
    "A secret of a task is in no error, event, status or fingerprint",
  ),
];

/** The clauses about networks. */
export const TASK_NETWORK_CLAUSES: readonly Clause[] = [
  must(
    "task.net.address",
    "A start with an interface answers the guest's address",
    `${VIRT}#Net`,
  ),
  must("task.net.ports", "It answers the guest's port of every label that is mapped"),
  must("task.net.unknown-label", "A label that is no port of the task is invalid-argument"),
  must("task.net.udp", "A port for UDP is mapped or refused"),
  must(
    "task.net.timeout",
    "A guest without an address fails the start as deadline-exceeded, and leaves nothing",
    virtIssue(91),
  ),
  must("task.net.teardown", "A task with ports is destroyed without a trace", `${VIRT}#Net`),
];
