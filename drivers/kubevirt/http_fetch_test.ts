import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Certificates,
  makeCertificates,
} from "../../fixtures/simulators/kubevirt/certificates.ts";
import { serveKubevirt } from "../../fixtures/simulators/kubevirt/serve.ts";
import { BackendError } from "../backend/backend.ts";
import { systemClock } from "../backend/clock.ts";
import { accessOf } from "./access.ts";
import type { Access, KubeBackend } from "./backend.ts";
import { fetchTransport } from "./http_fetch.ts";
import { parseKubeconfig } from "./kubeconfig.ts";
import { httpBackend, type OwnAccess } from "./live.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", namespace: "default" };
const secret = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });
const CANARY = "canary-9d41";

let made: Promise<Certificates> | undefined;
const certificates = (): Promise<Certificates> => made ??= makeCertificates();

function backendFor(access: OwnAccess): KubeBackend {
  return httpBackend({ ...fetchTransport(), access: () => Promise.resolve(access) });
}

/** A served cluster, and the way to it that its kubeconfig tells in one of the contexts. */
async function served(context: "certificate" | "token") {
  const cluster = await serveKubevirt({
    clock: systemClock(),
    epoch: 0,
    certificates: await certificates(),
  });
  const config = cluster.kubeconfig.replace(
    '"current-context": "certificate"',
    `"current-context": "${context}"`,
  );
  const access = await accessOf(await parseKubeconfig(config), { clock: systemClock() })();
  return { cluster, access };
}

for (const context of ["certificate", "token"] as const) {
  Deno.test(`a ${context} is taken by the server, for calls and watches`, async () => {
    const { cluster, access } = await served(context);
    await using _ = cluster;
    await using backend = backendFor(access);
    const controller = new AbortController();
    const events = backend.events({ signal: controller.signal });
    const { watch } = await backend.call("watch.start", { ...SECRETS, resourceVersion: "" });
    await backend.call("create", { ...SECRETS, body: secret("s1") });
    for await (const event of events) {
      assert(event.type === "ADDED");
      assertEquals(event.object.metadata.name, "s1");
      break;
    }
    controller.abort();
    await backend.call("watch.stop", { watch });
    assertEquals((await backend.call("list", SECRETS)).items.length, 1);
  });
}

const UNTRUSTED: readonly (readonly [what: string, code: string, change: Partial<Access>])[] = [
  ["a wrong token", "401 Unauthorized", { token: CANARY }],
  ["no credentials", "401 Unauthorized", { token: undefined }],
  ["a server of an unknown authority", "tls", { certificateAuthority: undefined }],
  ["certificates that are none", "bad-certificates", {
    clientCertificate: CANARY,
    clientKey: CANARY,
  }],
  ["an authority that is none", "bad-certificates", { certificateAuthority: CANARY }],
  ["a token that no header takes", "bad-token", { token: `${CANARY}\r\n${CANARY}` }],
  ["a port where nobody listens", "", { server: "https://127.0.0.1:9" }],
];
for (const [what, code, change] of UNTRUSTED) {
  Deno.test(`${what} is an error that quotes no secret`, async () => {
    const { cluster, access } = await served("token");
    await using _ = cluster;
    await using backend = backendFor({ ...access, ...change });
    const error = await assertRejects(() => backend.call("list", SECRETS), BackendError);
    assertEquals([error.code, error.kind], [
      code,
      code.startsWith("401") ? "refused" : "unreachable",
    ]);
    const text = Deno.inspect(error, { depth: 9 });
    for (const value of [CANARY, access.token ?? ""]) assertEquals(text.includes(value), false);
  });
}

Deno.test({
  name: "a program without the right to the network is told so, and has sent nothing",
  permissions: { net: false },
  fn: async () => {
    const access = { server: "https://127.0.0.1:6443", namespace: "default" };
    await using backend = backendFor(access);
    const error = await assertRejects(
      () => backend.call("create", { ...SECRETS, body: secret("s1") }),
      BackendError,
    );
    assertEquals([error.kind, error.code], ["unreachable", "not-allowed"]);
  },
});

Deno.test("a certificate of another authority is not taken", async () => {
  const { cluster, access } = await served("token");
  await using _ = cluster;
  const stranger = await (await makeCertificates()).user("vmtck");
  const { token: _token, ...rest } = access;
  await using backend = backendFor({
    ...rest,
    clientCertificate: stranger.certificate,
    clientKey: stranger.key,
  });
  const error = await assertRejects(() => backend.call("list", SECRETS), BackendError);
  assertEquals(error.code, "401 Unauthorized");
});

/** A server that answers what its rule says, and ends the connection of any other request. */
function hangingUp(
  answers: (about: { readonly total: number; readonly inConnection: number }) => boolean,
): { server: Deno.Listener; seen: string[]; done: Promise<void> } {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const seen: string[] = [];
  const body = '{"metadata":{}}';
  const reply =
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const serve = async (connection: Deno.Conn): Promise<void> => {
    const buffer = new Uint8Array(4096);
    try {
      for (let inConnection = 1;; inConnection++) {
        const count = await connection.read(buffer);
        if (count === null) break;
        const text = new TextDecoder().decode(buffer.subarray(0, count));
        seen.push(text.split(" ")[0] ?? "");
        const isAnswered = answers({ total: seen.length, inConnection });
        // After an answer that makes no sense, `fetch` does not ask again by itself.
        const piece = isAnswered ? reply : "?\r\n\r\n";
        await connection.write(new TextEncoder().encode(piece));
        if (!isAnswered) break;
      }
    } finally {
      connection.close();
    }
  };
  const done = (async () => {
    const all: Promise<void>[] = [];
    for await (const connection of server) all.push(serve(connection));
    await Promise.all(all);
  })();
  return { server, seen, done };
}

function accessTo({ addr }: Deno.Listener): OwnAccess {
  return { server: `http://127.0.0.1:${(addr as Deno.NetAddr).port}`, namespace: "default" };
}

Deno.test("a read whose kept connection ends is made again by a new one", async () => {
  const { server, seen, done } = hangingUp(({ inConnection }) => inConnection === 1);
  {
    await using backend = backendFor(accessTo(server));
    await backend.call("get", { ...SECRETS, name: "s1" });
    await backend.call("get", { ...SECRETS, name: "s1" });
  }
  assertEquals(seen, ["GET", "GET", "GET"]);
  server.close();
  await done;
});

Deno.test("a read whose connections end again and again is an error", async () => {
  const { server, seen, done } = hangingUp(() => false);
  await using backend = backendFor(accessTo(server));
  const read = () => backend.call("get", { ...SECRETS, name: "s1" });
  const error = await assertRejects(read, BackendError);
  assertEquals([error.kind, seen], ["disconnected", ["GET", "GET"]]);
  server.close();
  await done;
});

Deno.test("a change whose connection ends after it was sent is not sent again", async () => {
  const { server, seen, done } = hangingUp(({ total }) => total === 1);
  await using backend = backendFor(accessTo(server));
  const make = () => backend.call("create", { ...SECRETS, body: secret("s1") });
  await make();
  const error = await assertRejects(make, BackendError);
  assertEquals([error.kind, seen], ["disconnected", ["POST", "POST"]]);
  server.close();
  await done;
});

Deno.test("an aborted call ends with the reason of its signal", async () => {
  const { cluster, access } = await served("token");
  await using _ = cluster;
  await using backend = backendFor(access);
  const reason = new Error("enough");
  const call = () => backend.call("list", SECRETS, { signal: AbortSignal.abort(reason) });
  assertEquals(await assertRejects(call), reason);
});
