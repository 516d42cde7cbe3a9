/**
 * Clauses about the plugin: what it says of itself, its configuration, and its health.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { PLUGINS, VIRT, virtIssue } from "./sources.ts";

/** The clauses about what a plugin says of itself. */
export const TASK_PLUGIN_CLAUSES: readonly Clause[] = [
  must(
    "task.plugin.unconfigured",
    "The plugin's information, schemas and capabilities are told before any configuration",
    `${PLUGINS}#plugininfo`,
  ),
  must(
    "task.plugin.info",
    "The information has a name, an API version that exists, and a semantic version",
    `${VIRT}#VirtDriverPlugin.PluginInfo`,
  ),
  must(
    "task.plugin.schema",
    "Both schemas are objects of named values",
    `${VIRT}#VirtDriverPlugin.TaskConfigSchema`,
  ),
  must(
    "task.capabilities.stable",
    "The capabilities are the same at every call",
    `${VIRT}#VirtDriverPlugin.Capabilities`,
  ),
  must(
    "task.capabilities.facets",
    "Signals, exec and networks are declared exactly if their calls are there",
  ),
  must(
    "task.capabilities.undeclared",
    "A call that is not declared is unimplemented",
    `${VIRT}#VirtDriverPlugin.ExecTask`,
  ),
  must("task.open.no-effect", "Opening, configuring and disposing make nothing on the host"),
  must("task.dispose", "Disposing ends waits and streams, and touches no task"),
];

/** The clauses about configurations. */
export const TASK_CONFIG_CLAUSES: readonly Clause[] = [
  must(
    "task.config.again",
    "An equal configuration again changes nothing: what runs goes on",
    `${VIRT}#VirtDriverPlugin.SetConfig`,
  ),
  must(
    "task.config.invalid",
    "A configuration that cannot be is invalid-argument, and the one at hand stays",
    `${VIRT}#Config`,
  ),
  should("task.config.no-agent", "A configuration without the agent's part is enough"),
];

/** The clauses about health. */
export const TASK_FINGERPRINT_CLAUSES: readonly Clause[] = [
  must(
    "task.fingerprint.at-once",
    "The first fingerprint comes at once, and waits for no period",
    `${VIRT}#VirtDriverPlugin.Fingerprint`,
  ),
  must(
    "task.fingerprint.unhealthy",
    "A hypervisor that does not answer is unhealthy with a text, and healthy when it is back",
    virtIssue(104),
  ),
  must(
    "task.fingerprint.undetected",
    "A host without the hypervisor is undetected, and tells no attributes",
    "contract",
    "it needs a host without the hypervisor",
  ),
  must(
    "task.fingerprint.readers",
    "Every reader gets the fingerprints, whatever others do, until its own signal aborts",
  ),
  should("task.fingerprint.attributes", "Attributes begin with the driver's name"),
  should("task.fingerprint.quiet", "Health that did not change is not told again"),
];
