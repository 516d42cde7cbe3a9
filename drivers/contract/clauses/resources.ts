/**
 * Clauses about images, networks and port forwards.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must, should } from "./clause.ts";

/** Images. */
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

/** Networks. */
export const NETWORK_CLAUSES: readonly Clause[] = [
  must(
    "network.create",
    "A new network has the qualified name and a CIDR",
    `${HYPERV}#Driver.NewNetwork`,
  ),
  must("network.create.cidr", "A network has the CIDR that was asked for"),
  must("network.create.exists", "Creating a second network for a cluster is already-exists", KUTTI),
  must("network.create.invalid", "A bad CIDR is invalid-argument before any side effect"),
  must("network.get", "A network is found by its cluster; a missing one is not-found", KUTTI),
  must("network.list", "A list has every network of the owner exactly once, in any order", KUTTI),
  must("network.delete", "A deleted network is gone", `${HYPERV}#Driver.DeleteNetwork`),
  must("network.delete.missing", "Deleting a missing network is not-found"),
  must(
    "network.delete.used",
    "Deleting a network with machines is failed-precondition, and it stays",
  ),
  must("network.rollback", "A failed create leaves no network"),
  must(
    "network.foreign",
    "A network that is not ours is never listed or removed, whatever its name",
  ),
  must("network.distinct", "Networks of two clusters do not overlap"),
  must(
    "network.injective",
    "Two clusters never share a qualified network name",
    `${HYPERV}#Driver.QualifiedNetworkName`,
  ),
  must("network.dhcp", "A machine that runs has a lease with its address"),
  must("network.peers", "Machines of one cluster reach each other", KUTTI),
  should(
    "network.isolated",
    "Machines of two clusters do not reach each other",
    "contract",
    "needs a claim of isolation, which no driver makes yet",
  ),
];

/** Port forwards. */
export const FORWARD_CLAUSES: readonly Clause[] = [
  must("forward.add", "A rule that was added is listed", `${HYPERV}#Machine.ForwardPort`),
  must(
    "forward.machine-port",
    "A second rule for a machine's port is already-exists, and the first stays",
    KUTTI,
  ),
  must("forward.host-port", "A rule for a host's port in use is already-exists, for any machine"),
  must(
    "forward.remove",
    "A rule that was removed is gone; a missing one is not-found",
    `${HYPERV}#Machine.UnforwardPort`,
  ),
  must("forward.invalid", "A port that is no whole number from 1 to 65535 is invalid-argument"),
  must("forward.persists", "Rules outlive stop, start and the instance"),
  must(
    "forward.ssh",
    "A rule for port 22 is the SSH address, until it is removed",
    `${HYPERV}#Machine.ForwardSSHPort`,
  ),
  must("forward.delete", "Deleting a machine frees its host ports"),
  must(
    "forward.traffic",
    "A client of the host's port reaches the guest",
    `${KUTTI}#VMHost`,
    "no driver with forwards has a guest that answers yet",
  ),
];

/** The suite's own hygiene, held against every driver. */
export const LEAK_CLAUSES: readonly Clause[] = [
  must("leak.none", "Nothing that a case made is left on the host when it ends"),
];
