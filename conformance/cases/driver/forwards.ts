/**
 * Cases about port forwards.
 *
 * @module
 */

import { machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

/** Cases about port forwards. */
export const FORWARD_CASES: readonly Case[] = [
  {
    id: "forward.add",
    title: "A rule that was added is listed, until it is removed",
    why: "kutti's Hyper-V driver answers success and does nothing",
    needs: ["machine.forwards"],
    checks: {
      empty: "forward.add",
      listed: "forward.add",
      running: "forward.add",
      removed: "forward.remove",
      missing: "forward.remove",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const { forwards } = machine;
      check.equal("empty", "list", await forwards?.list(), []);
      const rules = [{ hostPort: fresh.port(), machinePort: 80 }, {
        hostPort: fresh.port(),
        machinePort: 443,
      }];
      for (const rule of [...rules].reverse()) await forwards?.add(rule);
      check.equal("listed", "list", await forwards?.list(), rules);
      await machine.start();
      await forwards?.remove(80);
      check.equal("running", "list while running", await forwards?.list(), rules.slice(1));
      await forwards?.remove(443);
      check.equal("removed", "list", await forwards?.list(), []);
      await check.refused("missing", () => forwards?.remove(443), {
        code: "not-found",
        subject: machineSubject(machine),
      });
    },
  },
  {
    id: "forward.taken",
    title: "A port that has a rule already is refused, on either side",
    why: "lima accepts the second rule; kutti compares ports within one cluster only",
    needs: ["machine.forwards"],
    checks: {
      "machine-port": "forward.machine-port",
      "host-port": "forward.host-port",
      "other-machine": "forward.host-port",
      intact: "forward.machine-port",
      freed: "forward.delete",
    },
    async run({ driver, fresh, check }) {
      const [machine, other] = [await fresh.machine(), await fresh.machine()];
      const rule = { hostPort: fresh.port(), machinePort: 80 };
      const exists = { code: "already-exists", subject: machineSubject(machine) } as const;
      await machine.forwards?.add(rule);
      const second = { hostPort: fresh.port(), machinePort: 80 };
      await check.refused("machine-port", () => machine.forwards?.add(second), exists);
      const same = { ...rule, machinePort: 81 };
      await check.refused("host-port", () => machine.forwards?.add(same), exists);
      await check.refused("other-machine", () => other.forwards?.add(rule), {
        ...exists,
        subject: machineSubject(other),
      });
      check.equal("intact", "list", await machine.forwards?.list(), [rule]);
      await driver.machines.delete(machine);
      await check.succeeds("freed", "add", async () => await other.forwards?.add(rule));
    },
  },
  {
    id: "forward.invalid",
    title: "A port that is no whole number from 1 to 65535 is refused",
    why: "Port 0 means any, and 65536 means 0",
    needs: ["machine.forwards"],
    checks: {
      "host-0": "forward.invalid",
      "host-negative": "forward.invalid",
      "host-65536": "forward.invalid",
      "host-half": "forward.invalid",
      "machine-0": "forward.invalid",
      "machine-65536": "forward.invalid",
      nothing: "forward.invalid",
    },
    async run({ fresh, check }) {
      const machine = await fresh.machine();
      const port = fresh.port();
      const bad = {
        "host-0": [0, 80],
        "host-negative": [-1, 80],
        "host-65536": [65536, 80],
        "host-half": [1.5, 80],
        "machine-0": [port, 0],
        "machine-65536": [port, 65536],
      } as const;
      for (const [id, [hostPort, machinePort]] of Object.entries(bad)) {
        await check.refused(id, () => machine.forwards?.add({ hostPort, machinePort }), {
          code: "invalid-argument",
          subject: machineSubject(machine),
        });
      }
      check.equal("nothing", "list", await machine.forwards?.list(), []);
    },
  },
  {
    id: "forward.persists",
    title: "Rules outlive stop, start and the instance",
    why: "A rule that is pinned to the address of the first start",
    needs: ["machine.forwards"],
    checks: { restarted: "forward.persists", elsewhere: "forward.persists" },
    async run({ another, fresh, check }) {
      const machine = await fresh.machine();
      const rule = { hostPort: fresh.port(), machinePort: 8080 };
      await machine.forwards?.add(rule);
      await machine.start();
      await machine.forceStop();
      await machine.start();
      check.equal("restarted", "list", await machine.forwards?.list(), [rule]);
      const other = await (await another()).machines.get(machine);
      check.equal("elsewhere", "list of another instance", await other.forwards?.list(), [rule]);
    },
  },
  {
    id: "forward.ssh",
    title: "A rule for port 22 is the SSH address, until it is removed",
    why: "A property keeps the old port after the rule is gone",
    needs: ["machine.forwards", "ssh"],
    boots: true,
    checks: { added: "forward.ssh", removed: "forward.ssh" },
    async run({ fresh, check }) {
      const machine = await fresh.readyGuest();
      const hostPort = fresh.port();
      await machine.forwards?.add({ hostPort, machinePort: 22 });
      check.equal("added", "SSH address", await machine.sshAddress(), `127.0.0.1:${hostPort}`);
      await machine.forwards?.remove(22);
      const address = await machine.sshAddress();
      const gone = address !== `127.0.0.1:${hostPort}`;
      check.holds("removed", "SSH address", gone, "another one, or none", address);
    },
  },
];
