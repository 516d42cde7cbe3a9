import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "./clock.ts";
import type { Clock } from "../contract/mod.ts";
import { Abandoned } from "./abandoned.ts";

/** A call that ends when it is told to. */
function call(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    end: resolve,
    make: async (): Promise<string> => {
      log.push(`${name} begins`);
      begun.resolve();
      await promise;
      log.push(`${name} ends`);
      return name;
    },
  };
}

/** Until all that waits for nothing else has gone on. */
const allThatCan = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Time that stands still. */
const STILL: Pick<Clock, "sleep"> = {
  sleep: (_, { signal } = {}) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
};

Deno.test("an abort settles a call at once, and the next one waits for what it does", async () => {
  const abandoned = new Abandoned(STILL);
  const log: string[] = [];
  const abort = new AbortController();
  const define = call(log, "define");
  const first = abandoned.run("a", abort.signal, define.make);
  await define.begun;
  abort.abort(new Error("given up"));
  await assertRejects(() => first, Error, "given up");
  const undefine = call(log, "undefine");
  const second = abandoned.run("a", undefined, undefine.make);
  const other = call(log, "other");
  other.end();
  assertEquals(await abandoned.run("b", undefined, other.make), "other");
  define.end();
  undefine.end();
  assertEquals(await second, "undefine");
  assertEquals(log, [
    "define begins",
    "other begins",
    "other ends",
    "define ends",
    "undefine begins",
    "undefine ends",
  ]);
});

Deno.test("a call without a signal may be given up unheard, so the next one waits for it", async () => {
  const abandoned = new Abandoned(STILL);
  const log: string[] = [];
  const create = call(log, "create");
  const first = abandoned.run("a", undefined, create.make);
  await create.begun;
  const remove = call(log, "remove");
  const second = abandoned.run("a", new AbortController().signal, remove.make);
  remove.end();
  const other = call(log, "other");
  other.end();
  await abandoned.run("b", undefined, other.make);
  create.end();
  assertEquals(await Promise.all([first, second]), ["create", "remove"]);
  assertEquals(log.filter((it) => !it.startsWith("other")), [
    "create begins",
    "create ends",
    "remove begins",
    "remove ends",
  ]);
});

Deno.test("of several calls that were given up, the next one waits for all", async () => {
  const abandoned = new Abandoned(STILL);
  const log: string[] = [];
  const abort = new AbortController();
  const [slow, quick, next] = [call(log, "slow"), call(log, "quick"), call(log, "next")];
  const both = [slow, quick].map((it) => abandoned.run("a", abort.signal, it.make));
  await Promise.all([slow.begun, quick.begun]);
  abort.abort(new Error("given up"));
  await Promise.allSettled(both);
  const last = abandoned.run("a", undefined, next.make);
  next.end();
  quick.end();
  await allThatCan();
  slow.end();
  await last;
  assertEquals(log.slice(2), ["quick ends", "slow ends", "next begins", "next ends"]);
});

Deno.test("a call that hangs is not waited for without end", async () => {
  using clock = new VirtualClock();
  const abandoned = new Abandoned(clock);
  const log: string[] = [];
  const abort = new AbortController();
  const hung = call(log, "hung");
  const hanging = abandoned.run("a", abort.signal, hung.make);
  await hung.begun;
  abort.abort(new Error("given up"));
  await assertRejects(() => hanging, Error, "given up");
  const next = call(log, "next");
  next.end();
  assertEquals(await abandoned.run("a", undefined, next.make), "next");
});

Deno.test("calls that nobody gave up do not wait for each other", async () => {
  using clock = new VirtualClock();
  const abandoned = new Abandoned(clock);
  const log: string[] = [];
  const [slow, quick] = [call(log, "slow"), call(log, "quick")];
  const { signal } = new AbortController();
  const first = abandoned.run("a", signal, slow.make);
  quick.end();
  assertEquals(await abandoned.run("a", signal, quick.make), "quick");
  slow.end();
  assertEquals(await first, "slow");
});
