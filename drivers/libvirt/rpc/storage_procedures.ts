/**
 * Procedures on storage pools and volumes.
 *
 * @module
 */

import type { Procedure } from "./wire_types.ts";

/** Storage pool and volume procedures. */
export const storageProcedures = {
  // Storage pools
  connectListAllStoragePools: {
    number: 281,
    args: { needResults: "one", flags: "flags" },
    result: "listed pool",
    quick: true,
  },
  storagePoolLookupByName: { number: 84, args: { name: "string" }, result: "pool", quick: true },
  storagePoolGetXmlDesc: {
    number: 88,
    args: { pool: "pool", flags: "flags" },
    result: "string",
  },
  storagePoolGetInfo: {
    number: 87,
    args: { pool: "pool" },
    result: { state: "u32", capacity: "uhyper", allocation: "uhyper", available: "uhyper" },
    quick: true,
  },
  storagePoolIsActive: { number: 154, args: { pool: "pool" }, result: "bool", quick: true },
  storagePoolSetAutostart: { number: 90, args: { pool: "pool", autostart: "bool" }, result: null },
  storagePoolDefineXml: { number: 77, args: { xml: "string", flags: "flags" }, result: "pool" },
  storagePoolBuild: { number: 79, args: { pool: "pool", flags: "flags" }, result: null },
  storagePoolCreate: { number: 78, args: { pool: "pool", flags: "flags" }, result: null },
  storagePoolDestroy: { number: 80, args: { pool: "pool" }, result: null },
  storagePoolUndefine: { number: 82, args: { pool: "pool" }, result: null },

  // Storage volumes
  storagePoolListAllVolumes: {
    number: 282,
    args: { pool: "pool", needResults: "one", flags: "flags" },
    result: "listed volume",
    quick: true,
  },
  storageVolLookupByName: {
    number: 95,
    args: { pool: "pool", name: "string" },
    result: "volume",
    quick: true,
  },
  storageVolLookupByPath: { number: 97, args: { path: "string" }, result: "volume", quick: true },
  storageVolGetXmlDesc: {
    number: 99,
    args: { volume: "volume", flags: "flags" },
    result: "string",
  },
  storageVolGetInfo: {
    number: 98,
    args: { volume: "volume" },
    result: { type: "i32", capacity: "uhyper", allocation: "uhyper" },
  },
  storageVolGetPath: { number: 100, args: { volume: "volume" }, result: "string", quick: true },
  storageVolCreateXml: {
    number: 93,
    args: { pool: "pool", xml: "string", flags: "flags" },
    result: "volume",
  },
  storageVolCreateXmlFrom: {
    number: 125,
    args: { pool: "pool", xml: "string", source: "volume", flags: "flags" },
    result: "volume",
  },
  storageVolDelete: { number: 94, args: { volume: "volume", flags: "flags" }, result: null },
  storageVolResize: {
    number: 260,
    args: { volume: "volume", capacity: "uhyper", flags: "flags" },
    result: null,
  },
  storageVolUpload: {
    number: 208,
    args: { volume: "volume", offset: "uhyper", length: "uhyper", flags: "flags" },
    result: null,
    stream: true,
  },
  storageVolDownload: {
    number: 209,
    args: { volume: "volume", offset: "uhyper", length: "uhyper", flags: "flags" },
    result: null,
    stream: true,
  },
} as const satisfies Record<string, Procedure>;
