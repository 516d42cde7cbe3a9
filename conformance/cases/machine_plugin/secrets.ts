/**
 * Cases about the secret of a request.
 *
 * @module
 */

import {
  disguisesOf,
  isDriverError,
  type MachineRequest,
  type PersistentVolumeSpec,
  responseOf,
} from "../../../drivers/contract/mod.ts";
import type { Case, Settled } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import { ending, messageOf, methodNames, methodsOf, withSecret } from "./seen.ts";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

/** What is no value of a key. */
const NO_VALUES = ["", base64(" \n"), "%%%"];
/** What makes no credentials. */
const NO_CREDENTIALS = [base64("no credentials: ["), base64("{}"), base64("7")];

/** Requests whose secret lacks something, with the key that it is about. */
async function incomplete(
  { fresh, host }: PluginContext,
): Promise<readonly (readonly [key: string, request: MachineRequest])[]> {
  const request = await fresh.request();
  const data = request.secret?.data ?? {};
  const [first = ""] = host.samples.secretKeys;
  return [
    [first, withSecret(request, undefined)],
    [first, withSecret(request, {})],
    ...NO_CREDENTIALS.map((text) =>
      [first, withSecret(request, { ...data, [first]: text })] as const
    ),
    ...host.samples.secretKeys.flatMap((key) => {
      const { [key]: _, ...others } = data;
      return [others, ...NO_VALUES.map((value) => ({ ...data, [key]: value }))]
        .map((data) => [key, withSecret(request, data)] as const);
    }),
  ];
}

/** All that an error says, and all that caused it; and all that an answer says. */
function wordsOf({ value, error }: Settled<unknown>): string {
  if (!(error instanceof Error)) return [JSON.stringify(value) ?? "", String(error)].join("\n");
  const data = isDriverError(error) ? JSON.stringify(error) : "";
  const response = JSON.stringify(responseOf(error));
  const cause = wordsOf({ error: error.cause ?? "" });
  return [data, response, error.message, error.stack, cause].join("\n");
}

/** Requests that have the canary where something else should be. */
function spoilt({ fresh: { canary } }: PluginContext, request: MachineRequest): MachineRequest[] {
  const data = request.secret?.data ?? {};
  const texts = [canary, `{"users": "${canary}"`, `- ${canary}: [`];
  return [
    ...texts.map((text) => ({ ...data, kubeconfig: base64(text) })),
    // Not in base64, as it has to be.
    { ...data, kubeconfig: canary },
    { ...data, userData: canary },
    { ...data, [canary]: "%%%" },
  ].map((data) => withSecret(request, data));
}

/** Volumes that make no sense, with passwords in them. */
function volumesWith(password: string): PersistentVolumeSpec[] {
  return [
    { flexVolume: { driver: 7, options: { password } } },
    { csi: { driver: null, volumeHandle: {}, volumeAttributes: { password } } },
  ];
}

/** What the methods answer and refuse with, while each of their first changes fails in its turn. */
async function underFaults(
  context: PluginContext,
  request: MachineRequest,
): Promise<Settled<unknown>[]> {
  const { plugin, faults, settled } = context;
  const seen: Settled<unknown>[] = [];
  for (const [name, call] of methodsOf(context)) {
    for (const kind of ["error", "disconnect", "garbled-reply"] as const) {
      for (let nth = 1; nth <= 3; nth++) {
        if (name !== "create") await settled([plugin.createMachine(request)]);
        let value: unknown;
        const { error, met } = await faults.during(
          { kind, call: nth, among: "changes" },
          async () => value = await call(request),
        );
        seen.push({ value, error });
        if (name === "create") await settled([plugin.deleteMachine(request)]);
        if (met === 0) break;
      }
    }
  }
  return seen;
}

