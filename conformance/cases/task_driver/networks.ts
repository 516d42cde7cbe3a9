/**
 * Cases about the networks of tasks.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { refusal } from "./refusals.ts";
import { added, MOST_CALLS } from "./sweep.ts";

/** Cases about networks. */
export const TASK_NETWORK_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.net.address",
    title: "A start with an interface answers the guest's address",
    why: "The address was found out, and then dropped: nobody could register the service",
    needs: ["task.address"],
    boots: true,
    checks: { address: "task.net.address" },
    async run({ fresh, check }) {
      const { network } = await fresh.guest();
      const ip = network?.ip ?? "";
      const isAddress = /^\d{1,3}(\.\d{1,3}){3}$|^[0-9a-f:]+$/i.test(ip);
      check.holds("address", "ip", isAddress, "an IP address", ip);
    },
  },
  {
    id: "task.net.ports",
    title: "A start with ports answers them, and the task goes without a trace",
    why: "A label that nobody knew was skipped, and rules stayed behind",
    needs: ["task.ports", "host"],
    boots: true,
    checks: {
      ports: "task.net.ports",
      destroyed: "task.net.teardown",
      inventory: "task.net.teardown",
      again: "task.net.teardown",
    },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const ports = [
        { label: "ssh", value: fresh.port(), to: 22, hostIp: "127.0.0.1" },
        { label: "same", value: fresh.port(), to: 0, hostIp: "127.0.0.1" },
      ];
      const bridge = { name: await fresh.bridge(), ports: ["ssh", "same"] };
      const config = { image: await fresh.image("guest"), network_interface: [{ bridge }] };
      const { id, spec, network } = await fresh.task({ resources: { ports }, config });
      check.equal("ports", "port map", network?.portMap, { ssh: 22, same: ports[1]?.value });
      const destroy = (): Promise<void> => driver.destroyTask(id, { force: true });
      await check.succeeds("destroyed", "destroyTask", destroy);
      check.equal("inventory", "inventory", await host.inventory(), before);
      await check.succeeds("again", "startTask with the same ports", () => driver.startTask(spec));
    },
  },
  {
    id: "task.net.reached",
    title: "A guest answers at its address, and at its ports of the host while its task is there",
    why:
      "Of several leases the oldest was told, and what the host sent itself was not forwarded: nobody had tried",
    needs: ["task.ports", "host.run", "host.answers"],
    boots: true,
    checks: {
      own: "task.net.address",
      mapped: "task.net.ports",
      unmapped: "task.net.ports",
      gone: "task.net.teardown",
    },
    async run({ driver, fresh, host, settled, check }) {
      // Whose lease may still be there.
      const before = await fresh.guest();
      await driver.destroyTask(before.id, { force: true });
      const bridge = { name: await fresh.bridge(), ports: ["ssh"] };
      const [mapped, unmapped] = [fresh.port(), fresh.port()];
      const { id, machine, network } = await fresh.guest({
        resources: { ports: [{ label: "ssh", value: mapped, to: 22, hostIp: "127.0.0.1" }] },
        config: { network_interface: [{ bridge }] },
      });
      const ping = ["ping", "-c", "1", network?.ip ?? ""];
      const [{ error } = {}] = await settled([host.run(machine, ping)]);
      check.equal("own", "error of a ping from the guest to its own address", error, undefined);
      check.equal("mapped", "whether the guest answers", await host.answers(mapped), true);
      check.equal("unmapped", "whether the guest answers", await host.answers(unmapped), false);
      await driver.destroyTask(id, { force: true });
      check.equal("gone", "whether anybody answers", await host.answers(mapped), false);
    },
  },
  {
    id: "task.net.unknown-label",
    title: "A label that is no port of the task is refused, and one for UDP is not taken for TCP",
    why: "It was logged and skipped: the task ran, and nobody reached it",
    needs: ["task.ports", "host"],
    boots: true,
    checks: {
      unknown: "task.net.unknown-label",
      inventory: "task.net.unknown-label",
      udp: "task.net.udp",
    },
    async run({ driver, fresh, host, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const bridge = { name: await fresh.bridge(), ports: ["dns"] };
      const image = await fresh.image("guest");
      const config = { image, network_interface: [{ bridge }] };
      const spec = await fresh.spec({ config });
      const start = (): Promise<unknown> => driver.startTask(spec);
      await check.refused("unknown", start, refusal("invalid-argument", spec.id));
      check.equal("inventory", "inventory", await host.inventory(), before);
      const port = { label: "dns", value: fresh.port(), to: 53, hostIp: "127.0.0.1" };
      const ports = [{ ...port, protocol: "udp" as const }];
      const udp = { ...spec, resources: { ...spec.resources, ports } };
      const [{ value, error } = {}] = await settled([driver.startTask(udp)]);
      const isMapped = value?.network?.portMap["dns"] === 53;
      const isTold = error !== undefined || isMapped;
      check.holds("udp", "start", isTold, "mapped or refused", value?.network ?? String(error));
    },
  },
  {
    id: "task.net.timeout",
    title: "A guest without an address fails the start, which leaves nothing",
    why: "The machine ran on, and the next one met its lease",
    needs: ["task.address", "host"],
    boots: true,
    waits: true,
    checks: { code: "task.net.timeout", inventory: "task.net.timeout" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const spec = await fresh.guestSpec({ config: { image: await fresh.image("blank") } });
      const start = (): Promise<unknown> => driver.startTask(spec);
      await check.refused("code", start, refusal("deadline-exceeded", spec.id));
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.net.rollback",
    title: "A start whose network fails at any step leaves nothing",
    why: "The lease, or half of the rules, stayed on the host, and the next guest met them",
    needs: ["faults", "host", "task.ports"],
    boots: true,
    checks: { inventory: "task.start.rollback", again: "task.start.failed-id" },
    async run({ driver, fresh, faults, host, check }) {
      await fresh.configured(driver);
      const bridge = { name: await fresh.bridge(), ports: ["ssh"] };
      const ports = [{ label: "ssh", value: fresh.port(), to: 22, hostIp: "127.0.0.1" }];
      const spec = await fresh.guestSpec({
        resources: { ports },
        config: { network_interface: [{ bridge }] },
      });
      const before = await host.inventory();
      const left: string[] = [];
      let last = 0;
      // Every second call: a guest has to boot for each of the later ones.
      for (let call = 1; call <= MOST_CALLS; call += 2) {
        const plan = { kind: "error", among: "changes", call } as const;
        const { error, met } = await faults.during(plan, () => driver.startTask(spec));
        last = call;
        if (met === 0) break;
        if (error === undefined) await driver.destroyTask(spec.id, { force: true });
        left.push(...added(await host.inventory(), { before, call }));
      }
      check.equal("inventory", "what is left, by the call that failed", left, []);
      check.holds("again", "the last start", last < MOST_CALLS, "it meets no fault", last);
    },
  },
];
