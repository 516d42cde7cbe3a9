/**
 * Kubeconfig files: where an API server is, and what it is reached with.
 *
 * A kubeconfig may name programs to run and files to read, so whoever writes one would have the
 * driver do that. Both are refused here, and `access.ts` does them only when it is told to.
 *
 * @module
 */

/** A value that is given, or in a file. */
export type Material = { readonly text: string } | { readonly file: string };

/** A program that answers credentials. */
export interface ExecPlugin {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** What is added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The version of the answer that it is asked for. */
  readonly apiVersion: string;
}

/** What a kubeconfig says about its current context. */
export interface Kubeconfig {
  /** Where the server is; `https:`. */
  readonly server: string;
  /** The namespace of the context; `default` if it names none. */
  readonly namespace: string;
  /** PEM. */
  readonly ca?: Material;
  /** PEM. */
  readonly cert?: Material;
  /** PEM. */
  readonly key?: Material;
  /** A bearer token. */
  readonly token?: Material;
  /** Where requests go through. */
  readonly proxy?: string;
  /** A program that answers credentials. */
  readonly exec?: ExecPlugin;
}

/** What is wrong with a kubeconfig; never quotes it, as nearly all of it may be secret. */
export class KubeconfigError extends Error {
  /** Always `KubeconfigError`. */
  override readonly name = "KubeconfigError";

  /** Makes the error. */
  constructor(
    /** Which field, such as `current-context`; empty for all of it. */
    readonly field: string,
    why: string,
  ) {
    super(field === "" ? `The kubeconfig ${why}` : `The kubeconfig's "${field}" ${why}`);
  }
}

/** What a kubeconfig may ask for, besides what stands in it. By default nothing. */
export interface Allowed {
  /** To run programs. */
  readonly exec?: boolean;
  /** To read files. */
  readonly files?: boolean;
}

/**
 * Reads a kubeconfig, in YAML or JSON.
 *
 * @throws {KubeconfigError}
 */
export async function parseKubeconfig(
  text: string,
  allowed: Allowed = {},
): Promise<Kubeconfig> {
  const config = fieldsOf(await contentOf(text), "");
  const context = named(config, "contexts", "context", textAt(config, CONTEXT));
  const cluster = named(config, "clusters", "cluster", textAt(context, "cluster"));
  const user = named(config, "users", "user", textAt(context, "user"));
  refuse(cluster, user, allowed);
  const material = (fields: Fields, inline: string, file: string): Material | undefined =>
    materialIn(fields, inline, file, allowed);
  const found = {
    server: serverIn(cluster),
    namespace: namespaceIn(context),
    ca: material(cluster, "certificate-authority-data", "certificate-authority"),
    cert: material(user, "client-certificate-data", "client-certificate"),
    key: material(user, "client-key-data", "client-key"),
    token: sendable(material(user, "token", "tokenFile")),
    proxy: proxyIn(cluster),
    exec: execIn(user),
  };
  if ((found.cert === undefined) !== (found.key === undefined)) {
    throw new KubeconfigError("client-certificate", "needs a key, and a key needs a certificate");
  }
  return found;
}

/** What everything in a kubeconfig is found by. */
const CONTEXT = "current-context";

type Fields = Readonly<Record<string, unknown>>;

async function contentOf(text: string): Promise<unknown> {
  try {
    // The same by a faster way, if it is JSON: nothing has to be loaded for it.
    return JSON.parse(text);
  } catch {
    // It is YAML, or nothing.
  }
  // Without one it is no kubeconfig, and no parser has to be loaded to see that.
  if (!text.includes(CONTEXT)) throw new KubeconfigError(CONTEXT, "is missing");
  const { parse } = await import("yaml");
  try {
    // Aliases could make a small text endless; a kubeconfig has none.
    // Not "silent": that would take half of a broken text for a whole one.
    return parse(text, { maxAliasCount: 0, prettyErrors: false, logLevel: "error" });
  } catch {
    throw new KubeconfigError("", "is no YAML");
  }
}

function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KubeconfigError(field, "must have fields");
  }
  return Object.fromEntries(Object.entries(value));
}

function optional(fields: Fields, field: string): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new KubeconfigError(field, "must be a text");
  return value;
}

function textAt(fields: Fields, field: string): string {
  const value = optional(fields, field);
  if (value === undefined) throw new KubeconfigError(field, "is missing");
  return value;
}

