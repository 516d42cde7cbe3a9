/**
 * Cases about addresses.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { printed } from "./guest.ts";

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:]*$/i;
const USELESS = /^(?:127\.|169\.254\.|0\.0\.0\.0$|fe[89ab][0-9a-f]:|::1?$)/i;

/** The cases. */
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
