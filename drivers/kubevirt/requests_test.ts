import { assertEquals, assertThrows } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { REQUESTS, watchRequest } from "./requests.ts";

const VMS = { group: "kubevirt.io", version: "v1", resource: "virtualmachines", namespace: "ns" };
const BASE = "/apis/kubevirt.io/v1/namespaces/ns/virtualmachines";

Deno.test("paths name group, namespace, resource and name", () => {
  assertEquals(REQUESTS.get({ ...VMS, name: "m1" }).path, `${BASE}/m1`);
  assertEquals(
    REQUESTS.get({ group: "", version: "v1", resource: "nodes", name: "n" }).path,
    "/api/v1/nodes/n",
  );
  assertEquals(
    REQUESTS.invoke({ ...VMS, name: "m1", subresource: "evacuate/cancel" }),
    {
      method: "PUT",
      path: `${BASE}/m1/evacuate/cancel`,
      contentType: "application/json",
      body: "{}",
    },
  );
});

Deno.test("queries are encoded, and only what is given is in them", () => {
  assertEquals(
    REQUESTS.list({ ...VMS, labelSelector: "a in (b,c)", limit: 5 }).path,
    `${BASE}?labelSelector=a+in+%28b%2Cc%29&limit=5`,
  );
  assertEquals(REQUESTS.list(VMS).path, BASE);
  assertEquals(
    watchRequest({ ...VMS, resourceVersion: "7" }).path,
    `${BASE}?resourceVersion=7&watch=true`,
  );
});

Deno.test("a patch says what kind it is", () => {
  const { contentType } = REQUESTS.patch({ ...VMS, name: "m1", type: "json", body: [] });
  assertEquals(contentType, "application/json-patch+json");
});

Deno.test("credentials of a call are not part of its request", () => {
  const access = { server: "https://k", token: "canary-1" };
  const requests = [
    REQUESTS.list({ ...VMS, access }),
    REQUESTS.create({ ...VMS, access, body: { metadata: { name: "m" } } }),
    watchRequest({ ...VMS, access }),
  ];
  assertEquals(JSON.stringify(requests).includes("canary-1"), false);
});

const BAD: readonly (readonly [string, Record<string, string>])[] = [
  ["name", { name: ".." }],
  ["name", { name: "a/b" }],
  ["name", { name: "a%2fb" }],
  ["name", { name: "a\nb" }],
  ["name", { name: "" }],
  ["namespace", { namespace: "../kube-system" }],
  ["namespace", { namespace: "Upper" }],
  ["group", { group: "a/b" }],
  ["version", { version: ".." }],
  ["resource", { resource: "secrets/../pods" }],
  ["subresource", { subresource: "../start" }],
];
for (const [part, change] of BAD) {
  Deno.test(`${JSON.stringify(Object.values(change)[0])} cannot be a ${part}`, () => {
    const error = assertThrows(
      () => REQUESTS.inspect({ ...VMS, name: "m1", subresource: "start", ...change }),
      BackendError,
    );
    assertEquals([error.kind, error.code], ["refused", "400 BadRequest"]);
  });
}
