import { assertEquals, assertRejects } from "@std/assert";
import { makeCertificates, type Pair } from "../../fixtures/simulators/kubevirt/certificates.ts";
import { BackendError, type Json } from "../backend/backend.ts";
import type { KubeBackend, KubeMethods } from "./backend.ts";
import { withGuests } from "./live_guests.ts";

const CANARY = "canary-0c77";

interface Seen {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: string;
}

/** A proxy that takes an upload, a server that gives the token for it, and a file. */
async function scene(
  { status = 200, told = true, given = false, pair, uploadAuthority = "" }: {
    status?: number;
    told?: boolean;
    given?: boolean;
    /** What it shows over HTTPS. */
    pair?: Pair;
    uploadAuthority?: string;
  },
  body: (
    parts: { backend: KubeBackend; path: string; seen: Seen[]; calls: Json[] },
  ) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  await using proxy = Deno.serve(
    {
      ...{ port: 0, hostname: "127.0.0.1", onListen() {} },
      ...(pair && { cert: pair.certificate, key: pair.key }),
    },
    async (request) => {
      const { pathname } = new URL(request.url);
      const authorization = request.headers.get("authorization");
      seen.push({ path: pathname, authorization, body: await request.text() });
      return new Response(CANARY, { status });
    },
  );
  const address = `${pair ? "https" : "http"}://127.0.0.1:${proxy.addr.port}`;
  const calls: Json[] = [];
  const answers: { readonly [K in keyof KubeMethods]?: KubeMethods[K]["result"] } = {
    get: { metadata: {}, status: told ? { uploadProxyURL: address } : {} },
    create: { metadata: {}, status: { token: CANARY } },
    access: { server: "https://k", namespace: "lab" },
  };
  const backend = withGuests({
    call: (method, params) => {
      calls.push([method, params]);
      return Promise.resolve(answers[method] as never);
    },
    events: async function* () {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }, { ssh: { user: "root", key: "" }, uploadProxy: given ? address : "", uploadAuthority });
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "a disk");
    await body({ backend, path, seen, calls });
  } finally {
    await Deno.remove(path);
  }
}

const upload = (backend: KubeBackend, path: string): Promise<null> =>
  backend.call("upload", { namespace: "lab", name: "m1.root", path });

Deno.test("an upload asks for a token of the claim, and sends the file with it once", async () => {
  await scene({}, async ({ backend, path, seen, calls }) => {
    assertEquals(await upload(backend, path), null);
    assertEquals(seen, [{
      path: "/v1beta1/upload",
      authorization: `Bearer ${CANARY}`,
      body: "a disk",
    }]);
    assertEquals(JSON.stringify(calls[1]).includes('"pvcName":"m1.root"'), true);
  });
});

Deno.test("the proxy that the user names is asked, and CDI is not", async () => {
  await scene({ told: false, given: true }, async ({ backend, path, seen, calls }) => {
    await upload(backend, path);
    assertEquals([seen.length, calls.length], [1, 2]);
  });
});

Deno.test("a proxy that nobody knows is an error that says what to do", async () => {
  await scene({ told: false }, async ({ backend, path, seen }) => {
    const error = await assertRejects(() => upload(backend, path), BackendError, "upload-proxy");
    assertEquals([error.kind, error.code, seen.length], ["unreachable", "no-upload-proxy", 0]);
  });
});

Deno.test("a proxy that refuses is an error without the token and without its words", async () => {
  await scene({ status: 403 }, async ({ backend, path }) => {
    const error = await assertRejects(() => upload(backend, path), BackendError);
    assertEquals([error.kind, error.code], ["refused", "403"]);
    assertEquals(Deno.inspect(error, { depth: 9 }).includes(CANARY), false);
  });
});

Deno.test("a proxy with a certificate of CDI's own is trusted once its authority is named", async () => {
  const { authority, server: pair } = await makeCertificates();
  const uploadAuthority = await Deno.makeTempFile();
  try {
    await scene({ pair }, async ({ backend, path, seen }) => {
      const error = await assertRejects(() => upload(backend, path), BackendError, "upload-ca");
      assertEquals([error.kind, error.code, seen.length], ["unreachable", "tls", 0]);
    });
    await scene({ pair, uploadAuthority }, async ({ backend, path, calls }) => {
      const error = await assertRejects(() => upload(backend, path), BackendError, uploadAuthority);
      assertEquals([error.code, calls.length], ["no-upload-ca", 1]);
    });
    await Deno.writeTextFile(uploadAuthority, authority);
    await scene({ pair, uploadAuthority }, async ({ backend, path, seen }) => {
      assertEquals(await upload(backend, path), null);
      assertEquals(seen.length, 1);
    });
  } finally {
    await Deno.remove(uploadAuthority);
  }
});
