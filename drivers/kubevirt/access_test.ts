import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { accessInCluster, accessOf } from "./access.ts";
import { type Kubeconfig, KubeconfigError } from "./kubeconfig.ts";

const CANARY = "canary-77ab";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function config(more: Partial<Kubeconfig> = {}): Kubeconfig {
  return { server: "https://k:6443", namespace: "lab", ...more };
}

Deno.test("what stands in the kubeconfig is handed on, and the user's namespace wins", async () => {
  using clock = new VirtualClock();
  const given = config({ ca: { text: "CA" }, token: { text: `${CANARY}\n` } });
  assertEquals(await accessOf(given, { clock, namespace: "mine" })(), {
    server: "https://k:6443",
    namespace: "mine",
    certificateAuthority: "CA",
    token: CANARY,
  });
});

Deno.test("a file is looked for beside the kubeconfig, and read again for each call", async () => {
  using clock = new VirtualClock();
  await inFolder(async (folder) => {
    const access = accessOf(config({ token: { file: "token" } }), { clock, folder });
    await Deno.writeTextFile(`${folder}/token`, "one\n");
    assertEquals((await access()).token, "one");
    await Deno.writeTextFile(`${folder}/token`, "two");
    assertEquals((await access()).token, "two");
    await Deno.remove(`${folder}/token`);
    const error = await assertRejects(access, BackendError);
    assertEquals([error.kind, error.code], ["unreachable", "no-credentials"]);
  });
});

function program(script: string): Kubeconfig {
  const exec = {
    ...{ command: "sh", args: ["-c", script], env: { CANARY } },
    apiVersion: "client.authentication.k8s.io/v1",
  };
  return config({ exec });
}

Deno.test({
  name: "a program is asked for credentials, and again after a while",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using clock = new VirtualClock();
    await inFolder(async (folder) => {
      const script = `echo x >> ${folder}/calls; echo '{"status":{"token":"'$CANARY'"}}'`;
      const access = accessOf(program(script), { clock });
      assertEquals((await access()).token, CANARY);
      assertEquals((await access()).token, CANARY);
      await clock.sleep(120_000);
      await access();
      assertEquals(await Deno.readTextFile(`${folder}/calls`), "x\nx\n");
    });
  },
});

Deno.test({
  name: "a program is asked again when its credentials say that they have expired",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using clock = new VirtualClock();
    const begun = Date.parse("2026-01-01T00:00:00Z");
    const timeOfDay = () => begun + clock.now();
    await inFolder(async (folder) => {
      const status = `{"token":"'$CANARY'","expirationTimestamp":"2026-01-01T00:00:10Z"}`;
      const script = `echo x >> ${folder}/calls; echo '{"status":${status}}'`;
      const access = accessOf(program(script), { clock, timeOfDay });
      await access();
      await clock.sleep(9_000);
      assertEquals((await access()).token, CANARY);
      assertEquals(await Deno.readTextFile(`${folder}/calls`), "x\n");
      await clock.sleep(1_000);
      await access();
      assertEquals(await Deno.readTextFile(`${folder}/calls`), "x\nx\n");
    });
  },
});

for (const script of ["exit 3", "echo $CANARY", "echo '{}'", "echo '{\"status\":{}}'"]) {
  Deno.test({
    name: `a program that answers no credentials is an error that quotes nothing: ${script}`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using clock = new VirtualClock();
      const error = await assertRejects(accessOf(program(script), { clock }), KubeconfigError);
      assertEquals([error.field, error.message.includes(CANARY)], ["exec", false]);
    },
  });
}

Deno.test({
  name: "a program with a relative path is looked for beside the kubeconfig",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using clock = new VirtualClock();
    await inFolder(async (folder) => {
      const script = `#!/bin/sh\necho '{"status":{"token":"${CANARY}"}}'\n`;
      await Deno.writeTextFile(`${folder}/login`, script, { mode: 0o755 });
      const exec = { command: "./login", args: [], env: {}, apiVersion: "v1" };
      assertEquals((await accessOf(config({ exec }), { clock, folder })()).token, CANARY);
    });
  },
});

Deno.test("a program that is not there is an error", async () => {
  using clock = new VirtualClock();
  const exec = { command: "/nowhere/login", args: [], env: {}, apiVersion: "v1" };
  await assertRejects(accessOf(config({ exec }), { clock }), KubeconfigError, "cannot be started");
});

Deno.test("a pod takes the account that it was given", async () => {
  await inFolder(async (account) => {
    await Deno.writeTextFile(`${account}/namespace`, "lab\n");
    await Deno.writeTextFile(`${account}/ca.crt`, "CA");
    await Deno.writeTextFile(`${account}/token`, CANARY);
    const variables: Record<string, string> = {
      KUBERNETES_SERVICE_HOST: "fd00::1",
      KUBERNETES_SERVICE_PORT: "443",
    };
    const access = accessInCluster({ env: (name) => variables[name], account });
    const { server, namespace, token } = await access();
    assertEquals([server, namespace, token], ["https://[fd00::1]:443", "lab", CANARY]);
  });
});

Deno.test("what is no pod is told to name a kubeconfig", () => {
  const error = assertThrows(() => accessInCluster({ env: () => undefined }), BackendError);
  assertEquals([error.kind, error.code], ["unreachable", "no-kubeconfig"]);
});
