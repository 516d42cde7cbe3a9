/**
 * Clauses about machines: their life, power, waits, addresses and commands.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, LIBVIRT, must, should } from "./clause.ts";

/** Creating, getting, listing and deleting. */
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

/** Power. */
export const POWER_CLAUSES: readonly Clause[] = [
  must("machine.power.table", "Every operation does in every state what the power table says"),
  must("machine.power.refusal", "A refused operation leaves the state as it was"),
  must("machine.start.running", "A started machine reaches running", `${HYPERV}#Machine.Start`),
  must("machine.start.idempotent", "Starting a running machine succeeds with changed false"),
  must("machine.start.race", "Of several starts at once all succeed, and exactly one says changed"),
  must("machine.start.failed", "A start that fails leaves the machine as it was, not starting"),
  must(
    "machine.stop.stopped",
    "A guest that obeys reaches stopped after stop",
    `${HYPERV}#Machine.Stop`,
  ),
  must("machine.stop.idempotent", "Stopping a stopped machine succeeds with changed false"),
  must(
    "machine.stop.graceful",
    "Stop never cuts the power: a guest that does not obey runs on",
    `${LIBVIRT}#virDomainShutdown`,
  ),
  must(
    "machine.force-stop.stopped",
    "A machine is stopped when forceStop returns",
    `${HYPERV}#Machine.ForceStop`,
  ),
  must(
    "machine.force-stop.idempotent",
    "Force-stopping a stopped machine succeeds with changed false",
  ),
  must("machine.stop.race", "Stop and forceStop at once end stopped, with no error"),
  must("machine.cycle", "Starting and stopping again and again keeps identity and disk"),
  must(
    "machine.pause",
    "A paused machine is paused, and resumes to running",
    `${LIBVIRT}#virDomainSuspend`,
  ),
  must(
    "machine.save",
    "A saved machine is saved, and start restores it",
    `${LIBVIRT}#virDomainManagedSave`,
  ),
  must("machine.save.discard", "Force-stopping a saved machine discards what was saved"),
  must(
    "machine.status.live",
    "A status is read from the host: a change by anybody is seen at once",
  ),
  must(
    "machine.status.declared",
    "A state is one of the contract's, with the host's own word beside it",
  ),
  must("machine.status.gone", "The status of a machine that is gone is not-found"),
  must(
    "machine.status.unknown",
    "A state that the contract does not know is unknown, with its word kept",
  ),
  should("machine.responsive", "Reads of one machine answer while another is being created"),
  should("machine.host-reboot", "After a restart of the host, statuses are true and start works"),
];

/** Waits. */
export const WAIT_CLAUSES: readonly Clause[] = [
  must(
    "machine.wait.reached",
    "A wait answers reached when the target is reached",
    `${HYPERV}#Machine.WaitForStateChange`,
  ),
  must("machine.wait.at-once", "A wait for what is so already answers reached at once"),
  must(
    "machine.wait.timeout",
    "A wait answers timeout when its own timeout is over, not earlier and not much later",
  ),
  must("machine.wait.zero", "A wait with timeout 0 looks once"),
  must("machine.wait.failed", "A wait that cannot tell any more answers failed with the error"),
  must("machine.wait.vanished", "A wait for a machine that is removed answers failed"),
  must("machine.wait.missing", "A wait for a machine that does not exist is not-found"),
  must("machine.wait.abort", "An abort ends a wait with canceled, and the machine stays usable"),
  must(
    "machine.wait.invalid",
    "A timeout that is no number of milliseconds from 0 is invalid-argument",
  ),
  should("machine.wait.two", "Two waits for one machine both answer"),
];

/** Addresses. */
export const ADDRESS_CLAUSES: readonly Clause[] = [
  must("machine.address.literal", "An address is an IP literal", `${HYPERV}#Machine.IPAddress`),
  must(
    "machine.address.none",
    "A machine that does not run has no address",
    `${HYPERV}#Machine.IPAddress`,
  ),
  must(
    "machine.address.usable",
    "An address is never link-local, loopback or unspecified, and IPv4 comes first",
    "https://github.com/kubernetes/minikube/issues/5473",
  ),
  must("machine.address.fresh", "An address is read afresh after a restart"),
  must(
    "machine.ssh-address",
    "An SSH address is host:port with a port from 1, or unknown",
    `${HYPERV}#Machine.SSHAddress`,
  ),
  must(
    "machine.ssh-address.none",
    "A machine that does not run has no SSH address",
    `${HYPERV}#Machine.SSHAddress`,
  ),
];

/** Commands, the SSH client and the console. */
export const GUEST_CLAUSES: readonly Clause[] = [
  must(
    "machine.commands.honest",
    "A command is implemented if and only if executing it is not unimplemented",
    `${HYPERV}#Machine.ImplementsCommand`,
  ),
  must(
    "machine.commands.params",
    "Missing or extra parameters are invalid-argument",
    `${HYPERV}#Machine.ExecuteCommand`,
  ),
  must(
    "machine.commands.rename",
    "After rename-machine the guest's host name is the new name",
    HYPERV,
  ),
  must("machine.commands.hostile", "A hostile parameter is refused, and never run in the guest"),
  must(
    "machine.commands.stopped",
    "A command for a machine that does not run is failed-precondition",
  ),
  must("ssh.run", "A command's output and exit code arrive as they were", `${KUTTI}#SSHClient`),
  must("ssh.argv", "Each argument arrives in the guest as one argument, whatever is in it"),
  must(
    "ssh.unreachable",
    "A guest that does not answer is unavailable, and a bad address invalid-argument",
  ),
  must("machine.console", "The console has what the guest printed while it started"),
];

/** Events. */
export const EVENT_CLAUSES: readonly Clause[] = [
  must(
    "event.power",
    "Each power change of a machine is told, in its order",
    `${LIBVIRT}#virConnectDomainEventRegisterAny`,
  ),
  must("event.own", "Only the owner's machines are told of"),
  must("event.abort", "A subscription ends when its signal aborts"),
  must("event.outside", "A change that the driver did not make is told too"),
];
