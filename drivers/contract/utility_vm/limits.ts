/**
 * Limits and defaults of utility VMs.
 *
 * @module
 */

/** The most VPMEM devices that a utility VM can be made with. */
export const MAX_VPMEM = 128;
/** How many VPMEM devices a utility VM has where nobody says. */
export const DEFAULT_VPMEM = 64;
/** The most SCSI controllers that a utility VM can be made with; also the default. */
export const MAX_SCSI_CONTROLLERS = 1;
/** The disks that one SCSI controller takes. */
export const SCSI_LUNS = 64;
/** The memory of a utility VM where nobody says, in bytes. */
export const DEFAULT_UVM_MEMORY_BYTES = 1024 * 1024 * 1024;
/** What memory is rounded up to a multiple of, in bytes. */
export const UVM_MEMORY_GRANULE_BYTES = 2 * 1024 * 1024;
/** The processors of a utility VM where nobody says, on a host that has as many. */
export const DEFAULT_UVM_CPUS = 2;
