import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { KubeconfigError, parseKubeconfig } from "./kubeconfig.ts";

const CANARY = "canary-5f2c";

interface Parts {
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly context?: Record<string, unknown>;
}

function kubeconfig({ cluster = {}, user = {}, context = {} }: Parts = {}): string {
  return JSON.stringify({
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "c", user: "u", ...context } }],
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443/", ...cluster } }],
    users: [{ name: "u", user: { token: CANARY, ...user } }],
  });
}

Deno.test("a kubeconfig tells server, namespace and credentials", async () => {
  const text = kubeconfig({
    cluster: { "certificate-authority-data": btoa("CA") },
    user: {
      "client-certificate-data": btoa("CERT"),
      "client-key-data": btoa("KEY"),
    },
    context: { namespace: "lab" },
  });
  const { server, namespace, ca, cert, key, token } = await parseKubeconfig(text);
  assertEquals([server, namespace], ["https://10.0.0.1:6443", "lab"]);
  assertEquals([ca, cert, key, token], [
    { text: "CA" },
    { text: "CERT" },
    { text: "KEY" },
    { text: CANARY },
  ]);
});

Deno.test("a kubeconfig in YAML is read, and names the namespace default by default", async () => {
  const text = `
current-context: here
contexts: [{name: here, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://k:6443"}}]
users: [{name: u, user: {}}]
`;
  assertEquals((await parseKubeconfig(text)).namespace, "default");
});

const REFUSED: readonly (readonly [what: string, field: string, parts: Parts])[] = [
  ["a program", "exec", { user: { exec: { command: "/bin/sh", args: [CANARY] } } }],
  ["an auth provider", "auth-provider", { user: { "auth-provider": { name: CANARY } } }],
  ["a password", "username", { user: { username: "u", password: CANARY } }],
  ["another user", "as", { user: { as: "root" } }],
  ["a certificate without trust", "insecure-skip-tls-verify", {
    cluster: { "insecure-skip-tls-verify": true },
  }],
  ["another name for the server", "tls-server-name", { cluster: { "tls-server-name": "x" } }],
  ["a file of the authority", "certificate-authority", {
    cluster: { "certificate-authority": "/etc/passwd" },
  }],
  ["a file of a token", "tokenFile", { user: { token: "", tokenFile: "/etc/passwd" } }],
  ["a key without a certificate", "client-certificate", {
    user: { "client-key-data": btoa("KEY") },
  }],
  ["no https", "server", { cluster: { server: "http://10.0.0.1" } }],
  ["a password in the address", "server", { cluster: { server: `https://u:${CANARY}@k` } }],
  ["only a password in the address", "server", {
    cluster: { server: `https://:${CANARY}@k` },
  }],
  ["a token of two lines", "token", { user: { token: `${CANARY}\n${CANARY}` } }],
  ["a context that is not there", "clusters", { context: { cluster: "other" } }],
  ["no base64", "client-certificate-data", {
    user: {
      "client-certificate-data": `${CANARY}!`,
      "client-key-data": btoa("KEY"),
    },
  }],
  ["a namespace that cannot be one", "namespace", { context: { namespace: "Prod/x" } }],
  ["a proxy that is no address", "proxy-url", { cluster: { "proxy-url": `u:${CANARY}@proxy` } }],
  ["a proxy that is a file", "proxy-url", { cluster: { "proxy-url": `file:///${CANARY}` } }],
  ["a file of a token beside one", "tokenFile", { user: { tokenFile: "/etc/passwd" } }],
];
for (const [what, field, parts] of REFUSED) {
  Deno.test(`a kubeconfig with ${what} is refused, and not quoted`, async () => {
    const error = await assertRejects(() => parseKubeconfig(kubeconfig(parts)), KubeconfigError);
    assertEquals(error.field, field);
    assertEquals(error.message.includes(CANARY), false, error.message);
  });
}

Deno.test("a text that is no kubeconfig is refused, and not quoted", async () => {
  const whole = `${kubeconfig()}\n`;
  const texts = [
    ...[`"${CANARY}`, CANARY, "", "[]", "a: &x [1]\nb: *x"],
    // Only a part of these could be read.
    ...[`${whole}...\n- ${CANARY}`, `${whole.slice(0, -2)}, "users": [], "users": []}`],
    `${kubeconfig().slice(0, -1)}`,
  ];
  for (const text of texts) {
    const error = await assertRejects(() => parseKubeconfig(text), KubeconfigError);
    assertStringIncludes(error.message, "The kubeconfig");
    assertEquals(error.message.includes(CANARY), false, error.message);
  }
});

Deno.test("programs and files are taken from who allows them", async () => {
  const exec = { command: "login", args: ["a"], env: [{ name: "X", value: "1" }] };
  const text = kubeconfig({ user: { token: "", exec, tokenFile: "token" } });
  const found = await parseKubeconfig(text, { exec: true, files: true });
  assertEquals(found.exec, {
    ...{ command: "login", args: ["a"], env: { X: "1" } },
    apiVersion: "client.authentication.k8s.io/v1",
  });
  assertEquals(found.token, { file: "token" });
});

Deno.test("a name that stands for two is refused: which of them is meant nobody can tell", async () => {
  for (const list of ["contexts", "clusters", "users"]) {
    const config = JSON.parse(kubeconfig());
    config[list].push(config[list][0]);
    const error = await assertRejects(
      () => parseKubeconfig(JSON.stringify(config)),
      KubeconfigError,
    );
    assertEquals(error.field, list);
  }
});

Deno.test("what is there and says nothing is as good as absent", async () => {
  const cluster = { "insecure-skip-tls-verify": null, "tls-server-name": "", "proxy-url": null };
  const user = { exec: null, "auth-provider": null, as: "", tokenFile: "" };
  assertEquals((await parseKubeconfig(kubeconfig({ cluster, user }))).token, { text: CANARY });
});

Deno.test("a token that is in a file, too, is taken from there", async () => {
  const text = kubeconfig({ user: { tokenFile: "token" } });
  assertEquals((await parseKubeconfig(text, { files: true })).token, { file: "token" });
});
