/**
 * The documents that a guest is set up from. They are built as values and written as JSON, which is
 * YAML as well: nothing of a user's is ever pasted into a text.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";

/** How user data begins that cloud-init can take as one part of several. */
const PARTS =
  /^(#cloud-config\b|#!|#include\b|#cloud-boothook\b|#part-handler\b|## template: jinja)/;

/** Keys beside those of the user data's own. */
const MERGE = [
  { name: "dict", settings: ["recurse_array", "no_replace"] },
  { name: "list", settings: ["append"] },
];

/**
 * The user data with keys for the guest's first user: the data itself, byte by byte, if there are no
 * keys; otherwise an archive of it and of a document with the keys.
 *
 * @throws {Trouble} `invalid-argument` if keys cannot be added to data of this kind
 */
export function userDataWith(keys: readonly string[], userData: string): string {
  if (keys.length === 0) return userData;
  if (!PARTS.test(userData)) {
    const why = 'The field "sshKeys" needs user data of cloud-init, such as "#cloud-config": put ' +
      "the keys into the user data instead";
    throw new Trouble("invalid-argument", why, "provider-spec");
  }
  const config = JSON.stringify({ ssh_authorized_keys: keys, merge_how: MERGE });
  const parts = [
    { content: userData },
    { type: "text/cloud-config", content: `#cloud-config\n${config}` },
  ];
  return `#cloud-config-archive\n${JSON.stringify(parts)}`;
}

/** An address by DHCP for each Ethernet card, whatever its number. */
export const NETWORK_DATA: string = JSON.stringify({
  version: 2,
  ethernets: { cards: { match: { name: "e*" }, dhcp4: true } },
});
