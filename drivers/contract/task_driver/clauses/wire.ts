/**
 * Clauses about a driver that is a plugin's process.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";

/** The rules of plugins of go-plugin. */
const GO_PLUGIN = "https://pkg.go.dev/github.com/hashicorp/go-plugin";
/** The plugin API. */
const DRIVERS = "https://pkg.go.dev/github.com/hashicorp/nomad/plugins/drivers";

/** The clauses. */
export const TASK_WIRE_CLAUSES: readonly Clause[] = [
  must(
    "task.wire.by-hand",
    "A plugin that a person starts ends with an error, says why, and prints nothing on standard output",
    `${GO_PLUGIN}#HandshakeConfig`,
  ),
  must(
    "task.wire.handshake",
    "Standard output has the handshake's one line and nothing else",
    `${GO_PLUGIN}#Serve`,
  ),
  must("task.wire.serving", "A plugin's health service says that it serves", `${GO_PLUGIN}#Client`),
  must(
    "task.wire.unknown",
    "A method that there is not is unimplemented",
    "https://grpc.io/docs/guides/status-codes/",
  ),
  must(
    "task.wire.parts",
    "An inspected task has its times and its result, also while it runs",
    `${DRIVERS}#TaskStatus`,
  ),
  must(
    "task.wire.come-back",
    "A second connection works without a configuration, and another init is harmless",
    `${GO_PLUGIN}#ReattachConfig`,
  ),
  must("task.wire.interrupt", "An interrupt does not end a plugin", `${GO_PLUGIN}#Serve`),
  must(
    "task.wire.end",
    "A plugin that is asked to end does so within two seconds, with status 0 and without its socket",
    `${GO_PLUGIN}#Client.Kill`,
  ),
  must(
    "task.wire.tasks-live",
    "Tasks live on when their plugin ends or is killed, and another process takes them over",
    `${DRIVERS}#DriverPlugin`,
  ),
];
