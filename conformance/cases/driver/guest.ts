/**
 * Cases about what needs a guest that answers: addresses, commands, SSH and the console.
 *
 * @module
 */

import { machineSubject, PREDEFINED_COMMANDS } from "../../../drivers/contract/mod.ts";
import type { Case, CaseContext } from "../../case.ts";

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:]*$/i;
const USELESS = /^(?:127\.|169\.254\.|0\.0\.0\.0$|fe[89ab][0-9a-f]:|::1?$)/i;

/** What a program in a guest printed. */
async function printed(
  { driver }: CaseContext,
  address: string | undefined,
  argv: readonly string[],
): Promise<string | undefined> {
  return (await driver.ssh?.run(address ?? "", argv))?.stdout.trim();
}

/** Cases about addresses. */
export const ADDRESS_CASES: readonly Case[] = [
  {
    id: "address.ready",
    title: "A guest that answers has a usable address and an SSH address",
    why: "lima answers with the text of an error, and with port 0",
    needs: ["ssh"],
    boots: true,
    checks: {
      literal: "machine.address.literal",
      usable: "machine.address.usable",
      ssh: "machine.ssh-address",
      waited: "machine.wait.reached",
    },
    async run({ fresh, check }) {
      const machine = await fresh.readyGuest();
      const { verdict } = await machine.wait("address", { timeoutMs: 60_000 });
      check.equal("waited", "wait for an address", verdict, "reached");
      const address = await machine.address() ?? "";
      const literal = IPV4.test(address) || IPV6.test(address);
      check.holds("literal", "address", literal, "an IP literal", address);
      check.holds(
        "usable",
        "address",
        literal && !USELESS.test(address),
        "no useless address",
        address,
      );
      const ssh = await machine.sshAddress() ?? "";
      const port = Number(/:(\d+)$/.exec(ssh)?.[1]);
      check.holds("ssh", "SSH address", port >= 1 && port <= 65535, "host:port", ssh);
    },
  },
  {
    id: "address.none",
    title: "A machine that does not run has neither address",
    why: "A stale address leads to somebody else's machine",
    checks: { address: "machine.address.none", ssh: "machine.ssh-address.none" },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      check.equal("address", "address", await machine.address(), undefined);
      check.equal("ssh", "SSH address", await machine.sshAddress(), undefined);
    },
  },
  {
    id: "address.before-boot",
    title: "A machine whose guest has not told an address yet has none",
    why: "An index into a list of adapters that is still empty",
    checks: { address: "machine.address.none", verdict: "machine.wait.timeout" },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      await machine.start();
      check.equal("address", "address", await machine.address(), undefined);
      const { verdict } = await machine.wait("address", { timeoutMs: 300 });
      check.equal("verdict", "wait for an address", verdict, "timeout");
    },
  },
  {
    id: "address.fresh",
    title: "An address is read afresh after a restart",
    why: "The address of the first start is kept for ever",
    needs: ["ssh"],
    boots: true,
    checks: {
      told: "machine.address.literal",
      cleared: "machine.address.fresh",
      answers: "machine.address.fresh",
    },
    async run(context) {
      const { fresh, check } = context;
      const machine = await fresh.readyGuest();
      const first = await machine.address();
      check.holds("told", "address", first !== undefined, "an address", first);
      await machine.forceStop();
      check.equal("cleared", "address when stopped", await machine.address(), undefined);
      await machine.start();
      await machine.wait("ssh", { timeoutMs: 120_000 });
      const up = await printed(context, await machine.sshAddress(), ["echo", "up"]);
      check.equal("answers", "the new address", up, "up");
    },
  },
  {
    id: "address.lease",
    title: "A machine that runs has a lease with its address",
    why: "The address comes from a table that the DHCP server does not know",
    needs: ["networks", "network.dhcp", "ssh"],
    boots: true,
    checks: { lease: "network.dhcp" },
    async run({ fresh, network, check }) {
      const machine = await fresh.readyGuest();
      const address = await machine.address();
      const leases = await (await network(machine.cluster)).dhcp?.leases() ?? [];
      const has = leases.some((lease) => lease.address === address);
      check.holds("lease", "leases", has, `one with ${address}`, leases);
    },
  },
  {
    id: "address.peers",
    title: "Machines of one cluster reach each other",
    why: "Each machine is on a network of its own",
    needs: ["networks", "ssh"],
    boots: true,
    checks: { ping: "network.peers" },
    async run({ driver, fresh, check }) {
      const first = await fresh.readyGuest();
      const second = await fresh.guest({ cluster: first.cluster });
      await second.start();
      await second.wait("ssh", { timeoutMs: 120_000 });
      const ping = ["ping", "-c", "1", "-W", "5", await second.address() ?? ""];
      const result = await driver.ssh?.run(await first.sshAddress() ?? "", ping);
      check.equal("ping", "exit code of ping", result?.exitCode, 0);
    },
  },
];

/** Cases about predefined commands. */
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

/** Cases about SSH and the console. */
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
