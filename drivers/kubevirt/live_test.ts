import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import type { HttpRequest, Transport } from "./http.ts";
import { httpBackend } from "./live.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", namespace: "ns" };

const TOKEN = "canary-0b7e-".repeat(90);

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces?: readonly string[];
  /** The connection breaks after the pieces. */
  readonly cut?: boolean;
}

function scene(reply: Reply) {
  const requests: HttpRequest[] = [];
  const transport: Transport = (request) => {
    requests.push(request);
    const { status = 200, headers = {}, pieces = [], cut = false } = reply;
    async function* body(): AsyncGenerator<string> {
      for (const piece of pieces) yield piece;
      await Promise.resolve();
      if (cut) throw new BackendError("disconnected", "", "The connection was lost");
    }
    return Promise.resolve({ status, header: (name) => headers[name], body: body() });
  };
  const access = () => Promise.resolve({ server: "https://k", namespace: "ns", token: TOKEN });
  return { backend: httpBackend({ transport, access }), requests };
}

const status = (fields: Record<string, unknown>): string =>
  JSON.stringify({ kind: "Status", metadata: {}, status: "Failure", ...fields });

const REFUSALS: readonly (readonly [what: string, code: string, reply: Reply])[] = [
  ["a missing object", "404 NotFound?kind=secrets&name=s1", {
    status: 404,
    pieces: [status({ reason: "NotFound", details: { kind: "secrets", name: "s1" } })],
  }],
  ["a path that is not served", "404", { status: 404, pieces: ["404 page not found\n"] }],
  ["a plain text of the aggregator", "500", { status: 500, pieces: ["no agent"] }],
  ["a quota", "403 Forbidden?note=quota", {
    status: 403,
    pieces: [
      status({ reason: "Forbidden", message: 'secrets "s1" is forbidden: exceeded quota: q' }),
    ],
  }],
  ["a webhook that is down", "500 InternalError?note=webhook", {
    status: 500,
    pieces: [status({ reason: "InternalError", message: 'failed calling webhook "w": refused' })],
  }],
  ["a name that is being deleted", "409 AlreadyExists?note=being-deleted", {
    status: 409,
    pieces: [status({ reason: "AlreadyExists", message: "object is being deleted: it exists" })],
  }],
  ["throttling, by the header", "429 TooManyRequests?retryAfterSeconds=7", {
    status: 429,
    headers: { "retry-after": "7" },
    pieces: [status({ reason: "TooManyRequests" })],
  }],
  ["fields, by their causes", "422 Invalid?cause=FieldValueInvalid+spec.x", {
    status: 422,
    pieces: [
      status({
        reason: "Invalid",
        details: { causes: [{ reason: "FieldValueInvalid", field: "spec.x", message: "no" }] },
      }),
    ],
  }],
  ["a redirect", "302", { status: 302, headers: { location: "https://evil/" } }],
];
for (const [what, code, reply] of REFUSALS) {
  Deno.test(`the code tells ${what}`, async () => {
    await using backend = scene(reply).backend;
    const error = await assertRejects(
      () => backend.call("get", { ...SECRETS, name: "s1" }),
      BackendError,
    );
    assertEquals([error.kind, error.code], ["refused", code]);
  });
}

Deno.test("a path that is not served is named, as the server's own words do not", async () => {
  await using backend = scene({ status: 404, pieces: ["404 page not found\n"] }).backend;
  const cdi = { ...SECRETS, group: "cdi.kubevirt.io", version: "v1beta1", resource: "datavolumes" };
  const error = await assertRejects(() => backend.call("list", { ...cdi, limit: 5 }), BackendError);
  const path = "/apis/cdi.kubevirt.io/v1beta1/namespaces/ns/datavolumes";
  assertEquals(error.message, `The API server does not serve ${path}: is it installed?`);
});

