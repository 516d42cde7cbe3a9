/**
 * Cases about the secret of a request.
 *
 * @module
 */

import {
  disguisesOf,
  isDriverError,
  type MachineRequest,
  responseOf,
} from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import { ending, messageOf, methodsOf, withSecret } from "./seen.ts";

/** What is no value of a key. */
const NO_VALUES = ["", "ICAK", "%%%"];

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

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
    ...host.samples.secretKeys.flatMap((key) => {
      const { [key]: _, ...others } = data;
      return [others, ...NO_VALUES.map((value) => ({ ...data, [key]: value }))]
        .map((data) => [key, withSecret(request, data)] as const);
    }),
  ];
}

/** All that an error says, and all that caused it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const data = isDriverError(error) ? JSON.stringify(error) : "";
  const response = JSON.stringify(responseOf(error));
  return [data, response, error.message, error.stack, wordsOf(error.cause ?? "")].join("\n");
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
      unasked: "plugin.secret.missing",
    },
    async run(context) {
      const { plugin, settled, check, trace } = context;
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
      check.equal("unasked", "calls of the provider", trace().length - before, 0);
    },
  },
  {
    id: "plugin.secret.hidden",
    title: "No value of a secret is in an error, a state or a trace",
    why: "The original plugin dumps a kubeconfig that it cannot read, byte by byte",
    needs: ["host", "faults"],
    checks: {
      errors: "plugin.secret.hidden",
      trace: "plugin.secret.hidden",
      failed: "plugin.secret.hidden",
    },
    async run(context) {
      const { fresh, faults, settled, check, trace, plugin } = context;
      const request = await fresh.request();
      const { canary } = fresh;
      const data = request.secret?.data ?? {};
      const [texts, errors] = [
        [canary, `{"users": "${canary}"`, `- ${canary}: [`],
        [] as unknown[],
      ];
      for (const text of texts) {
        const spoilt = withSecret(request, { ...data, kubeconfig: base64(text) });
        for (const [, call] of methodsOf(context)) {
          errors.push(...(await settled([call(spoilt)])).map(({ error }) => error));
        }
      }
      for (const kind of ["error", "disconnect", "garbled-reply"] as const) {
        for (let call = 1; call <= 3; call++) {
          const fault = { kind, call, among: "changes" } as const;
          const { error } = await faults.during(fault, () => plugin.createMachine(request));
          errors.push(error);
          await settled([plugin.deleteMachine(request)]);
        }
      }
      const forms = disguisesOf(canary);
      const shows = (text: string): boolean => forms.some((form) => text.includes(form));
      const failed = errors.filter((error) => error !== undefined);
      const leaking = failed.filter((error) => shows(wordsOf(error)));
      const named = leaking.map((error) => isDriverError(error) ? error.code : "other");
      check.holds("failed", "errors", failed.length > texts.length, "some", failed.length);
      check.equal("errors", "errors with the secret", named, []);
      check.equal("trace", "lines of the trace with the secret", trace().filter(shows).length, 0);
    },
  },
];