/** The entry of that name in one of the lists. */
function named(config: Fields, list: string, entry: string, name: string): Fields {
  const entries = config[list];
  if (!Array.isArray(entries)) throw new KubeconfigError(list, "must be a list");
  const [found, other] = entries.map((it) => fieldsOf(it, list)).filter((it) => it.name === name);
  if (!found) throw new KubeconfigError(list, "lacks what the current context names");
  if (other) throw new KubeconfigError(list, "has what the current context names more than once");
  return fieldsOf(found[entry] ?? {}, `${list}.${entry}`);
}

/** Fields whose effect the client cannot have, or that nobody should want. */
const REFUSED: readonly (readonly [of: "cluster" | "user", field: string, why: string])[] = [
  ["cluster", "insecure-skip-tls-verify", "is refused: name the authority instead"],
  ["cluster", "tls-server-name", "is not supported: use an address that the certificate has"],
  ["user", "auth-provider", "is not supported: use a token, a certificate or exec"],
  ["user", "username", "is not supported: API servers know no passwords any more"],
  ["user", "password", "is not supported: API servers know no passwords any more"],
  ...["as", "as-uid", "as-groups", "as-user-extra"].map((field) =>
    ["user", field, "is not supported: use credentials of that user"] as const
  ),
];

function refuse(cluster: Fields, user: Fields, { exec }: Allowed): void {
  for (const [of, field, why] of REFUSED) {
    const value = (of === "cluster" ? cluster : user)[field];
    if (value !== undefined && value !== null && value !== false && value !== "") {
      throw new KubeconfigError(field, why);
    }
  }
  if (user.exec && !exec) {
    throw new KubeconfigError("exec", "is refused: it would run a program. Use a token instead");
  }
}

function isPlain({ username, password, search, hash }: URL): boolean {
  return username + password + search + hash === "";
}

function serverIn(cluster: Fields): string {
  const url = URL.parse(textAt(cluster, "server"));
  if (url?.protocol !== "https:" || !isPlain(url)) {
    throw new KubeconfigError("server", "must be an https address without user and query");
  }
  return url.href.replace(/\/+$/, "");
}

function namespaceIn(context: Fields): string {
  const namespace = optional(context, "namespace") ?? "default";
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) return namespace;
  const why = "must be at most 63 lower-case letters, digits and hyphens";
  throw new KubeconfigError("namespace", why);
}

function proxyIn(cluster: Fields): string | undefined {
  const proxy = optional(cluster, "proxy-url");
  if (proxy === undefined || /^(https?|socks5):\/\/[^/]/.test(URL.parse(proxy)?.href ?? "")) {
    return proxy;
  }
  throw new KubeconfigError(
    "proxy-url",
    "must be an address that begins with http, https or socks5",
  );
}

/** A token that a header can take. */
function sendable(token: Material | undefined): Material | undefined {
  if (token === undefined || "file" in token) return token;
  const text = token.text.trim();
  if (/^[\x21-\x7e]+$/.test(text)) return { text };
  throw new KubeconfigError("token", "must be a line of visible ASCII characters");
}

/** Content, or the file that it is in. As for `kubectl`, data go before their file, and a token after it. */
function materialIn(
  fields: Fields,
  inline: string,
  file: string,
  { files }: Allowed,
): Material | undefined {
  const text = optional(fields, inline);
  const path = optional(fields, file);
  const isData = inline.endsWith("-data");
  if (text !== undefined && (isData || path === undefined)) {
    return { text: isData ? decoded(text, inline) : text };
  }
  if (path === undefined) return undefined;
  if (files) return { file: path };
  throw new KubeconfigError(file, "is refused: it names a file. Put its content in instead");
}

/** What it is the content of is seen where it is used: on tapes all of it is placeholders. */
function decoded(base64: string, field: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.fromBase64(base64.replace(/\s/g, "")));
  } catch {
    throw new KubeconfigError(field, "is no text in base64");
  }
}

function execIn(user: Fields): ExecPlugin | undefined {
  if (user.exec === undefined || user.exec === null) return undefined;
  const exec = fieldsOf(user.exec, "exec");
  const list = (field: string): unknown[] => {
    const value = exec[field] ?? [];
    if (!Array.isArray(value)) throw new KubeconfigError(`exec.${field}`, "must be a list");
    return value;
  };
  const env = list("env").map((it) => fieldsOf(it, "exec.env"));
  return {
    command: textAt(exec, "command"),
    args: list("args").map(String),
    env: Object.fromEntries(env.map((it) => [textAt(it, "name"), String(it.value ?? "")])),
    apiVersion: optional(exec, "apiVersion") ?? "client.authentication.k8s.io/v1",
  };
}
