/**
 * Cases about commands in tasks.
 *
 * @module
 */

import type { ExecResult } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { TaskContext } from "../../rigs/task_driver/context.ts";
import { notFound, refusal } from "./refusals.ts";

/** A command that takes long. */
const LONG = ["sleep", "20"];
/** How long it may take. */
const TIMEOUT_MS = 500;

type Execute = (
  id: string,
  argv: readonly string[],
  options?: { timeoutMs?: number },
) => Promise<ExecResult>;

/** Runs commands by the driver under test, which declares that it can. */
const executeBy = ({ driver }: Pick<TaskContext, "driver">): Execute => async (id, argv, options) =>
  await driver.exec?.execTask(id, argv, options) ?? NOTHING;

const NOTHING: ExecResult = {
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  exit: { exitCode: -1, signal: 0, oomKilled: false },
};

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Cases about commands. */
export const TASK_EXEC_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.exec.result",
    title: "A command runs in the guest, and its output and code are its own",
    why: "A command that fails was an error of the driver, without what it had printed",
    boots: true,
    needs: ["exec", "task.address", "host.run"],
    checks: {
      guest: "task.exec.result",
      words: "task.exec.result",
      code: "task.exec.result",
      complaint: "task.exec.result",
    },
    async run(context) {
      const { fresh, host, check } = context;
      const execute = executeBy(context);
      const { id, machine } = await fresh.guest();
      const boot = ["cat", "/proc/sys/kernel/random/boot_id"];
      const own = await host.run(machine, boot);
      check.equal("guest", "boot", textOf((await execute(id, boot)).stdout).trim(), own.trim());
      const { stdout, exit } = await execute(id, ["echo", "a  b", "$(c);d", "'e'"]);
      const words = [textOf(stdout), exit.exitCode];
      check.equal("words", "output and code", words, ["a  b $(c);d 'e'\n", 0]);
      const codeOf = async (): Promise<number> => (await execute(id, ["false"])).exit.exitCode;
      await check.answers("code", "code of a command that fails", codeOf, 1);
      const { stderr, ...rest } = await execute(id, ["cat", "/no/such/file"]);
      const seen = [textOf(rest.stdout), textOf(stderr) !== "", rest.exit.exitCode];
      check.equal("complaint", "output, complaint and code", seen, ["", true, 1]);
    },
  },
  {
    id: "task.exec.timeout",
    title: "A command that takes too long is ended, and the task goes on",
    why: "A shell that hangs holds the agent's call for ever",
    boots: true,
    needs: ["exec", "task.address", "host.run"],
    checks: { late: "task.exec.timeout", "goes-on": "task.exec.timeout" },
    async run(context) {
      const { fresh, host, check } = context;
      const execute = executeBy(context);
      const { id, machine } = await fresh.guest();
      await host.run(machine, ["true"]);
      await check.refused(
        "late",
        () => execute(id, LONG, { timeoutMs: TIMEOUT_MS }),
        refusal("deadline-exceeded", id),
      );
      const { exit } = await execute(id, ["true"], { timeoutMs: 60_000 });
      check.equal("goes-on", "code of the next command", exit.exitCode, 0);
    },
  },
  {
    id: "task.exec.refusals",
    title: "A command is refused that is none, or for a task that does not run",
    why: "An empty command ended the plugin, with all its tasks",
    needs: ["exec"],
    checks: {
      empty: "task.exec.result",
      missing: "task.exec.result",
      stopped: "task.exec.result",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const execute = executeBy(context);
      const { id } = await fresh.task();
      await check.refused("empty", () => execute(id, []), refusal("invalid-argument", id));
      const missing = fresh.id();
      await check.refused("missing", () => execute(missing, ["true"]), notFound(missing));
      await driver.stopTask(id, { timeoutMs: 0 });
      await check.refused(
        "stopped",
        () => execute(id, ["true"]),
        refusal("failed-precondition", id),
      );
    },
  },
];
