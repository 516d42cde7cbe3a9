/**
 * Cases about the health of a driver.
 *
 * @module
 */

import type { TaskDriver, TaskFingerprint } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** The first fingerprint, or undefined if the stream ends before. */
async function firstFingerprint(driver: TaskDriver): Promise<TaskFingerprint | undefined> {
  const stop = new AbortController();
  try {
    for await (const seen of driver.fingerprint({ signal: stop.signal })) return seen;
    return undefined;
  } finally {
    stop.abort();
  }
}

/** Longer than most drivers' pauses between two looks at the hypervisor. */
const QUIET_MS = 12_000;

/** Cases about health. */
export const TASK_FINGERPRINT_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.fingerprint.at-once",
    title: "The first fingerprint comes at once, and tells of a driver that is well",
    why: "A stream that waits for its first period keeps a node without its driver for so long",
    checks: {
      health: "task.fingerprint.at-once",
      soon: "task.fingerprint.at-once",
      attributes: "task.fingerprint.attributes",
    },
    async run({ driver, fresh, settlesWithin, check }) {
      const { id } = await fresh.task();
      const { name } = await driver.pluginInfo();
      const coming = firstFingerprint(driver);
      const isSoon = await settlesWithin(coming, () => driver.inspectTask(id));
      const first = await coming;
      check.equal("health", "health", first?.health, "healthy");
      check.equal("soon", "whether it was at once", isSoon, true);
      const keys = Object.keys(first?.attributes ?? {});
      const own = keys.every((key) =>
        key === `driver.${name}` || key.startsWith(`driver.${name}.`)
      );
      check.holds("attributes", "keys", own, `all of driver.${name}`, keys);
    },
  },
  {
    id: "task.fingerprint.unhealthy",
    title: "A hypervisor that is gone is told as unhealthy, and as healthy when it is back",
    why: "After a restart of the daemon, a driver stayed undetected until its agent restarted, too",
    needs: ["faults"],
    checks: {
      before: "task.fingerprint.unhealthy",
      gone: "task.fingerprint.unhealthy",
      text: "task.fingerprint.unhealthy",
      back: "task.fingerprint.unhealthy",
    },
    async run({ driver, fresh, faults, check }) {
      await fresh.configured(driver);
      const stop = new AbortController();
      const stream = driver.fingerprint({ signal: stop.signal })[Symbol.asyncIterator]();
      const next = async (): Promise<TaskFingerprint | undefined> => (await stream.next()).value;
      check.equal("before", "health", (await next())?.health, "healthy");
      // Who never tells it is found by the time that the case has.
      faults.plan({ kind: "disconnect", call: 1, times: Infinity });
      const gone = await next();
      check.equal("gone", "health", gone?.health, "unhealthy");
      const { description = "" } = gone ?? {};
      check.holds("text", "description", description !== "", "it says why", description);
      faults.clear();
      check.equal("back", "health", (await next())?.health, "healthy");
      stop.abort();
    },
  },
  {
    id: "task.fingerprint.readers",
    title: "Two readers are both served, and the one goes on when the other leaves",
    why: "One shared channel gives each item to one reader alone",
    needs: ["faults"],
    checks: {
      first: "task.fingerprint.readers",
      second: "task.fingerprint.readers",
      left: "task.fingerprint.readers",
      "goes-on": "task.fingerprint.readers",
      news: "task.fingerprint.readers",
    },
    async run({ driver, fresh, faults, check }) {
      await fresh.configured(driver);
      const [stop, stay] = [new AbortController(), new AbortController()];
      const one = driver.fingerprint({ signal: stop.signal })[Symbol.asyncIterator]();
      const two = driver.fingerprint({ signal: stay.signal })[Symbol.asyncIterator]();
      check.equal("first", "health", (await one.next()).value?.health, "healthy");
      check.equal("second", "health", (await two.next()).value?.health, "healthy");
      const left = one.next();
      stop.abort();
      check.equal("left", "end of the stream", (await left).done, true);
      const seen = two.next();
      faults.plan({ kind: "disconnect", call: 1, times: Infinity });
      const { value, done } = await seen;
      faults.clear();
      check.equal("goes-on", "end of the other stream", done ?? false, false);
      check.equal("news", "what is told next", value?.health, "unhealthy");
      stay.abort();
    },
  },
  {
    id: "task.fingerprint.quiet",
    title: "Health that did not change is told once",
    why: "Each item is an update of the node for every agent of the cluster",
    checks: { once: "task.fingerprint.quiet" },
    async run({ driver, fresh, read, settled, check }) {
      const { id } = await fresh.task();
      const stop = new AbortController();
      const seen = settled([read(driver.fingerprint({ signal: stop.signal }), Infinity)]);
      // Some periods of looking go by.
      await driver.stopTask(id, { timeoutMs: QUIET_MS });
      stop.abort();
      const told = (await seen)[0]?.value?.map(({ health }) => health);
      check.equal("once", "what was told", told, ["healthy"]);
    },
  },
];
