/**
 * Clauses about creating, getting, listing and deleting machines.
 *
 * @module
 */

import { type Clause, HYPERV, must } from "../../clauses/clause.ts";

/** The clauses. */
export const LIFE_CLAUSES: readonly Clause[] = [
  must(
    "machine.create.stopped",
    "A new machine exists and is stopped",
    `${HYPERV}#Driver.NewMachine`,
  ),
  must(
    "machine.create.spec",
    "A new machine has the image's disk, and the memory and processors asked for",
  ),
  must(
    "machine.create.exists",
    "Creating an existing name is already-exists, and the existing machine is untouched",
    "https://github.com/hashicorp/packer/issues/4573",
  ),
  must(
    "machine.create.unknown-image",
    "Creating from an unknown version is not-found, and leaves nothing",
  ),
  must(
    "machine.create.image-missing",
    "Creating from an image that is not downloaded is failed-precondition, and leaves nothing",
    `${HYPERV}#Image.Status`,
  ),
  must(
    "machine.create.deprecated",
    "Creating from a deprecated image is failed-precondition",
    `${HYPERV}#Image.Deprecated`,
  ),
  must(
    "machine.create.network",
    "Creating in a cluster without its network is failed-precondition",
  ),
  must(
    "machine.create.invalid",
    "A size that no machine can have is invalid-argument before any side effect",
  ),
  must(
    "machine.create.pristine",
    "A name that is used again starts from the image, not from an old disk",
  ),
  must("machine.create.concurrent", "Machines of different names can be created at the same time"),
  must("machine.create.race", "Of several creates of one name exactly one succeeds"),
  must("machine.identity", "A machine's id stays the same for as long as it exists"),
  must("machine.list", "A list has every machine of the owner exactly once, in any order"),
  must("machine.list.cluster", "A list of one cluster has that cluster's machines only"),
  must(
    "machine.delete.gone",
    "A deleted machine is gone for every observer",
    `${HYPERV}#Driver.DeleteMachine`,
  ),
  must("machine.delete.complete", "Deleting leaves nothing on the host that creating made"),
  must("machine.delete.again", "Deleting a deleted machine is not-found"),
  must(
    "machine.delete.running",
    "Deleting a running machine without force is refused, and it runs on",
  ),
  must("machine.delete.force", "Deleting with force removes a running machine"),
  must("machine.delete.partial", "Deleting finishes what a failed delete began"),
  must("machine.delete.disk-gone", "Deleting works although the disk is gone already"),
  must("machine.delete.race", "Start and delete at once have the outcome of one of the two orders"),
  must("machine.image.unchanged", "Using a machine does not change its image"),
  must("machine.image.purged", "A machine works although its image was purged from the cache"),
  must(
    "machine.foreign",
    "A machine that is not ours is never listed, changed or removed, whatever its name",
    "https://github.com/hashicorp/packer/issues/4573",
  ),
  must(
    "machine.foreign.code",
    "A foreign machine of the qualified name is already-exists or failed-precondition",
  ),
  must(
    "machine.ambiguous",
    "Two machines of one name are failed-precondition, and none is acted on",
  ),
  must("machine.owner", "Two owners never see or remove each other's machines of one name"),
  must(
    "machine.adopt",
    "A new instance finds, starts, stops and deletes the machines of an older one",
  ),
  must("machine.bystander", "Look-alike machines of others are untouched at the end of a run"),
];
