/**
 * Cases about errors.
 *
 * @module
 */

import {
  ERROR_CODES,
  type ErrorCode,
  isDriverError,
  type MachineRequest,
  type PluginTrouble,
  responseOf,
} from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";
import {
  byName,
  ending,
  messageOf,
  methodNames,
  methodsOf,
  subjectOf,
  withSecret,
} from "./seen.ts";

/** How the methods end while something is wrong, for a machine that is there and for one to come. */
async function endingsIn(
  context: PluginContext,
  trouble: PluginTrouble,
  names: readonly string[],
): Promise<{ endings: Record<string, string>; errors: unknown[]; request: MachineRequest }> {
  const { fresh, host, settled } = context;
  const { request: there } = await fresh.machine();
  const request = await fresh.request();
  const endings: Record<string, string> = {};
  const errors: unknown[] = [];
  await host.trouble(trouble);
  for (const [name, call] of methodsOf(context).filter(([name]) => names.includes(name))) {
    const [it = {}] = await settled([call(name === "create" ? request : there)]);
    endings[name] = ending(it);
    if (it.error !== undefined) errors.push(it.error);
  }
  await host.trouble(undefined);
  return { endings, errors, request };
}

/** The methods whose changes a provider checks before it makes them. */
const CHANGING: readonly string[] = ["create", "shut down"];

/** The methods that need to know what a machine is made from. */
const MAKING: readonly string[] = ["create", "initialize"];

/** All of those methods end so. */
const all = (code: ErrorCode, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, code]));

/** What a line of the trace is about, without when and how it ended. */
function callIn(line: string): string {
  const { method, lane } = JSON.parse(line);
  return `${method} ${lane}`;
}

