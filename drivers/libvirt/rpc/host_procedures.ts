/**
 * Procedures on the connection, the host and its virtual networks.
 *
 * @module
 */

import type { Procedure } from "./wire_types.ts";

/** Connection, host, event and network procedures. */
export const hostProcedures = {
  // Connection and host
  authList: { number: 66, args: {}, result: "i32[]", quick: true },
  authPolkit: { number: 70, args: {}, result: "i32", quick: true },
  connectOpen: { number: 1, args: { uri: "string?", flags: "flags" }, result: null, quick: true },
  connectClose: { number: 2, args: {}, result: null, quick: true },
  connectGetType: { number: 3, args: {}, result: "string", quick: true },
  connectGetVersion: { number: 4, args: {}, result: "uhyper", quick: true },
  connectGetLibVersion: { number: 157, args: {}, result: "uhyper", quick: true },
  connectGetHostname: { number: 59, args: {}, result: "string", quick: true },
  connectGetUri: { number: 110, args: {}, result: "string", quick: true },
  connectSupportsFeature: { number: 60, args: { feature: "i32" }, result: "bool", quick: true },
  connectGetDomainCapabilities: {
    number: 342,
    args: {
      emulator: "string?",
      arch: "string?",
      machine: "string?",
      virtType: "string?",
      flags: "flags",
    },
    result: "string",
  },
  connectGetAllDomainStats: {
    number: 344,
    args: { domains: "domain[]", stats: "flags", flags: "flags" },
    result: "stats[]",
  },
  nodeGetInfo: {
    number: 6,
    args: {},
    result: {
      model: "model",
      memory: "uhyper",
      cpus: "i32",
      mhz: "i32",
      nodes: "i32",
      sockets: "i32",
      cores: "i32",
      threads: "i32",
    },
    quick: true,
  },

  // Events
  connectDomainEventCallbackRegisterAny: {
    number: 316,
    args: { event: "i32", domain: "domain?" },
    result: "i32",
    quick: true,
  },
  connectNetworkEventRegisterAny: {
    number: 313,
    args: { event: "i32", network: "network?" },
    result: "i32",
    quick: true,
  },
  connectStoragePoolEventRegisterAny: {
    number: 368,
    args: { event: "i32", pool: "pool?" },
    result: "i32",
    quick: true,
  },

  // Networks
  connectListAllNetworks: {
    number: 283,
    args: { needResults: "one", flags: "flags" },
    result: "listed network",
    quick: true,
  },
  networkLookupByName: { number: 46, args: { name: "string" }, result: "network", quick: true },
  networkLookupByUuid: { number: 47, args: { uuid: "uuid" }, result: "network", quick: true },
  networkGetXmlDesc: {
    number: 43,
    args: { network: "network", flags: "flags" },
    result: "string",
    quick: true,
  },
  networkGetBridgeName: { number: 45, args: { network: "network" }, result: "string", quick: true },
  networkIsActive: { number: 152, args: { network: "network" }, result: "bool", quick: true },
  networkGetDhcpLeases: {
    number: 341,
    args: { network: "network", mac: "string?", needResults: "one", flags: "flags" },
    result: "listed lease",
    quick: true,
  },
  networkDefineXmlFlags: {
    number: 432,
    args: { xml: "string", flags: "flags" },
    result: "network",
  },
  networkCreateXml: { number: 40, args: { xml: "string" }, result: "network" },
  networkCreate: { number: 39, args: { network: "network" }, result: null },
  networkDestroy: { number: 42, args: { network: "network" }, result: null },
  networkUndefine: { number: 49, args: { network: "network" }, result: null },
  networkSetAutostart: {
    number: 48,
    args: { network: "network", autostart: "bool" },
    result: null,
  },
} as const satisfies Record<string, Procedure>;
