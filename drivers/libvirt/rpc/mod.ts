/**
 * A client of libvirt's remote procedure calls: plain TypeScript over a socket or a command's streams.
 *
 * ```ts ignore
 * await using libvirt = await LibvirtClient.connect("qemu:///system");
 * for (const domain of await libvirt.call("connectListAllDomains", {})) {
 *   const { state } = await libvirt.call("domainGetState", { domain });
 * }
 * ```
 *
 * @module
 */

export * from "./client.ts";
export * from "./constants.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./procedures.ts";
export {
  type CallOptions,
  connect,
  LibvirtConnection,
  openSession,
  type StreamProcedureName,
} from "./session.ts";
export { RpcStream, type SendPacket } from "./stream.ts";
export { CommandTransport, openTransport, type Transport } from "./transport.ts";
export { type Endpoint, parseUri } from "./uri.ts";
export type * from "./wire_types.ts";
