/**
 * A bad connection to a good cluster: each request of each operation goes wrong in each way, once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { simulatedBackend } from "../../fixtures/simulators/kubevirt/behind_client.ts";
import { BackendError } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { type Driver, isDriverError, type Machine } from "../contract/mod.ts";
import { createDriver } from "./driver.ts";
import type { HttpResponse, Transport } from "./http.ts";
import { KubeObjects } from "./objects_client.ts";

const SPEC = { cluster: "c1", name: "m1", image: "1.0.0" } as const;
const CONTENT = "VMTCK GUEST";

type Fault = (send: () => Promise<HttpResponse>) => Promise<HttpResponse>;

function answer(status: number, body: string, headers: Record<string, string> = {}): HttpResponse {
  async function* once(): AsyncGenerator<string> {
    yield body;
  }
  return { status, header: (name) => headers[name], body: once() };
}

function status(code: number, reason: string): string {
  return JSON.stringify({ kind: "Status", metadata: {}, code, reason, message: reason });
}

const lost = (): BackendError => new BackendError("disconnected", "", "The connection is gone");

const FAULTS: Readonly<Record<string, Fault>> = {
  "no way to the server": () => Promise.reject(new BackendError("unreachable", "", "No route")),
  "a reset before the server acted": () => Promise.reject(lost()),
  "a reset after the server acted": async (send) => {
    await send();
    throw lost();
  },
  "half an answer": async (send) => {
    const { status, header, body } = await send();
    const text = (await Array.fromAsync(body)).join("");
    return { ...answer(status, text.slice(0, text.length / 2)), header };
  },
  "429 with a pause": () =>
    Promise.resolve(answer(429, status(429, "TooManyRequests"), { "retry-after": "2" })),
  "503": () => Promise.resolve(answer(503, status(503, "ServiceUnavailable"))),
  "504 after the server acted": async (send) => {
    await send();
    return answer(504, status(504, "Timeout"));
  },
  "409 of a lock": () => Promise.resolve(answer(409, status(409, "Conflict"))),
  "409 of a name": () => Promise.resolve(answer(409, status(409, "AlreadyExists"))),
  "409 of a state": () =>
    Promise.resolve(answer(
      409,
      JSON.stringify({
        ...{ kind: "Status", code: 409, reason: "Conflict", message: "VM is already running" },
        details: { kind: "virtualmachine", name: "me.c1.m1" },
      }),
    )),
  "500 in plain text": () => Promise.resolve(answer(500, "upstream failed")),
};

interface Scene {
  readonly driver: Driver;
  readonly kube: KubeObjects;
  /** Lets one request go wrong, counted from now on; answers whether it came to that. */
  during(
    fault: Fault,
    nth: number,
    work: () => Promise<unknown>,
  ): Promise<{ met: boolean; error?: unknown }>;
}

async function inScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  using clock = new VirtualClock();
  const files = memoryFiles();
  let plan: { fault: Fault; left: number } | undefined;
  const between = (transport: Transport): Transport => async (request, options) => {
    const send = (): Promise<HttpResponse> => transport(request, options);
    return plan && --plan.left === 0 ? await plan.fault(send) : await send();
  };
  await using backend = simulatedBackend({ clock, files, between });
  const sha256 = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(CONTENT)),
  ).toHex();
  const image = { version: SPEC.image, sha256, url: "http://127.0.0.1:9/i", deprecated: false };
  for (
    const [path, text] of [["/image", CONTENT], ["/config/images.json", JSON.stringify([image])]]
  ) {
    await using file = await files.create(path ?? "");
    await file.write(new TextEncoder().encode(text));
    await file.close();
  }
  await using driver = createDriver({
    ...{ backend, clock, files, owner: "me", settings: { patience: "60" } },
    ...{ cacheDir: "/cache", configDir: "/config", imagesUrl: "http://127.0.0.1:9/" },
  });
  await (await driver.images.get(SPEC.image)).fromFile("/image");
  await body({
    driver,
    kube: new KubeObjects({ backend, clock, namespace: "default" }),
    async during(fault, nth, work) {
      plan = { fault, left: nth };
      try {
        await work();
        return { met: plan.left <= 0 };
      } catch (error) {
        return { met: plan.left <= 0, error };
      } finally {
        plan = undefined;
      }
    },
  });
}

/** More requests than any operation makes. */
const MOST = 60;

async function left(kube: KubeObjects): Promise<string[]> {
  const kinds = [
    "virtualmachines",
    "virtualmachineinstances",
    "datavolumes",
    "persistentvolumeclaims",
  ] as const;
  const lists = await Promise.all(kinds.map((kind) => kube.list(kind, {})));
  return lists.flatMap(({ items }) => items.map((it) => `${it.kind}:${it.metadata.name}`));
}

/** What goes wrong with an error: it has to be one of the contract's. */
const strange = (error: unknown): string[] =>
  error === undefined || isDriverError(error) ? [] : [String(error)];

async function start(machine: Machine): Promise<void> {
  await machine.start();
}

for (const [what, fault] of Object.entries(FAULTS)) {
  Deno.test(`${what}: a machine is made whole or not at all`, () =>
    inScene(async ({ driver, kube, during }) => {
      for (let nth = 1, met = true; met && nth < MOST; nth++) {
        const outcome = await during(fault, nth, () => driver.machines.create(SPEC));
        met = outcome.met;
        assertEquals(strange(outcome.error), []);
        if (outcome.error === undefined) await driver.machines.delete(SPEC);
        assertEquals(await left(kube), [], `after request ${nth}`);
      }
    }));

  Deno.test(`${what}: a machine that was to be started can be started`, () =>
    inScene(async ({ driver, during }) => {
      const machine = await driver.machines.create(SPEC);
      for (let nth = 1, met = true; met && nth < MOST; nth++) {
        const outcome = await during(fault, nth, () => start(machine));
        met = outcome.met;
        assertEquals(strange(outcome.error), []);
        await machine.start();
        await machine.wait("running", { timeoutMs: 60_000 });
        assertEquals((await machine.status()).state, "running", `after request ${nth}`);
        await machine.forceStop();
      }
    }));

  Deno.test(`${what}: a deletion is finished by the next one`, () =>
    inScene(async ({ driver, kube, during }) => {
      for (let nth = 1, met = true; met && nth < MOST; nth++) {
        await start(await driver.machines.create(SPEC));
        const remove = () => driver.machines.delete(SPEC, { force: true });
        const outcome = await during(fault, nth, remove);
        met = outcome.met;
        assertEquals(strange(outcome.error), []);
        if (outcome.error !== undefined) await remove().catch(() => {});
        assertEquals(await left(kube), [], `after request ${nth}`);
      }
    }));
}
