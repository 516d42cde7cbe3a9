/**
 * Clauses about images.
 *
 * @module
 */

import { type Clause, HYPERV, must, should } from "../../clauses/clause.ts";

/** The clauses. */
export const IMAGE_CLAUSES: readonly Clause[] = [
  must(
    "image.update",
    "After an update, the list has what the source publishes, sorted by version",
    `${HYPERV}#Driver.UpdateImageList`,
  ),
  must(
    "image.get",
    "An image is found by its version; an unknown one is not-found",
    `${HYPERV}#Driver.GetImage`,
  ),
  must("image.versions", "The versions are those of the list", `${HYPERV}#Driver.K8sVersions`),
  must(
    "image.update.unreachable",
    "A source that cannot be reached is unavailable, and the old list stays",
  ),
  must("image.update.malformed", "A malformed list is data-loss, and the old list stays"),
  must(
    "image.update.checksum",
    "An entry whose checksum changed is not-downloaded, any other keeps its status",
  ),
  must(
    "image.status.declared",
    "A status is one of the contract's, whatever the list says",
    `${HYPERV}#Image.Status`,
  ),
  must("image.fetch", "A fetched image is downloaded", `${HYPERV}#Image.Fetch`),
  must("image.fetch.again", "Fetching again succeeds with changed false"),
  must("image.fetch.checksum", "A wrong checksum is data-loss, and the image is not downloaded"),
  must("image.fetch.hex-case", "Checksums are compared without regard to letter case"),
  must(
    "image.fetch.interrupted",
    "A transfer that is cut is an error, and nothing of it is taken for an image",
  ),
  must("image.fetch.recovers", "After a cut transfer, the next fetch succeeds"),
  must("image.fetch.keeps", "A failed fetch keeps the good copy at hand"),
  must(
    "image.fetch.status",
    "An answer other than the image is unavailable or not-found, never an image",
  ),
  must(
    "image.progress",
    "Progress never falls, and ends with all bytes",
    `${HYPERV}#Image.FetchWithProgress`,
  ),
  must("image.progress.unknown", "An unknown size is told as no total"),
  must(
    "image.progress.throws",
    "A progress callback that throws spoils neither the fetch nor the cache",
  ),
  must("image.fetch.abort", "An abort ends a fetch with canceled, and leaves no image"),
  must("image.fetch.parallel", "Fetches of one image at once all succeed"),
  must("image.fetch.instances", "Fetches of one image by two instances at once both succeed"),
  must(
    "image.from-file",
    "A file with the right content makes the image downloaded, and stays as it is",
    `${HYPERV}#Image.FromFile`,
  ),
  must("image.from-file.wrong", "A file with wrong content is data-loss, and changes nothing"),
  must("image.from-file.missing", "A file that does not exist is not-found"),
  must(
    "image.purge",
    "A purged image is not-downloaded, its file gone and its entry kept",
    `${HYPERV}#Image.PurgeLocal`,
  ),
  must("image.purge.again", "Purging again succeeds with changed false"),
  must(
    "image.tampered",
    "A cached file that was removed or altered is not downloaded, and fetch repairs it",
  ),
  must("image.deprecated", "Deprecation is what the list says", `${HYPERV}#Image.Deprecated`),
  must("image.json", "An image survives the way to JSON and back", `${HYPERV}#Image.MarshalJSON`),
  must(
    "image.json.bad",
    "JSON that is no image is invalid-argument",
    `${HYPERV}#Image.UnmarshalJSON`,
  ),
  must("image.handle", "A handle from before an update still works, and its fetch counts"),
  must("image.persists", "A new instance finds the list and the downloads of an older one"),
  must("image.disk-full", "A full disk is resource-exhausted, and leaves no image"),
  must(
    "image.corrupt-state",
    "A corrupt list on disk is an error or is got anew, never silently empty",
  ),
  should(
    "image.orphan",
    "A cached file whose entry vanished from the list can still be purged",
    "contract",
  ),
];
