import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import type { KubeBackend } from "./backend.ts";
import { inTurn } from "./in_turn.ts";
import { KINDS } from "./objects_client.ts";

const AT = { ...KINDS.virtualmachines, namespace: "default" } as const;
const BODY = { metadata: { name: "m1" } } as const;

interface Scene {
  readonly clock: VirtualClock;
  readonly turns: KubeBackend;
  /** What the server did. */
  readonly log: readonly string[];
}

/** Somebody has given up a creation that the server takes its time with. */
async function afterGivingUp(ms: number, body: (scene: Scene) => Promise<void>): Promise<void> {
  using clock = new VirtualClock();
  const giveUp = new AbortController();
  const log: string[] = [];
  const call = async (
    method: string,
    _: unknown,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<unknown> => {
    log.push(`${method} begins`);
    queueMicrotask(() => giveUp.abort(new Error("given up")));
    if (method !== "get") await clock.sleep(ms, { signal });
    log.push(`${method} ends`);
    return BODY;
  };
  const turns = inTurn({ call } as unknown as KubeBackend, clock);
  const made = turns.call("create", { ...AT, body: BODY }, { signal: giveUp.signal });
  await assertRejects(() => made, Error, "given up");
  await body({ clock, turns, log });
}

Deno.test("who looks at an object whose creation was given up finds it made", async () => {
  await afterGivingUp(500, async ({ turns, log }) => {
    await turns.call("get", { ...AT, name: "m1" });
    assertEquals(log, ["create begins", "create ends", "get begins", "get ends"]);
  });
});

Deno.test("other objects do not wait for it", async () => {
  await afterGivingUp(500, async ({ turns, log }) => {
    await turns.call("get", { ...AT, name: "m2" });
    assertEquals(log, ["create begins", "get begins", "get ends"]);
  });
});

Deno.test("a server that does not answer what was given up is not waited for without end", async () => {
  await afterGivingUp(1_000_000, async ({ turns, log, clock }) => {
    await turns.call("get", { ...AT, name: "m1" });
    assertEquals(log, ["create begins", "get begins", "get ends"]);
    assertEquals(clock.now(), 10_000);
  });
});
