/**
 * Giving an address back to a DHCP server: a guest that was switched off has no time for that itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2131 section 4.4.6
 * @module
 */

import { parseIpv4 } from "../../contract/mod.ts";

/** Where DHCP servers listen. */
export const SERVER_PORT = 67;

/** Whose address is given back, and to whom. */
export interface Release {
  /** The server's address. */
  readonly server: string;
  /** The guest's. */
  readonly client: string;
  /** The guest's hardware address, with colons. */
  readonly mac: string;
}

const LENGTH = 300;
const AT = { client: 12, mac: 28, options: 236 } as const;
/** Request, Ethernet, of six bytes; then a number that only answers need. */
const HEAD = [1, 1, 6, 0];
const COOKIE = [99, 130, 83, 99];
const TYPE_RELEASE = [53, 1, 7];
const SERVER_ID = [54, 4];
const END = 255;

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

/** The message. @throws {RangeError} for what are no addresses */
export function releaseMessage({ server, client, mac }: Release): Uint8Array<ArrayBuffer> {
  if (!MAC.test(mac)) throw new RangeError(`${JSON.stringify(mac)} is no hardware address`);
  const message = new Uint8Array(LENGTH);
  message.set(HEAD);
  message.set(octets(client), AT.client);
  message.set(mac.split(":").map((it) => parseInt(it, 16)), AT.mac);
  const options = [...COOKIE, ...TYPE_RELEASE, ...SERVER_ID, ...octets(server), END];
  message.set(options, AT.options);
  return message;
}

function octets(text: string): number[] {
  const number = parseIpv4(text);
  if (number === undefined) throw new RangeError(`${JSON.stringify(text)} is no IPv4 address`);
  return [24, 16, 8, 0].map((shift) => number >>> shift & 0xff);
}
