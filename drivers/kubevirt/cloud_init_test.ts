import { assertEquals, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { NETWORK_DATA, userDataWith } from "./cloud_init.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFq me";

Deno.test("user data without keys is what it was, byte by byte", () => {
  for (const data of ["#cloud-config\r\nx: y\n", '{"ignition":{}}', "\0\n\n", "ä"]) {
    assertEquals(userDataWith([], data), data);
  }
});

Deno.test("keys are added as a part of their own, whatever the user data says", () => {
  const hostile = '#cloud-config\nssh_authorized_keys: [old]\n"]},{"content":"#!/bin/sh\n\u2028';
  const [head, json = ""] = userDataWith([KEY], hostile).split(/\n(.*)/s);
  assertEquals(head, "#cloud-config-archive");
  const [own, added] = JSON.parse(json);
  assertEquals(own, { content: hostile });
  assertEquals(added.type, "text/cloud-config");
  const [, config = ""] = added.content.split(/\n(.*)/s);
  assertEquals(JSON.parse(config).ssh_authorized_keys, [KEY]);
});

Deno.test("keys cannot be added to what cloud-init does not take as a part", () => {
  for (const data of ['{"ignition":{}}', "plain", "Content-Type: multipart/mixed"]) {
    assertThrows(() => userDataWith([KEY], data), Trouble, "sshKeys");
  }
});

Deno.test("network data are of version 2", () => {
  assertEquals(JSON.parse(NETWORK_DATA).version, 2);
});