/** The cases. */
export const PLUGIN_SECRET_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.secret.missing",
    title: "A secret that lacks something is refused by its key, and nobody is asked",
    why: "The missing user data is noticed when the machine is there",
    needs: ["host"],
    checks: {
      codes: "plugin.secret.missing",
      named: "plugin.secret.missing",
      methods: "plugin.secret.missing",
      unasked: "plugin.secret.missing",
    },
    async run(context) {
      const { plugin, fresh, settled, check, trace } = context;
      const requests = await incomplete(context);
      const before = trace().length;
      const codes = new Set<string>();
      const unnamed: string[] = [];
      for (const [key, request] of requests) {
        const [it = {}] = await settled([plugin.createMachine(request)]);
        codes.add(ending(it));
        if (!messageOf(it.error).includes(key)) unnamed.push(messageOf(it.error));
      }
      check.equal("codes", "endings", [...codes], ["invalid-argument"]);
      check.equal("named", "messages without the key", unnamed, []);
      const request = await fresh.request();
      const others: Record<string, string> = {};
      for (const [name, call] of methodsOf(context)) {
        const [it = {}] = await settled([call(withSecret(request, undefined))]);
        others[name] = ending(it);
      }
      const refused = methodNames(context).map((name) => [name, "invalid-argument"]);
      check.equal("methods", "endings without a secret", others, Object.fromEntries(refused));
      check.equal("unasked", "calls of the provider", trace().length - before, 0);
    },
  },
  {
    id: "plugin.secret.local",
    title: "Credentials that name a program or a file are refused, and nobody is asked",
    why:
      "Who may write the secret runs what he likes where the plugin runs, or reads what is there",
    needs: ["host"],
    checks: {
      codes: "plugin.secret.local",
      named: "plugin.secret.local",
      unasked: "plugin.secret.local",
    },
    async run(context) {
      const { fresh, host, settled, check, trace } = context;
      const request = await fresh.request();
      const untrusted = host.samples.untrusted(await fresh.secret());
      const before = trace().length;
      const codes: string[] = [];
      const unnamed: string[] = [];
      for (const { field, secret } of untrusted) {
        for (const [name, call] of methodsOf(context)) {
          const [it = {}] = await settled([call({ ...request, secret })]);
          const at = `${name} with ${field}`;
          if (ending(it) !== "invalid-argument") codes.push(`${at}: ${ending(it)}`);
          if (!messageOf(it.error).includes(field)) unnamed.push(`${at}: ${messageOf(it.error)}`);
        }
      }
      check.equal("codes", "endings other than invalid-argument", codes, []);
      check.equal("named", "messages without the field", unnamed, []);
      check.equal("unasked", "calls of the provider", trace().length - before, 0);
    },
  },
  {
    id: "plugin.secret.hidden",
    title: "No value of a secret is in an answer, an error, a state or a trace",
    why: "The original plugin dumps a kubeconfig that it cannot read, byte by byte",
    needs: ["host", "faults"],
    checks: {
      errors: "plugin.secret.hidden",
      trace: "plugin.secret.hidden",
      failed: "plugin.secret.hidden",
    },
    async run(context) {
      const { plugin, fresh, settled, check, trace } = context;
      const request = await fresh.request();
      const seen: Settled<unknown>[] = [];
      const pvSpecs = volumesWith(fresh.canary);
      seen.push(...await settled([Promise.resolve(plugin.getVolumeIDs?.({ pvSpecs }))]));
      for (const asked of spoilt(context, request)) {
        for (const [, call] of methodsOf(context)) seen.push(...await settled([call(asked)]));
      }
      seen.push(...await underFaults(context, request));
      const forms = disguisesOf(fresh.canary);
      const shows = (text: string): boolean => forms.some((form) => text.includes(form));
      const failed = seen.filter(({ error }) => error !== undefined);
      const leaking = seen.filter((it) => shows(wordsOf(it))).map(ending);
      check.holds("failed", "errors", failed.length > 0, "some", failed.length);
      check.equal("errors", "endings with the secret", leaking, []);
      check.equal("trace", "lines of the trace with the secret", trace().filter(shows).length, 0);
    },
  },
];
