import { assertEquals } from "@std/assert";
import type { TaskFingerprint, TaskStatus } from "../contract/mod.ts";
import { decode, encode } from "./codec.ts";
import {
  fromEvent,
  fromFingerprint,
  fromStatusMessage,
  fromUsage,
  toEvent,
  toFingerprint,
  toStatusMessage,
  toUsage,
} from "./reports.ts";
import { ZERO_TIME } from "./values.ts";

const RUNNING: TaskStatus = {
  id: "a/b",
  name: "b",
  state: "running",
  startedAt: 1_700_000_000_123.5,
  attributes: { machine: "m" },
};

function inspected(status: TaskStatus) {
  return decode("InspectTaskResponse", encode("InspectTaskResponse", toStatusMessage(status)));
}

Deno.test("a running task has all that agents crash without", () => {
  const { task } = inspected(RUNNING);
  assertEquals(task?.completedAt, ZERO_TIME);
  assertEquals(task?.result, { exitCode: 0, signal: 0, oomKilled: false });
  assertEquals(fromStatusMessage(inspected(RUNNING)), RUNNING);
});

Deno.test("a task that ended comes through the wire, but for the text of its error", () => {
  const exit = { exitCode: 3, signal: 9, oomKilled: true };
  const network = { portMap: { ssh: 22 }, ip: "192.0.2.1", autoAdvertise: true };
  const ended = { ...RUNNING, state: "exited", completedAt: 1_700_000_001_000, network } as const;
  assertEquals(
    fromStatusMessage(inspected({ ...ended, exit: { ...exit, error: "killed" } })),
    { ...ended, exit },
  );
});

Deno.test("the id stands for the machine of a plugin that tells none", () => {
  assertEquals(fromStatusMessage(inspected({ ...RUNNING, attributes: {} })).attributes, {
    machine: "a/b",
  });
});

Deno.test("a figure is there exactly if it was measured", () => {
  const usage = {
    timestamp: 1_700_000_000_000,
    memory: { rss: 1_000_000, swap: 0 },
    cpu: { percent: 12.5, throttledTime: 0 },
  };
  const bytes = encode("TaskStatsResponse", toUsage("a/b", usage));
  assertEquals(fromUsage(decode("TaskStatsResponse", bytes)), usage);
  assertEquals(decode("TaskStatsResponse", bytes).stats?.id, "a/b");
});

Deno.test("a fingerprint keeps the types of its attributes", () => {
  const fingerprint: TaskFingerprint = {
    health: "healthy",
    description: "Healthy",
    attributes: {
      "driver.x": { value: true },
      "driver.x.version": { value: "1.2" },
      "driver.x.cores": { value: 4 },
      "driver.x.load": { value: 0.5, unit: "%" },
    },
  };
  const bytes = encode("FingerprintResponse", toFingerprint(fingerprint));
  assertEquals(fromFingerprint(decode("FingerprintResponse", bytes)), fingerprint);
});

Deno.test("a fingerprint with an error is unhealthy, whatever else it says", () => {
  const bytes = encode("FingerprintResponse", { health: 2, err: "no socket" });
  assertEquals(fromFingerprint(decode("FingerprintResponse", bytes)), {
    health: "unhealthy",
    description: "no socket",
    attributes: {},
  });
});

Deno.test("an event comes through the wire", () => {
  const event = {
    taskId: "a/b",
    allocId: "a",
    taskName: "b",
    timestamp: 1_700_000_000_000.25,
    message: "Started",
    annotations: { k: "v" },
  };
  assertEquals(
    fromEvent(decode("DriverTaskEvent", encode("DriverTaskEvent", toEvent(event)))),
    event,
  );
});
