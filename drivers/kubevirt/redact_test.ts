import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BackendError, type Json } from "../backend/backend.ts";
import { disguisesOf } from "../contract/mod.ts";
import type { KubeBackend, WatchEvent } from "./backend.ts";
import { redacted } from "./redact.ts";

const CANARY = "canary+/?=<é>\n1";
const access = { server: "https://a", token: CANARY };
const secrets = { access, group: "", version: "v1", resource: "secrets", namespace: "n" };
const vms = { ...secrets, group: "kubevirt.io", resource: "virtualmachines" };
const data = { userdata: new TextEncoder().encode(CANARY).toBase64() };
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data };

/** A server that answers one thing to everything. */
function answering(answer: Json | BackendError, events: readonly WatchEvent[] = []): KubeBackend {
  return redacted({
    call: (() =>
      answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer)) as unknown as KubeBackend["call"],
    async *events() {
      yield* events;
    },
    [Symbol.asyncDispose]: () =>
      Promise.resolve(),
  });
}

function assertHidden(text: string): void {
  for (const form of disguisesOf(CANARY)) assert(!text.includes(form), text);
}

Deno.test("an error about a Secret keeps its code and none of the server's words", async () => {
  for (const words of [CANARY, `Invalid value: "${CANARY.slice(0, 5)}`]) {
    const backend = answering(new BackendError("refused", "422 Invalid", words));
    const error = await assertRejects(
      () => backend.call("create", { ...secrets, body: secret }),
      BackendError,
    );
    assertEquals([error.kind, error.code], ["refused", "422 Invalid"]);
    assert(!error.message.includes("cana"), error.message);
    assertEquals(error.cause, undefined);
  }
});

Deno.test("an error about a Secret says what its code tells", async () => {
  const table: Readonly<Record<string, string>> = {
    "403 Forbidden?kind=secrets&name=s": 'create secrets: 403 Forbidden, secrets "s"',
    "403 Forbidden?note=quota": "403 Forbidden, exceeded quota",
    "404 NotFound?kind=namespaces&name=lab": '404 NotFound, namespaces "lab"',
    "422 Invalid?cause=FieldValueInvalid+metadata.name": "FieldValueInvalid metadata.name",
    "502": "502. Its own words",
  };
  for (const [code, words] of Object.entries(table)) {
    const backend = answering(new BackendError("refused", code, CANARY));
    const error = await assertRejects(
      () => backend.call("create", { ...secrets, body: secret }),
      BackendError,
    );
    assertStringIncludes(error.message, words);
    assertHidden(error.message);
  }
});

Deno.test("other errors lose credentials in every encoding", async () => {
  for (const form of disguisesOf(CANARY)) {
    const backend = answering(new BackendError("refused", "401 Unauthorized", `bad: [${form}]`));
    const error = await assertRejects(() => backend.call("list", vms), BackendError);
    assertHidden(error.message);
    assert(error.message.startsWith("bad: ["), error.message);
  }
});

Deno.test("what there is no secret in stays as it is", async () => {
  const original = new BackendError("refused", "403 Forbidden", "exceeded quota");
  const error = await assertRejects(() => answering(original).call("list", vms));
  assertEquals(error, original);
});

Deno.test("results and events have no content of Secrets", async () => {
  const annotated = {
    ...secret,
    metadata: {
      name: "s",
      annotations: {
        "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(secret),
        other: "kept",
      },
    },
    stringData: { userdata: CANARY },
  };
  const list = { metadata: {}, items: [annotated] };
  const listed = await answering(list).call("list", secrets);
  assertHidden(JSON.stringify(listed));
  assertEquals(listed.items[0]?.metadata.annotations, { other: "kept" });
  const events: WatchEvent[] = [{ watch: "w", type: "ADDED", object: annotated }];
  const { signal } = new AbortController();
  for await (const event of answering({}, events).events({ signal })) {
    assertHidden(JSON.stringify(event));
  }
});

Deno.test("the data of other objects are kept", async () => {
  const object = { metadata: { name: "m" }, data: { a: "b" } };
  assertEquals(await answering(object).call("get", { ...vms, name: "m" }), object);
});
