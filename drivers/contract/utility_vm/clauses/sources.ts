/**
 * Where clauses come from.
 *
 * @module
 */

/** The documentation of hcsshim's package of utility VMs. */
export const UVM = "https://pkg.go.dev/github.com/Microsoft/hcsshim@v0.7.12-dev/internal/uvm";
/** The Host Compute Service's own documentation. */
export const HCS = "https://learn.microsoft.com/virtualization/api/hcs/overview";

/** A change of hcsshim that put a defect right. */
export const shim = (number: number): string =>
  `https://github.com/microsoft/hcsshim/pull/${number}`;
