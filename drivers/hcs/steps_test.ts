import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { type Step, Steps } from "./steps.ts";

/** Steps that write down what is done, and fail as they are told. */
function scene(): { log: string[]; failing: Map<string, Error>; step(what: string): Step } {
  const log: string[] = [];
  const failing = new Map<string, Error>();
  const act = (what: string): Promise<void> => {
    const error = failing.get(what);
    if (error) return Promise.reject(error);
    log.push(what);
    return Promise.resolve();
  };
  const step = (what: string): Step => ({
    what,
    forth: () => act(`+${what}`),
    back: (isSure) => act(isSure ? `-${what}` : `?${what}`),
  });
  return { log, failing, step };
}

const refused = new BackendError("refused", "0x80004005", "no");
const lost = new BackendError("disconnected", "", "lost");

Deno.test("a refused step did nothing, a lost one may have", async () => {
  for (const [error, expected] of [[refused, ["+a", "-a"]], [lost, ["+a", "?b", "-a"]]] as const) {
    const { log, failing, step } = scene();
    failing.set("+b", error);
    const steps = new Steps();
    await assertRejects(() => steps.forth([step("a"), step("b"), step("c")], {}));
    await steps.back();
    assertEquals(log, [...expected]);
  }
});

Deno.test("going back ends at a failure, and goes on from there", async () => {
  const { log, failing, step } = scene();
  const steps = new Steps();
  await steps.forth([step("a"), step("b"), step("c")], {});
  failing.set("-b", refused);
  await assertRejects(() => steps.back());
  assertEquals([steps.left, steps.isWhole], [["b", "a"], false]);
  failing.clear();
  await steps.back();
  assertEquals(log.slice(3), ["-c", "-b", "-a"]);
});

Deno.test("a first failure of going back leaves all as it was", async () => {
  const { failing, step } = scene();
  const steps = new Steps();
  await steps.forth([step("a")], {});
  failing.set("-a", refused);
  await assertRejects(() => steps.back());
  assertEquals([steps.left, steps.isWhole], [["a"], true]);
});

Deno.test("more steps are undone alone", async () => {
  const { log, failing, step } = scene();
  const steps = new Steps();
  await steps.forth([step("a")], {});
  failing.set("+c", refused);
  await assertRejects(() => steps.extend([step("b"), step("c")], {}));
  assertEquals([log, steps.left, steps.isWhole], [["+a", "+b", "-b"], ["a"], true]);
});
