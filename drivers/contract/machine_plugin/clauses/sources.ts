/**
 * Where clauses come from.
 *
 * @module
 */

/** The documentation of the KubeVirt plugin. */
export const PLUGIN =
  "https://pkg.go.dev/github.com/gardener/machine-controller-manager-provider-kubevirt/pkg/kubevirt";
/** What the machine controller manager expects of codes, and of each method. */
export const CODES =
  "https://github.com/gardener/machine-controller-manager/blob/master/docs/development/machine_error_codes.md";
/** The search for orphans. */
export const SAFETY =
  "https://github.com/gardener/machine-controller-manager/blob/master/pkg/util/provider/machinecontroller/machine_safety.go";
