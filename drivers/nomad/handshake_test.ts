import { assertEquals, assertThrows } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import {
  CLIENT_CERT_KEY,
  COOKIE,
  handshakeLine,
  HOST_ENV,
  hostWants,
  readHandshake,
} from "./handshake.ts";

const envOf = (env: Record<string, string>) => (key: string): string | undefined => env[key];

Deno.test("a plugin serves a host that set the cookie", () => {
  assertEquals(hostWants(envOf(HOST_ENV)), { isMultiplexing: false });
  assertEquals(
    hostWants(
      envOf({ ...HOST_ENV, PLUGIN_UNIX_SOCKET_DIR: "/run/p", PLUGIN_MULTIPLEX_GRPC: "true" }),
    ),
    { isMultiplexing: true, socketDir: "/run/p" },
  );
});

Deno.test("a plugin refuses people, TLS and other versions of the protocol", () => {
  const refusals: Record<string, string>[] = [
    {},
    { [COOKIE.key]: "another" },
    { ...HOST_ENV, [CLIENT_CERT_KEY]: "-----BEGIN" },
    { ...HOST_ENV, PLUGIN_PROTOCOL_VERSIONS: "1,3" },
  ];
  for (const env of refusals) assertEquals("refused" in hostWants(envOf(env)), true);
});

Deno.test("a host reads the line that a plugin writes", () => {
  const line = handshakeLine("/tmp/x/p.sock", { isMultiplexing: false });
  assertEquals(line, "1|2|unix|/tmp/x/p.sock|grpc|");
  assertEquals(readHandshake(`${line}\n`, "p"), { target: "unix:/tmp/x/p.sock" });
  assertEquals(readHandshake("1|2|tcp|127.0.0.1:10001|grpc", "p"), { target: "127.0.0.1:10001" });
});

Deno.test("a host refuses lines that are none, and says what another plugin speaks", () => {
  const kindOf = (line: string): string =>
    assertThrows(() => readHandshake(line, "./p"), BackendError, '"./p"').kind;
  for (const line of ["", "hello", "1|2|unix", "1|2|unix||grpc", "1|2|pipe|x|grpc"]) {
    assertEquals(kindOf(line), "garbled", line);
  }
  const others = [
    "2|2|unix|/x|grpc",
    "1|1|unix|/x|grpc",
    "1|2|unix|/x|netrpc",
    "1|2|unix|/x",
    `1|2|unix|/x|grpc|${"A".repeat(60)}`,
  ];
  for (const line of others) assertEquals(kindOf(line), "unreachable", line);
});