Deno.test("what stands before a server and quotes its request tells no token, also where it is cut", async () => {
  for (const padding of [0, 500, 990]) {
    const text = `${"x".repeat(padding)} Authorization: Bearer ${TOKEN} ${btoa(TOKEN)}`;
    for (const pieces of [[text], [status({ reason: "Forbidden", message: text })]]) {
      await using backend = scene({ status: 403, pieces }).backend;
      for (const access of [undefined, { server: "https://k", token: TOKEN }]) {
        const call = () => backend.call("list", { ...SECRETS, ...(access && { access }) });
        const { message } = await assertRejects(call, BackendError);
        assertEquals([message.includes("canary"), message.includes("Y2FuYXJ5")], [false, false]);
      }
    }
  }
});

Deno.test("an answer that is cut or no JSON is garbled", async () => {
  for (const pieces of [['{"metadata":{'], ["[]"], ["ok"], [""]]) {
    await using backend = scene({ pieces }).backend;
    const call = () => backend.call("get", { ...SECRETS, name: "s1" });
    assertEquals((await assertRejects(call, BackendError)).kind, "garbled");
  }
});

Deno.test("an answer that breaks off is a lost connection", async () => {
  await using backend = scene({ pieces: ["{"], cut: true }).backend;
  const call = () => backend.call("get", { ...SECRETS, name: "s1" });
  assertEquals((await assertRejects(call, BackendError)).kind, "disconnected");
});

Deno.test("methods of simulated clusters are refused, and send nothing", async () => {
  const { backend, requests } = scene({});
  await using _ = backend;
  const call = () => backend.call("lab.compact", {});
  assertEquals((await assertRejects(call, BackendError)).code, "vmtck:not-simulated");
  assertEquals(requests, []);
});

const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
const SECRET = { metadata: { name: "s1", resourceVersion: "5" } };

/** What a watch tells until it is over. */
async function watched(reply: Reply): Promise<unknown[]> {
  await using backend = scene(reply).backend;
  const controller = new AbortController();
  const events = backend.events({ signal: controller.signal });
  await backend.call("watch.start", SECRETS);
  const seen: unknown[] = [];
  for await (const event of events) {
    seen.push(event.type === "CLOSED" ? [event.type, event.broken] : [event.type]);
    if (event.type === "CLOSED" || event.type === "ERROR") break;
  }
  controller.abort();
  return seen;
}

Deno.test("a watch hands its lines on, however they are cut into pieces", async () => {
  const text = line("ADDED", SECRET) + line("BOOKMARK", { metadata: { resourceVersion: "6" } });
  const pieces = [text.slice(0, 10), text.slice(10, 50), text.slice(50)];
  assertEquals(await watched({ pieces }), [["ADDED"], ["BOOKMARK"], ["CLOSED", false]]);
});

Deno.test("a watch that ends in half a line, in nonsense or without a word is broken", async () => {
  const added = line("ADDED", SECRET);
  for (
    const reply of [
      { pieces: [added, '{"type":"ADD'] },
      { pieces: [added, "nonsense\n"] },
      { pieces: [added, line("INVENTED", SECRET)] },
      { pieces: [added], cut: true },
    ]
  ) {
    assertEquals(await watched(reply), [["ADDED"], ["CLOSED", true]]);
  }
});

Deno.test("a watch that is too old ends with the code of that", async () => {
  const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
  await using backend = scene({ pieces: [line("ERROR", gone)] }).backend;
  const events = backend.events({ signal: AbortSignal.timeout(60_000) });
  await backend.call("watch.start", SECRETS);
  for await (const event of events) {
    assertEquals(event, {
      watch: "watch-1",
      type: "ERROR",
      code: "410 Expired",
      message: "too old",
    });
    break;
  }
});

Deno.test("a watch that was stopped says nothing any more", async () => {
  const { backend } = scene({ pieces: [line("ADDED", SECRET)] });
  await using _ = backend;
  const controller = new AbortController();
  const events = backend.events({ signal: controller.signal });
  const { watch } = await backend.call("watch.start", SECRETS);
  await backend.call("watch.stop", { watch });
  await Promise.resolve();
  controller.abort();
  assertEquals(await Array.fromAsync(events), []);
});
