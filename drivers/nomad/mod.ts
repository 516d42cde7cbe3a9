/**
 * Nomad's plugin wire, in both directions: a task driver that is a plugin's process, and any task
 * driver as such a plugin.
 *
 * @module
 */
export { type Bridge, bridge, bridged, bridgeEnds } from "./bridge.ts";
export { connect, type Connection, type Said } from "./connection.ts";
export { nomadDriver } from "./driver.ts";
export { handshakeLine, type HandshakeRefusal, hostWants } from "./handshake.ts";
export { CONTEXT_KEY, type PluginContext, readContext } from "./plugin_context.ts";
export { PASSED_ENV } from "./child.ts";
export type { LaunchOptions } from "./process.ts";
export { type Served, servePlugin } from "./serve.ts";
export type { BaseConfig, SessionOptions } from "./session.ts";
