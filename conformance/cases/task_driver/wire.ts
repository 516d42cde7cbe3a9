/**
 * Cases about a driver that is a plugin's process.
 *
 * @module
 */

import type { Case } from "../../case.ts";

/** The line that a plugin says where it is with: protocols, network, address, and how it speaks. */
const HANDSHAKE = /^1\|2\|(?:unix|tcp)\|[^|]+\|grpc(?:\|[^|]*){0,2}$/;

/** How long a plugin may take to end. */
const END_MS = 2_000;

/** The cases. */
export const TASK_WIRE_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.wire.by-hand",
    title: "A person who starts a plugin is told what it is",
    why: "A plugin that serves whoever starts it waits for ever, and nobody knows for what",
    needs: ["wire"],
    checks: {
      status: "task.wire.by-hand",
      silent: "task.wire.by-hand",
      told: "task.wire.by-hand",
    },
    async run({ wire, check }) {
      const { exitCode, stdout, stderr } = await wire().startByHand();
      check.holds("status", "exit status", exitCode !== 0, "an error", exitCode);
      check.equal("silent", "standard output", stdout, "");
      check.holds("told", "standard error", stderr.trim() !== "", "a sentence", stderr);
    },
  },
  {
    id: "task.wire.handshake",
    title: "A plugin prints its handshake and nothing else, and says that it serves",
    why: "A banner on standard output is taken for the handshake, and the plugin is never loaded",
    needs: ["wire"],
    checks: {
      line: "task.wire.handshake",
      more: "task.wire.handshake",
      serving: "task.wire.serving",
      unknown: "task.wire.unknown",
    },
    async run({ driver, wire, fresh, check }) {
      await fresh.configured(driver);
      check.equal("serving", "serves", await wire().isServing(), true);
      check.equal("unknown", "code", await wire().callUnknown(), "unimplemented");
      const [line = "", ...more] = await wire().printed();
      check.holds("line", "the first line", HANDSHAKE.test(line), "a handshake", line);
      check.equal("more", "what else is printed", more, []);
    },
  },
  {
    id: "task.wire.parts",
    title: "The answer about a task has all that hosts cannot do without",
    why: "Without the result of a task that runs, the agent itself crashes",
    needs: ["wire"],
    checks: { running: "task.wire.parts", exited: "task.wire.parts" },
    async run({ driver, wire, fresh, check }) {
      const { id } = await fresh.task();
      check.equal("running", "what it lacks", await wire().missingParts(id), []);
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("exited", "what it lacks", await wire().missingParts(id), []);
    },
  },
  {
    id: "task.wire.come-back",
    title: "A host comes back over a second connection, and an interrupt ends nothing",
    why: "An agent that crashed finds its plugins alive, and configures them no more",
    needs: ["wire"],
    checks: {
      connection: "task.wire.come-back",
      first: "task.wire.come-back",
      interrupted: "task.wire.interrupt",
    },
    async run({ driver, wire, fresh, check }) {
      const { id } = await fresh.task();
      await check.succeeds("connection", "comeBack", () => wire().comeBack(id));
      check.equal("first", "state", (await driver.inspectTask(id)).state, "running");
      await wire().interrupt();
      await check.succeeds("interrupted", "inspectTask", () => driver.inspectTask(id));
    },
  },
  {
    id: "task.wire.end",
    title: "A plugin ends when it is asked to, and its tasks live on",
    why:
      "An upgrade of the agent ended all that ran; a plugin that stays keeps the old version alive",
    needs: ["wire"],
    checks: {
      status: "task.wire.end",
      soon: "task.wire.end",
      socket: "task.wire.end",
      lives: "task.wire.tasks-live",
      runs: "task.wire.tasks-live",
    },
    async run({ driver, wire, fresh, stored, successor, check }) {
      const other = await successor();
      const { id, handle } = await fresh.started(other, await fresh.spec());
      const { exitCode, ms, socketLeft } = await wire(other).end();
      check.equal("status", "exit status", exitCode, 0);
      check.holds("soon", "milliseconds", ms <= END_MS, `at most ${END_MS}`, ms);
      check.equal("socket", "the socket is left", socketLeft, false);
      await fresh.configured(driver);
      const recover = (): Promise<void> => driver.recoverTask(stored(handle));
      await check.succeeds("lives", "recoverTask", recover);
      check.equal("runs", "state", (await driver.inspectTask(id)).state, "running");
    },
  },
  {
    id: "task.wire.killed",
    title: "A plugin that is killed leaves its tasks to another process",
    why: "Guests died with the process that had started them",
    needs: ["wire"],
    checks: { lives: "task.wire.tasks-live", runs: "task.wire.tasks-live" },
    async run({ driver, wire, fresh, stored, successor, check }) {
      const other = await successor();
      const { id, handle } = await fresh.started(other, await fresh.spec());
      await wire(other).kill();
      await fresh.configured(driver);
      const recover = (): Promise<void> => driver.recoverTask(stored(handle));
      await check.succeeds("lives", "recoverTask", recover);
      check.equal("runs", "state", (await driver.inspectTask(id)).state, "running");
    },
  },
];
