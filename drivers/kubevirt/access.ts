/**
 * Where an API server is and as whom it is spoken to: from a kubeconfig, or as a pod of the cluster.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import type { Access } from "./backend.ts";
import { type ExecPlugin, type Kubeconfig, KubeconfigError, type Material } from "./kubeconfig.ts";
import type { OwnAccess } from "./live.ts";

/** Where a pod finds the account that it was given. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/**
 * How long the answer of a program is used at most before it is asked again: credentials may be withdrawn
 * before they expire.
 */
const EXEC_VALID_MS = 60_000;

// Programs of others tell the end of credentials by it, and a replay runs none.
// deno-lint-ignore vmtck/clock-is-injected
const systemTimeOfDay = Date.now;

/** What {@linkcode accessOf} needs besides the kubeconfig. */
export interface AccessOptions {
  /** What relative paths of a kubeconfig start from. */
  readonly folder?: string;
  /** Takes the place of the context's namespace. */
  readonly namespace?: string;
  /** What tells when a program is asked again. */
  readonly clock: Clock;
  /** The time of day in milliseconds since 1970, which programs tell the end of credentials by. */
  readonly timeOfDay?: () => number;
}

/**
 * The way that a kubeconfig describes. Files and programs are those that it was allowed to name when it
 * was parsed; files are read again for each call, as tokens in files change.
 */
export function accessOf(
  config: Kubeconfig,
  { folder = ".", namespace, clock, timeOfDay = systemTimeOfDay }: AccessOptions,
): () => Promise<OwnAccess> {
  const { server, proxy, exec } = config;
  const text = (material: Material | undefined): Promise<string | undefined> =>
    contentOf(material, folder);
  let answer: { readonly access: Partial<Access>; readonly until: number } | undefined;
  return async () => {
    const [certificateAuthority, clientCertificate, clientKey, token] = await Promise.all(
      [config.ca, config.cert, config.key, config.token].map(text),
    );
    if (exec && (!answer || answer.until <= clock.now())) {
      const { access, expires = Infinity } = await run(exec, folder);
      const validMs = Math.min(EXEC_VALID_MS, Math.max(0, expires - timeOfDay()));
      answer = { access, until: clock.now() + validMs };
    }
    return {
      server,
      namespace: namespace ?? config.namespace,
      ...(certificateAuthority !== undefined && { certificateAuthority }),
      ...(clientCertificate !== undefined && { clientCertificate }),
      ...(clientKey !== undefined && { clientKey }),
      ...(token !== undefined && { token: token.trim() }),
      ...(proxy !== undefined && { proxy }),
      ...answer?.access,
    };
  };
}

/**
 * The way of a pod to its own cluster.
 *
 * @throws {BackendError} `unreachable` if this is no pod
 */
export function accessInCluster(
  { env, namespace, account = ACCOUNT }: {
    readonly env: (name: string) => string | undefined;
    readonly namespace?: string;
    /** The folder of the account. */
    readonly account?: string;
  },
): () => Promise<OwnAccess> {
  const host = env("KUBERNETES_SERVICE_HOST");
  const port = env("KUBERNETES_SERVICE_PORT") ?? "443";
  if (!host || !/^[0-9]{1,5}$/.test(port)) {
    const why = "This is no pod of a cluster: name a kubeconfig as the setting";
    throw new BackendError("unreachable", "no-kubeconfig", `${why} "kubeconfig"`);
  }
  const read = (file: string): Promise<string> => readText(`${account}/${file}`);
  return async () => ({
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: namespace ?? (await read("namespace")).trim(),
    certificateAuthority: await read("ca.crt"),
    token: (await read("token")).trim(),
  });
}

async function contentOf(
  material: Material | undefined,
  folder: string,
): Promise<string | undefined> {
  if (material === undefined || "text" in material) return material?.text;
  return await readText(beside(folder, material.file));
}

/** A path of a kubeconfig: relative ones begin where that is. */
function beside(folder: string, path: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(path) ? path : `${folder}/${path}`;
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is none" : "it cannot be read";
    const message = `Cannot use the file ${JSON.stringify(path)}: ${why}`;
    throw new BackendError("unreachable", "no-credentials", message);
  }
}

/** What a program answers. */
interface Credentials {
  /** As whom. */
  readonly access: Partial<Access>;
  /** The time of day at which they expire, if it says so. */
  readonly expires?: number;
}

/** Runs the program that a kubeconfig names, and takes the credentials that it answers. */
async function run(
  { command, args, env, apiVersion }: ExecPlugin,
  folder: string,
): Promise<Credentials> {
  // A bare name is looked for in the PATH.
  const program = /[/\\]/.test(command) ? beside(folder, command) : command;
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args: [...args],
      env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
  } catch {
    throw failed("it cannot be started");
  }
  if (!output.success) throw failed(`it ended with exit code ${output.code}`);
  return credentialsIn(new TextDecoder().decode(output.stdout));
}

function credentialsIn(text: string): Credentials {
  let status: Record<string, unknown>;
  try {
    ({ status } = JSON.parse(text));
  } catch {
    throw failed("its answer is no JSON");
  }
  const field = (name: string): string | undefined => {
    const value = status?.[name];
    return typeof value === "string" ? value : undefined;
  };
  const [token, clientCertificate, clientKey] = ["token", "clientCertificateData", "clientKeyData"]
    .map(field);
  if (token === undefined && (clientCertificate === undefined || clientKey === undefined)) {
    throw failed("its answer has no credentials");
  }
  const expires = Date.parse(field("expirationTimestamp") ?? "");
  return {
    access: {
      ...(token !== undefined && { token }),
      ...(clientCertificate !== undefined && { clientCertificate, clientKey }),
    },
    ...(!Number.isNaN(expires) && { expires }),
  };
}

function failed(why: string): KubeconfigError {
  return new KubeconfigError("exec", `names a program that did not answer credentials: ${why}`);
}
