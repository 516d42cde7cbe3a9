import { assertEquals, assertThrows } from "@std/assert";
import { RpcError } from "./errors.ts";
import { type Endpoint, parseUri } from "./uri.ts";

const ssh = ["ssh", "-T", "-e", "none", "-o", "BatchMode=yes"];

const good: [string, Endpoint][] = [
  ["qemu:///system", {
    kind: "unix",
    paths: ["/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock"],
    uri: "qemu:///system",
  }],
  ["test:///default", {
    kind: "unix",
    paths: ["/run/libvirt/virttestd-sock", "/run/libvirt/libvirt-sock"],
    uri: "test:///default",
  }],
  ["qemu+unix:///system?socket=/tmp/a%20b/sock", {
    kind: "unix",
    paths: ["/tmp/a b/sock"],
    uri: "qemu:///system",
  }],
  ["qemu+tcp://host.example/system", {
    kind: "tcp",
    hostname: "host.example",
    port: 16509,
    uri: "qemu:///system",
  }],
  ["qemu+tcp://[::1]:1234/system", {
    kind: "tcp",
    hostname: "::1",
    port: 1234,
    uri: "qemu:///system",
  }],
  ["qemu+ssh://host/system", {
    kind: "command",
    argv: [...ssh, "--", "host", "virt-ssh-helper", "qemu:///system"],
    uri: "qemu:///system",
  }],
  ["qemu+ssh://me@host:2222/session?keyfile=/home/me/.ssh/id", {
    kind: "command",
    argv: [
      ...ssh,
      ...["-i", "/home/me/.ssh/id", "-p", "2222", "-l", "me"],
      ...["--", "host", "virt-ssh-helper", "qemu:///session"],
    ],
    uri: "qemu:///session",
  }],
];
for (const [uri, endpoint] of good) {
  Deno.test(`${uri} is understood`, () => assertEquals(parseUri(uri), endpoint));
}

const bad: [string, string][] = [
  ["", "expected the form"],
  ["qemu", "expected the form"],
  ["/run/libvirt/libvirt-sock", "expected the form"],
  ["QEMU:///system", "expected the form"],
  ["qemu:///system#x", "expected the form"],
  ["qemu:///session", "?socket=PATH"],
  ["qemu:///sys tem", "the path may hold"],
  ["qemu:///system;reboot", "the path may hold"],
  ["qemu:///$(reboot)", "the path may hold"],
  ["qemu://host/system", "qemu+ssh://"],
  ["qemu+tls://host/system", "qemu+ssh://"],
  ["qemu+ext://host/system", "qemu+ssh://"],
  ["qemu+ssh:///system", "needs a host"],
  ["qemu+tcp:///system", "needs a host"],
  ["qemu+ssh://me@/system", "the host is missing"],
  ["qemu+ssh://-oProxyCommand=reboot/system", "the host is malformed"],
  ["qemu+ssh://ho st/system", "the host is malformed"],
  ["qemu+ssh://ho\nst/system", "the host is malformed"],
  ["qemu+ssh://a`b`/system", "the host is malformed"],
  ["qemu+ssh://-l@host/system", "the user name is malformed"],
  ["qemu+ssh://a b@host/system", "the user name is malformed"],
  ["qemu+ssh://@host/system", "the user name is malformed"],
  ["qemu+ssh://host:/system", "the port must be"],
  ["qemu+ssh://host:0/system", "the port must be"],
  ["qemu+ssh://host:65536/system", "the port must be"],
  ["qemu+ssh://host:22x/system", "the host is malformed"],
  ["qemu+tcp://me@host/system", "TCP takes no user name"],
  ["qemu+ssh://host/system?command=reboot", 'unknown parameter "command"'],
  ["qemu+ssh://host/system?keyfile=-oX", "must be an absolute path"],
  ["qemu+unix:///system?socket=relative", "must be an absolute path"],
  ["qemu+unix:///system?socket=/a%00b", "must be an absolute path"],
  ["qemu+tcp://host/system?socket=/a", 'unknown parameter "socket"'],
];
for (const [uri, reason] of bad) {
  Deno.test(`${JSON.stringify(uri)} is refused`, () => {
    assertEquals(assertThrows(() => parseUri(uri), RpcError, reason).code, "bad-uri");
  });
}

Deno.test("a password in a URI is not shown", () => {
  const error = assertThrows(() => parseUri("qemu+ssh://me:secret@host/system"), RpcError);
  assertEquals(error.message.includes("secret"), false);
});