/** A state in JSON whose texts go on; a quotation mark that ends a key stands before a colon. */
const longer = (state: string): string => state.replace(/"(?=[,\]}])/g, '/x"');

/** The cases. */
export const PLUGIN_ERROR_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.error.unauthenticated",
    title: "Credentials that are not good are unauthenticated",
    why: "An internal error hides that somebody has to renew the credentials",
    needs: ["host"],
    checks: {
      endings: "plugin.error.unauthenticated",
      once: "plugin.error.unauthenticated",
      used: "plugin.secret.used",
      later: "plugin.secret.used",
    },
    async run(context) {
      const { plugin, fresh, host, settled, check, trace } = context;
      const { request } = await fresh.machine();
      const revoked = { ...request, secret: host.samples.revoked(await fresh.secret()) };
      const endings: Record<string, string> = {};
      const repeated: string[] = [];
      for (const [name, call] of methodsOf(context)) {
        const before = trace().length;
        const [it = {}] = await settled([call(revoked)]);
        endings[name] = ending(it);
        const calls = trace().slice(before).map(callIn);
        if (new Set(calls).size < calls.length) repeated.push(`${name}: ${calls.join(", ")}`);
      }
      const names = methodNames(context);
      check.equal("once", "methods that made a call again", repeated, []);
      check.equal("endings", "endings", endings, all("unauthenticated", names));
      const used = names.filter((name) => endings[name] === "ok");
      check.equal("used", "methods with other credentials", used, []);
      await check.succeeds("later", "status", () => plugin.getMachineStatus(request));
    },
  },
  {
    id: "plugin.error.permission",
    title: "Credentials without the right are permission-denied",
    why: "A missing right is told as a machine that is missing, or as internal",
    needs: ["host", "host.trouble"],
    checks: { endings: "plugin.error.permission" },
    async run(context) {
      const names = methodNames(context);
      const { endings } = await endingsIn(context, "permission-denied", names);
      context.check.equal("endings", "endings", endings, all("permission-denied", names));
    },
  },
  {
    id: "plugin.error.quota",
    title: "No room for a machine is resource-exhausted, with the reason",
    why: "The autoscaler tries the same pool for ever, as it knows this code alone",
    needs: ["host", "host.trouble"],
    checks: {
      endings: "plugin.error.quota",
      reason: "plugin.error.quota",
      left: "plugin.create.rollback",
    },
    async run(context) {
      const { plugin, host, settled, check } = context;
      const { endings, errors, request } = await endingsIn(context, "quota", ["create"]);
      check.equal("endings", "endings", endings, { create: "resource-exhausted" });
      const message = messageOf(errors[0]);
      await settled([plugin.deleteMachine(byName(request))]);
      const isReason = /quota|capacity|limit/i.test(message);
      check.holds("reason", "message", isReason, "the provider's reason", message);
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      const left = (await host.inventory()).filter((entry) => entry.includes(qualified));
      check.equal("left", "what was made", left, []);
    },
  },
  {
    id: "plugin.error.throttled",
    title: "Too many calls are unavailable",
    why: "Told as resource-exhausted, they make the autoscaler give a healthy pool up",
    needs: ["host", "host.trouble"],
    checks: { endings: "plugin.error.throttled", retryable: "plugin.error.throttled" },
    async run(context) {
      const names = methodNames(context);
      const { endings, errors } = await endingsIn(context, "throttled", names);
      context.check.equal("endings", "endings", endings, all("unavailable", names));
      const retryable = errors.map((error) => isDriverError(error) && error.retryable);
      context.check.equal("retryable", "retryable", retryable, names.map(() => true));
    },
  },
  {
    id: "plugin.error.unavailable",
    title: "A provider that cannot check a request is unavailable",
    why: "A webhook that restarts fails machines for good",
    needs: ["host", "host.trouble"],
    checks: { endings: "plugin.error.unavailable", later: "plugin.error.retry" },
    async run(context) {
      const { plugin, fresh, check } = context;
      const names = methodNames(context).filter((name) => CHANGING.includes(name));
      const { endings } = await endingsIn(context, "unavailable", names);
      check.equal("endings", "endings", endings, all("unavailable", names));
      const request = await fresh.request();
      await check.succeeds("later", "create", () => plugin.createMachine(request));
    },
  },
  {
    id: "plugin.error.not-installed",
    title: "A provider that knows no machines is not a machine that is missing",
    why: "Not-found makes the controller make the machine twice, or forget one that is there",
    needs: ["host", "host.trouble"],
    checks: { told: "plugin.error.not-installed" },
    async run(context) {
      const names = methodNames(context);
      const { endings } = await endingsIn(context, "not-installed", names);
      const wrong = Object.entries(endings).filter(([, it]) => it === "ok" || it === "not-found");
      context.check.equal("told", "endings as if it knew", wrong, []);
    },
  },
  {
    id: "plugin.error.shape",
    title: "Every refusal is an error of the contract, about what was asked for",
    why: "The controller reads unknown from any other, and tries again every few seconds",
    needs: ["host"],
    checks: { coded: "plugin.error.shape", subjects: "plugin.error.shape" },
    async run(context) {
      const { plugin, fresh, host, settled, check } = context;
      const request = await fresh.request();
      const mistakes = host.samples.mistakes(request.machineClass)
        .map(({ machineClass }) => ({ ...request, machineClass }));
      const requests = [
        request,
        ...mistakes,
        { ...request, machine: { name: "m][[0]" } },
        withSecret(request, undefined),
      ];
      const strange: string[] = [];
      const elsewhere: string[] = [];
      for (const asked of requests) {
        // The others do not ask what the machines of a class are made from.
        const isMistake = mistakes.includes(asked);
        const methods = methodsOf(context).filter(([name]) => !isMistake || MAKING.includes(name));
        for (const [name, call] of methods) {
          const [it = {}] = await settled([call(asked)]);
          const { error } = it;
          if (error === undefined) continue;
          const isCoded = isDriverError(error) && ERROR_CODES.includes(error.code);
          if (!isCoded || error.operation === "") strange.push(`${name}: ${error}`);
          else if (![subjectOf(asked), `plugin:${plugin.name}`].includes(error.subject)) {
            elsewhere.push(`${name}: ${error.subject}`);
          }
        }
      }
      check.equal("coded", "errors that are none of the contract", strange, []);
      check.equal("subjects", "errors about something else", elsewhere, []);
    },
  },
  {
    id: "plugin.error.stable",
    title: "The same failure has the same message each time",
    why: "A request id in front makes each status of the controller a new one",
    needs: ["host"],
    checks: { messages: "plugin.error.stable" },
    async run(context) {
      const { fresh, host, settled, check } = context;
      const request = await fresh.request();
      const revoked = { ...request, secret: host.samples.revoked(await fresh.secret()) };
      const changing: string[] = [];
      for (const asked of [request, revoked]) {
        for (const [name, call] of methodsOf(context)) {
          if (asked === request && name === "create") continue;
          const results = [...await settled([call(asked)]), ...await settled([call(asked)])];
          const [first, second] = results.map(({ error }) => messageOf(error));
          if (first !== second) changing.push(`${name}: ${first} | ${second}`);
        }
      }
      check.equal("messages", "messages that change", changing, []);
    },
  },
  {
    id: "plugin.error.state",
    title: "A last known state that makes no sense does no harm",
    why: "A state of an older version is parsed without care, and nothing works any more",
    needs: ["host"],
    checks: { harmless: "plugin.error.state", clean: "plugin.error.state" },
    async run({ plugin, fresh, host, settled, check }) {
      const before = await host.inventory();
      const endings: string[] = [];
      const states = ["", "{", "null", "[]", '{"uid":7,"disks":"all"}', "Created m1", "\0"];
      for (const lastKnownState of states) {
        const { request } = await fresh.machine();
        const machine = { ...request.machine, status: { lastKnownState } };
        const asked = { ...request, machine };
        const results = [
          ...await settled([plugin.createMachine(asked)]),
          ...await settled([plugin.getMachineStatus(asked)]),
          ...await settled([plugin.deleteMachine(asked)]),
        ];
        endings.push(...results.map(ending));
      }
      check.equal("harmless", "endings", [...new Set(endings)], ["ok"]);
      check.equal("clean", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "plugin.error.state-altered",
    title: "A state of the plugin's own that names other things does no harm",
    why:
      "What a state names is looked for as it is, and a deletion waits for another machine's disk",
    needs: ["host", "faults"],
    checks: { harmless: "plugin.error.state", clean: "plugin.error.state" },
    async run({ plugin, fresh, faults, host, settled, check }) {
      const before = await host.inventory();
      const { request: other } = await fresh.machine();
      const fault = { kind: "error", call: 1, among: "changes" } as const;
      const { error } = await faults.during(fault, () => plugin.deleteMachine(other));
      const { lastKnownState = "{}" } = responseOf(error);
      const endings: string[] = [];
      for (const altered of [lastKnownState, longer(lastKnownState)]) {
        const { request } = await fresh.machine();
        const machine = { name: request.machine.name, status: { lastKnownState: altered } };
        const results = await settled([plugin.deleteMachine({ ...request, machine })]);
        endings.push(...results.map(ending));
      }
      check.equal("harmless", "endings", endings, ["ok", "ok"]);
      await plugin.deleteMachine(other);
      check.equal("clean", "inventory", await host.inventory(), before);
    },
  },
];
