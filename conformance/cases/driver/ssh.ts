/**
 * Cases about SSH and the console.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { printed } from "./guest.ts";

/** The cases. */
export const SSH_CASES: readonly Case[] = [
  {
    id: "ssh.run",
    title: "Output, exit code and arguments arrive as they were",
    why: "Arguments joined with blanks are split, expanded and run by the guest's shell",
    needs: ["ssh"],
    boots: true,
    checks: {
      stdout: "ssh.run",
      stderr: "ssh.run",
      exit: "ssh.run",
      argv: "ssh.argv",
      canary: "ssh.argv",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const address = await (await fresh.readyGuest()).sshAddress() ?? "";
      const script = "echo out; echo err >&2; exit 7";
      const result = await driver.ssh?.run(address, ["sh", "-c", script]);
      check.equal("stdout", "stdout", result?.stdout, "out\n");
      check.equal("stderr", "stderr", result?.stderr, "err\n");
      check.equal("exit", "exit code", result?.exitCode, 7);
      const odd = ["a b", "'", '"', "$(touch /run/canary)", "`id`", ";", "*", "\\", "-n", ""];
      const echoed = await driver.ssh?.run(address, ["printf", "[%s]\\n", ...odd]);
      check.equal("argv", "arguments", echoed?.stdout, odd.map((each) => `[${each}]\n`).join(""));
      const canary = await printed(context, address, ["ls", "/run"]);
      check.holds("canary", "ls /run", canary?.includes("canary") === false, "no canary", canary);
    },
  },
  {
    id: "ssh.bad-address",
    title: "A bad address or an empty command is refused",
    why: "An address that begins with a hyphen is an option of the SSH client",
    needs: ["ssh"],
    checks: {
      empty: "ssh.unreachable",
      option: "ssh.unreachable",
      "no-port": "ssh.unreachable",
      "no-command": "ssh.unreachable",
    },
    async run({ driver, check }) {
      for (
        const [id, address] of Object.entries({
          empty: "",
          option: "-oProxyCommand=x:22",
          "no-port": "192.0.2.1",
        })
      ) {
        await check.refused(id, () => driver.ssh?.run(address, ["true"]), {
          code: "invalid-argument",
          subject: `guest:${address}`,
        });
      }
      await check.refused("no-command", () => driver.ssh?.run("192.0.2.1:22", []), {
        code: "invalid-argument",
        subject: "guest:192.0.2.1:22",
      });
    },
  },
  {
    id: "ssh.unreachable",
    title: "A guest that does not answer is unavailable",
    why: "A refused connection is taken for a failed command",
    needs: ["ssh"],
    checks: { refused: "ssh.unreachable" },
    async run({ driver, fresh, check }) {
      const address = `127.0.0.1:${fresh.port()}`;
      await check.refused("refused", () => driver.ssh?.run(address, ["true"]), {
        code: "unavailable",
        subject: `guest:${address}`,
      });
    },
  },
  {
    id: "console.text",
    title: "The console has what the guest printed while it started",
    why: "Opened after the start, it has lost the lines that say why the guest hangs",
    needs: ["machine.console", "ssh"],
    boots: true,
    checks: { text: "machine.console" },
    async run({ fresh, check }) {
      const machine = await fresh.readyGuest();
      const text = await machine.console?.text() ?? "";
      check.holds(
        "text",
        "console",
        text.includes("VMTCK-BOOT"),
        "the line VMTCK-BOOT",
        text.slice(-400),
      );
    },
  },
];
