/**
 * Cases about predefined commands.
 *
 * @module
 */

import { machineSubject, PREDEFINED_COMMANDS } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { printed } from "./guest.ts";

/** The cases. */
export const COMMAND_CASES: readonly Case[] = [
  {
    id: "command.honest",
    title: "A command is implemented if and only if executing it is not unimplemented",
    why: "Seven of eight commands were declared and never written",
    needs: ["machine.commands"],
    checks: { declared: "machine.commands.honest", unimplemented: "machine.commands.honest" },
    async run({ fresh, settled, check }) {
      const machine = await fresh.machine();
      const { commands } = machine;
      const codes = await settled<unknown>(
        PREDEFINED_COMMANDS.map((command) =>
          commands?.execute(command, ["x"]) ?? Promise.resolve()
        ),
      );
      const answered = PREDEFINED_COMMANDS.filter((_, index) =>
        (codes[index]?.error as { code?: string } | undefined)?.code !== "unimplemented"
      );
      const claimed = PREDEFINED_COMMANDS.filter((command) => commands?.implements(command));
      check.equal("declared", "commands that are not unimplemented", answered, claimed);
      const codesOfOthers = codes.filter((_, i) =>
        !claimed.includes(PREDEFINED_COMMANDS[i] ?? "rename-machine")
      );
      const all = codesOfOthers.every(({ error }) =>
        (error as { subject?: string })?.subject === machineSubject(machine)
      );
      check.holds("unimplemented", "subjects", all, machineSubject(machine), codesOfOthers);
    },
  },
  {
    id: "command.params",
    title: "Missing, extra and hostile parameters are refused",
    why: "An index into no parameters panics; joined with blanks, a parameter becomes a command",
    needs: ["machine.commands", "ssh"],
    boots: true,
    checks: {
      missing: "machine.commands.params",
      extra: "machine.commands.params",
      operator: "machine.commands.hostile",
      option: "machine.commands.hostile",
      newline: "machine.commands.hostile",
      canary: "machine.commands.hostile",
    },
    async run(context) {
      const { fresh, check } = context;
      const machine = await fresh.readyGuest();
      const refusal = { code: "invalid-argument", subject: machineSubject(machine) } as const;
      const bad: Record<string, string[]> = {
        missing: [],
        extra: ["a", "b"],
        operator: ["a; touch /run/canary"],
        option: ["--help"],
        newline: ["a\ntouch /run/canary"],
      };
      for (const [id, params] of Object.entries(bad)) {
        const call = () => machine.commands?.execute("rename-machine", params);
        await check.refused(id, call, refusal);
      }
      const canary = await printed(context, await machine.sshAddress(), ["ls", "/run"]);
      check.holds("canary", "ls /run", canary?.includes("canary") === false, "no canary", canary);
    },
  },
  {
    id: "command.rename",
    title: "After rename-machine the guest's host name is the new name",
    why: "The new name takes effect only after the next restart, or never",
    needs: ["machine.commands", "ssh"],
    boots: true,
    checks: {
      exit: "machine.commands.rename",
      hostname: "machine.commands.rename",
      name: "name.exact",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const machine = await fresh.readyGuest();
      const result = await machine.commands?.execute("rename-machine", ["renamed"]);
      check.equal("exit", "exit code", result?.exitCode, 0);
      const hostname = await printed(context, await machine.sshAddress(), ["hostname"]);
      check.equal("hostname", "host name", hostname, "renamed");
      const again = await driver.machines.get(machine);
      check.equal("name", "name of the machine", again.name, machine.name);
    },
  },
  {
    id: "command.stopped",
    title: "A command for a machine that does not run is refused",
    why: "It dials an empty address",
    needs: ["machine.commands"],
    checks: { refused: "machine.commands.stopped" },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      await check.refused("refused", () => machine.commands?.execute("rename-machine", ["a"]), {
        code: "failed-precondition",
        subject: machineSubject(machine),
      });
    },
  },
];
