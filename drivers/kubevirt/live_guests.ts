/**
 * What a real cluster does beside its API server: uploads to CDI's proxy, and programs in guests.
 *
 * @module
 */

import { type BackendCallOptions, BackendError } from "../backend/backend.ts";
import { type SshOptions, sshRun, sshShell } from "../backend/ssh.ts";
import type { KubeBackend, KubeMethods, KubeObject } from "./backend.ts";
import { isDistrust } from "./http_fetch.ts";
import { codeOf } from "./status.ts";

/** What {@linkcode withGuests} needs. */
export interface GuestOptions {
  /** Who logs in to guests. */
  readonly ssh: SshOptions;
  /** Where CDI takes uploads; as CDI says if empty. */
  readonly uploadProxy: string;
  /** A file with the authority of that proxy's certificate; none if empty. */
  readonly uploadAuthority: string;
}

/** The backend, with the methods that are about guests and their disks. */
export function withGuests(backend: KubeBackend, options: GuestOptions): KubeBackend {
  return {
    ...backend,
    call: async <K extends keyof KubeMethods & string>(
      method: K,
      params: KubeMethods[K]["params"],
      callOptions: BackendCallOptions = {},
    ): Promise<KubeMethods[K]["result"]> => {
      const own: Own<K> | undefined = ownMethods(backend, options)[method];
      return own ? await own(params, callOptions) : await backend.call(method, params, callOptions);
    },
  };
}

type Own<K extends keyof KubeMethods> = (
  params: KubeMethods[K]["params"],
  options: BackendCallOptions,
) => Promise<KubeMethods[K]["result"]>;

function ownMethods(
  backend: KubeBackend,
  options: GuestOptions,
): { readonly [K in keyof KubeMethods]?: Own<K> } {
  const { ssh } = options;
  return {
    "ssh.run": ({ address, argv }, { signal }) => sshRun(address, argv, ssh, signal),
    "ssh.shell": async ({ address }) => ({ exitCode: await sshShell(address, ssh) }),
    upload: (params, callOptions) => upload(backend, options, params, callOptions),
  };
}

const CDI = { group: "cdi.kubevirt.io", version: "v1beta1" } as const;
const UPLOADS = { group: "upload.cdi.kubevirt.io", version: "v1beta1" } as const;

function textAt(object: KubeObject, field: string): string {
  const { status } = object;
  const value: unknown = typeof status === "object" && status !== null
    ? Object.entries(status).find(([key]) => key === field)?.[1]
    : undefined;
  return typeof value === "string" ? value : "";
}

/** Where CDI takes uploads. @throws {BackendError} if nobody knows */
async function proxyOf(
  backend: KubeBackend,
  given: string,
  options: BackendCallOptions,
): Promise<string> {
  if (given !== "") return given;
  const config = await backend
    .call("get", { ...CDI, resource: "cdiconfigs", name: "config" }, options);
  const told = textAt(config, "uploadProxyURL");
  if (told !== "") return told.includes("://") ? told : `https://${told}`;
  const why = 'CDI tells no address of its upload proxy: name it as the setting "upload-proxy"';
  throw new BackendError("unreachable", "no-upload-proxy", why);
}

async function upload(
  backend: KubeBackend,
  { uploadProxy, uploadAuthority }: GuestOptions,
  { namespace, name, path }: KubeMethods["upload"]["params"],
  options: BackendCallOptions,
): Promise<null> {
  const proxy = await proxyOf(backend, uploadProxy, options);
  const authority = await authorityIn(uploadAuthority);
  const asked = await backend.call("create", {
    ...{ ...UPLOADS, resource: "uploadtokenrequests", namespace },
    body: {
      apiVersion: `${UPLOADS.group}/${UPLOADS.version}`,
      kind: "UploadTokenRequest",
      metadata: { name },
      spec: { pvcName: name },
    },
  }, options);
  const { certificateAuthority } = await backend.call("access", {}, options);
  using client = Deno.createHttpClient({
    http2: false,
    poolMaxIdlePerHost: 0,
    caCerts: [certificateAuthority, authority].filter((it) => it !== undefined),
  });
  using file = await Deno.open(path);
  const response = await send(`${proxy}/v1beta1/upload`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${textAt(asked, "token")}`,
      "content-type": "application/octet-stream",
    },
    body: file.readable,
    redirect: "manual",
    signal: options.signal,
    client,
  });
  await response.body?.cancel();
  if (response.ok) return null;
  const code = codeOf({ status: response.status, reason: "", causes: [] });
  throw new BackendError("refused", code, `CDI's upload proxy answered ${response.status}`);
}

async function authorityIn(path: string): Promise<string | undefined> {
  if (path === "") return undefined;
  const pem = await Deno.readTextFile(path).catch(() => "");
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  const why = `There is no certificate in ${JSON.stringify(path)}: name the file of the upload ` +
    'proxy\'s authority as the setting "upload-ca"';
  throw new BackendError("unreachable", "no-upload-ca", why);
}

/** What goes wrong quotes the address, and so is not kept. */
async function send(
  address: string,
  init: RequestInit & { readonly client: Deno.HttpClient },
): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    if (isDistrust(error)) {
      const why = "The certificate of CDI's upload proxy was not accepted: name the file of its " +
        'authority as the setting "upload-ca"';
      throw new BackendError("unreachable", "tls", why);
    }
    const why = "The upload to CDI's proxy did not come to its end";
    throw new BackendError("disconnected", "", why);
  }
}
