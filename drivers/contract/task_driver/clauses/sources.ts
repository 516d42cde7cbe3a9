/**
 * Where the clauses come from.
 *
 * @module
 */

/** The documentation of Nomad's driver for virtual machines. */
export const VIRT = "https://pkg.go.dev/github.com/hashicorp/nomad-driver-virt@v0.0.1-beta.1/virt";
/** The documentation of Nomad's task driver plugins. */
export const PLUGINS = "https://developer.hashicorp.com/nomad/plugins/author/task-driver";

/** An issue of Nomad's driver for virtual machines. */
export const virtIssue = (number: number): string =>
  `https://github.com/hashicorp/nomad-driver-virt/issues/${number}`;
/** An issue of Nomad. */
export const nomadIssue = (number: number): string =>
  `https://github.com/hashicorp/nomad/issues/${number}`;
/** An issue of Nomad's driver for Podman. */
export const podmanIssue = (number: number): string =>
  `https://github.com/hashicorp/nomad-driver-podman/issues/${number}`;
