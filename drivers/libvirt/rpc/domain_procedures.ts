/**
 * Procedures on domains, libvirt's word for virtual machines.
 *
 * @module
 */

import type { Procedure } from "./wire_types.ts";

/** Domain procedures. */
export const domainProcedures = {
  // Domains: finding and reading
  connectListAllDomains: {
    number: 273,
    args: { needResults: "one", flags: "flags" },
    result: "listed domain",
    quick: true,
  },
  domainLookupByName: { number: 23, args: { name: "string" }, result: "domain", quick: true },
  domainLookupByUuid: { number: 24, args: { uuid: "uuid" }, result: "domain", quick: true },
  domainGetXmlDesc: {
    number: 14,
    args: { domain: "domain", flags: "flags" },
    result: "string",
    quick: true,
  },
  domainGetInfo: {
    number: 16,
    args: { domain: "domain" },
    result: {
      state: "u32",
      maxMemory: "uhyper",
      memory: "uhyper",
      vcpus: "u32",
      cpuTime: "uhyper",
    },
    quick: true,
  },
  domainGetState: {
    number: 212,
    args: { domain: "domain", flags: "flags" },
    result: { state: "i32", reason: "i32" },
    quick: true,
  },
  domainGetMetadata: {
    number: 265,
    args: { domain: "domain", type: "i32", uri: "string?", flags: "flags" },
    result: "string",
    quick: true,
  },
  domainIsActive: { number: 150, args: { domain: "domain" }, result: "bool", quick: true },
  domainHasManagedSaveImage: {
    number: 183,
    args: { domain: "domain", flags: "flags" },
    result: "bool",
    quick: true,
  },
  domainInterfaceAddresses: {
    number: 353,
    args: { domain: "domain", source: "u32", flags: "flags" },
    result: "interface[]",
  },

  // Domains: changing
  domainDefineXmlFlags: {
    number: 350,
    args: { xml: "string", flags: "flags" },
    result: "domain",
  },
  domainUndefineFlags: { number: 231, args: { domain: "domain", flags: "flags" }, result: null },
  domainCreateXml: { number: 10, args: { xml: "string", flags: "flags" }, result: "domain" },
  domainCreateWithFlags: {
    number: 196,
    args: { domain: "domain", flags: "flags" },
    result: "domain",
  },
  domainDestroyFlags: { number: 234, args: { domain: "domain", flags: "flags" }, result: null },
  domainShutdownFlags: { number: 258, args: { domain: "domain", flags: "flags" }, result: null },
  domainReboot: { number: 27, args: { domain: "domain", flags: "flags" }, result: null },
  domainReset: { number: 245, args: { domain: "domain", flags: "flags" }, result: null },
  domainSendKey: {
    number: 226,
    args: { domain: "domain", codeset: "u32", holdtime: "u32", keycodes: "u32[]", flags: "flags" },
    result: null,
  },
  domainSuspend: { number: 34, args: { domain: "domain" }, result: null },
  domainResume: { number: 28, args: { domain: "domain" }, result: null },
  domainManagedSave: { number: 182, args: { domain: "domain", flags: "flags" }, result: null },
  domainManagedSaveRemove: {
    number: 184,
    args: { domain: "domain", flags: "flags" },
    result: null,
  },
  domainRename: {
    number: 358,
    args: { domain: "domain", name: "string?", flags: "flags" },
    result: "i32",
  },
  domainSetMetadata: {
    number: 264,
    args: {
      domain: "domain",
      type: "i32",
      metadata: "string?",
      key: "string?",
      uri: "string?",
      flags: "flags",
    },
    result: null,
  },
  domainOpenConsole: {
    number: 201,
    args: { domain: "domain", device: "string?", flags: "flags" },
    result: null,
    stream: true,
  },
  domainAgentCommand: {
    number: 3,
    program: "qemu",
    args: { domain: "domain", command: "string", timeout: "i32", flags: "flags" },
    result: "string?",
  },
} as const satisfies Record<string, Procedure>;
