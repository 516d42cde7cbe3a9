/**
 * Clauses about errors and requests.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { CODES, PLUGIN } from "./sources.ts";

/** The clauses. */
export const ERROR_CLAUSES: readonly Clause[] = [
  must(
    "plugin.error.shape",
    "Every error carries a code of the contract, the operation and the subject",
  ),
  must("plugin.error.retry", "After a failed call, the same call succeeds once the cause is gone"),
  must("plugin.error.unsure", "Not being able to tell is never not-found and never success"),
  must(
    "plugin.error.mistaken",
    "An answer about another machine is never taken for one about the machine that was asked for",
  ),
  must(
    "plugin.error.unauthenticated",
    "Credentials that are not good are unauthenticated, and no call is made with them twice",
    CODES,
  ),
  must("plugin.error.permission", "Credentials without the right are permission-denied", CODES),
  must(
    "plugin.error.quota",
    "No room for a machine is resource-exhausted, and the message keeps the reason",
    CODES,
  ),
  must(
    "plugin.error.throttled",
    "Too many calls are unavailable, never resource-exhausted: that would make the autoscaler give the pool up",
    CODES,
  ),
  must(
    "plugin.error.unavailable",
    "A provider that does not answer is unavailable or deadline-exceeded",
  ),
  must(
    "plugin.error.passing",
    "What passes by itself is told with a code on which the controller soon asks again: unavailable, deadline-exceeded, aborted or unknown",
    "https://github.com/gardener/machine-controller-manager/blob/master/pkg/util/provider/machinecontroller/machine_util.go",
  ),
  must(
    "plugin.error.not-installed",
    "A provider that knows no machines is not a machine that is missing",
  ),
  must(
    "plugin.error.deadline",
    "After a call without answer, the same create comes to one machine",
  ),
  must(
    "plugin.error.canceled",
    "An aborted call ends with canceled, nothing of it goes on, and the plugin does",
    CODES,
  ),
  must(
    "plugin.error.text",
    "Every error is read from its text as it was written",
    CODES,
    "writer and reader are the contract's own, and have tests for every code",
  ),
  should("plugin.error.stable", "The same failure has the same message each time"),
  must("plugin.error.state", "A last known state that makes no sense does no harm"),
  must(
    "plugin.error.unimplemented",
    "A call to a facet that is absent answers unimplemented over a wire",
    CODES,
    "within a program the compiler refuses it; the dispatcher of the contract has a test",
  ),
  must("plugin.request.unchanged", "No call changes what it was given"),
  must(
    "plugin.secret.missing",
    "A secret or a key of it that is missing, empty or makes no sense is invalid-argument, the message names the key, and nothing is asked of the provider",
  ),
  must(
    "plugin.secret.local",
    "Credentials that name a program, a file of the plugin's host or no authority are invalid-argument: the message names what, and nothing is run, read or asked",
    PLUGIN,
  ),
  must("plugin.secret.used", "Each call uses the credentials of its own request"),
  must(
    "plugin.secret.hidden",
    "No value of a secret or of a volume's spec is in an answer, an error, a state or a trace, in any encoding",
  ),
  must("plugin.spi", "The methods by name answer what the others answer", PLUGIN),
  should(
    "plugin.volumes",
    "Volume ids are those of this provider, in the order of the request",
    CODES,
  ),
  must("plugin.volumes.empty", "No volumes are no ids, and no error", CODES),
];
