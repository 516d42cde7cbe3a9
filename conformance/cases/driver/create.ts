/**
 * Cases about creating machines.
 *
 * @module
 */

import { machineSubject } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ending, names } from "./endings.ts";
import { printed } from "./guest.ts";

/** Cases about creating machines. */
export const CREATE_CASES: readonly Case[] = [
  {
    id: "create.stopped",
    title: "A new machine exists and is stopped",
    why: "A driver that boots the machine to set it up and leaves it running",
    checks: {
      state: "machine.create.stopped",
      found: "machine.create.stopped",
      address: "machine.create.stopped",
    },
    async run({ driver, fresh, check }) {
      const machine = await fresh.machine();
      check.equal("state", "state", (await machine.status()).state, "stopped");
      check.equal("found", "id", (await driver.machines.get(machine)).id, machine.id);
      check.equal("address", "address", await machine.address(), undefined);
    },
  },
  {
    id: "create.exists",
    title: "Creating an existing name leaves the existing machine untouched",
    why:
      "kutti's Hyper-V driver overwrites the existing machine's disk, or removes it on the way back",
    checks: {
      refused: "machine.create.exists",
      id: "machine.create.exists",
      state: "machine.create.exists",
      once: "machine.create.exists",
      starts: "machine.create.exists",
    },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const machine = await driver.machines.create(spec);
      await check.refused("refused", () => driver.machines.create(spec), {
        code: "already-exists",
        subject: machineSubject(spec),
      });
      const found = await driver.machines.get(spec);
      check.equal("id", "id", found.id, machine.id);
      check.equal("state", "state", (await found.status()).state, "stopped");
      check.equal("once", "list", names(await driver.machines.list(spec)), [spec.name]);
      await check.succeeds("starts", "start", () => machine.start());
    },
  },
  {
    id: "create.exists-running",
    title: "Creating the name of a running machine does not disturb it",
    why: "The way back of the failed create turns off and removes the machine it found",
    needs: ["host.fingerprint"],
    checks: { refused: "machine.create.exists", untouched: "machine.create.exists" },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec();
      const machine = await driver.machines.create(spec);
      await machine.start();
      const qualified = driver.qualifiedMachineName(spec);
      const before = await host.fingerprint(qualified);
      await check.refused("refused", () => driver.machines.create(spec), {
        code: "already-exists",
        subject: machineSubject(spec),
      });
      check.equal("untouched", "fingerprint", await host.fingerprint(qualified), before);
    },
  },
  {
    id: "create.unknown-image",
    title: "Creating from an unknown version leaves nothing",
    why: "The disk is made before the version is looked up",
    needs: ["host"],
    checks: { refused: "machine.create.unknown-image", nothing: "machine.create.unknown-image" },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec({ image: "0.0.0-none" });
      const before = await host.inventory();
      await check.refused("refused", () => driver.machines.create(spec), {
        code: "not-found",
        subject: "image:0.0.0-none",
      });
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "create.image-missing",
    title: "Creating from an image that is not downloaded leaves nothing",
    why: "A half-made machine without a disk",
    needs: ["host"],
    checks: { refused: "machine.create.image-missing", nothing: "machine.create.image-missing" },
    async run({ driver, fresh, host, image, check }) {
      const spec = await fresh.spec();
      await (await image(spec.image)).purge();
      const before = await host.inventory();
      await check.refused("refused", () => driver.machines.create(spec), {
        code: "failed-precondition",
        subject: `image:${spec.image}`,
        reason: "image-not-downloaded",
      });
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "create.deprecated",
    title: "Creating from a deprecated image is refused",
    why: "kutti leaves it to the caller, and no driver looks",
    checks: { refused: "machine.create.deprecated" },
    async run({ driver, fresh, server, image, check }) {
      const spec = await fresh.spec();
      const version = "0.9.0";
      server.publish([{ version, content: new Uint8Array(512), deprecated: true }]);
      await driver.images.update();
      await image(version);
      await check.refused("refused", () => driver.machines.create({ ...spec, image: version }), {
        code: "failed-precondition",
        subject: `image:${version}`,
        reason: "image-deprecated",
      });
    },
  },
  {
    id: "create.network-missing",
    title: "Creating in a cluster without its network is refused",
    why: "The machine is defined, and fails only at its first start",
    needs: ["networks"],
    checks: { refused: "machine.create.network", nothing: "machine.create.network" },
    async run({ driver, fresh, check }) {
      const spec = await fresh.spec();
      const elsewhere = { ...spec, cluster: fresh.name() };
      await check.refused("refused", () => driver.machines.create(elsewhere), {
        code: "failed-precondition",
        subject: machineSubject(elsewhere),
        reason: "network-missing",
      });
      const list = await driver.machines.list({ cluster: elsewhere.cluster });
      check.equal("nothing", "list", names(list), []);
    },
  },
  {
    id: "create.invalid-size",
    title: "A size that no machine can have is refused before any side effect",
    why: "Zero processors are noticed after the disk was copied",
    needs: ["host"],
    checks: {
      "no-memory": "machine.create.invalid",
      "negative-memory": "machine.create.invalid",
      "half-memory": "machine.create.invalid",
      "no-cpu": "machine.create.invalid",
      "half-cpu": "machine.create.invalid",
      nothing: "machine.create.invalid",
    },
    async run({ driver, fresh, host, check }) {
      const spec = await fresh.spec();
      const before = await host.inventory();
      const sizes = {
        "no-memory": { memoryMiB: 0 },
        "negative-memory": { memoryMiB: -64 },
        "half-memory": { memoryMiB: 64.5 },
        "no-cpu": { cpus: 0 },
        "half-cpu": { cpus: 1.5 },
      };
      for (const [id, size] of Object.entries(sizes)) {
        await check.refused(id, () => driver.machines.create({ ...spec, ...size }), {
          code: "invalid-argument",
          subject: machineSubject(spec),
        });
      }
      check.equal("nothing", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "create.guest-sees-size",
    title: "The guest has the memory and processors that were asked for",
    why: "Two gigabytes and two processors are written into the driver",
    needs: ["ssh"],
    boots: true,
    checks: { memory: "machine.create.spec", cpus: "machine.create.spec" },
    async run(context) {
      const { fresh, check } = context;
      const machine = await fresh.guest({ memoryMiB: 128, cpus: 2 });
      await machine.start();
      await machine.wait("ssh", { timeoutMs: 120_000 });
      const address = await machine.sshAddress();
      check.equal("cpus", "nproc", await printed(context, address, ["nproc"]), "2");
      const total = await printed(context, address, ["grep", "MemTotal", "/proc/meminfo"]);
      const kib = Number(/\d+/.exec(total ?? "")?.[0]);
      check.holds("memory", "MemTotal", kib > 80 * 1024 && kib <= 128 * 1024, "80 to 128 MiB", kib);
    },
  },
  {
    id: "create.pristine",
    title: "A name that is used again starts from the image",
    why: "The old disk is found under the old name and used again",
    needs: ["ssh"],
    boots: true,
    checks: {
      kept: "machine.cycle",
      pristine: "machine.create.pristine",
      id: "machine.create.pristine",
    },
    async run(context) {
      const { driver, fresh, check } = context;
      const first = await fresh.readyGuest();
      await printed(context, await first.sshAddress(), ["/sbin/set-hostname", "marked"]);
      await first.forceStop();
      await first.start();
      await first.wait("ssh", { timeoutMs: 120_000 });
      const kept = await printed(context, await first.sshAddress(), ["hostname"]);
      check.equal("kept", "host name after a restart", kept, "marked");
      await driver.machines.delete(first, { force: true });
      const second = await fresh.guest({ cluster: first.cluster, name: first.name });
      check.holds("id", "id", second.id !== first.id, "another id", second.id);
      await second.start();
      await second.wait("ssh", { timeoutMs: 120_000 });
      const name = await printed(context, await second.sshAddress(), ["hostname"]);
      check.holds("pristine", "host name", name !== "marked", 'not "marked"', name);
    },
  },
  {
    id: "create.concurrent",
    title: "Machines of different names can be created at the same time",
    why: "Temporary files with fixed names collide",
    checks: { all: "machine.create.concurrent", listed: "machine.create.concurrent" },
    async run({ driver, fresh, settled, check }) {
      const spec = await fresh.spec();
      const wanted = [0, 1, 2, 3].map(() => fresh.name()).sort();
      const results = await settled(
        wanted.map((name) => driver.machines.create({ ...spec, name })),
      );
      check.equal("all", "endings", results.map(ending), ["ok", "ok", "ok", "ok"]);
      check.equal("listed", "list", names(await driver.machines.list(spec)), wanted);
    },
  },
  {
    id: "create.race",
    title: "Of several creates of one name exactly one succeeds",
    why: "Checked first and acted on later: both see that there is none",
    checks: {
      one: "machine.create.race",
      refused: "machine.create.race",
      healthy: "machine.create.race",
    },
    async run({ driver, another, fresh, settled, check }) {
      const spec = await fresh.spec();
      const other = await another();
      const results = await settled(
        [driver, other, driver, other].map((instance) => instance.machines.create(spec)),
      );
      const endings = results.map(ending).sort();
      check.equal("one", "successes", endings.filter((end) => end === "ok").length, 1);
      const refusals = endings.filter((end) => end !== "ok");
      check.equal("refused", "refusals", refusals, Array(3).fill("already-exists"));
      const winner = await driver.machines.get(spec);
      await winner.start();
      check.equal("healthy", "state of the winner", (await winner.status()).state, "running");
    },
  },
  {
    id: "create.identity",
    title: "A machine's id stays the same for as long as it exists",
    why: "An id that is an index into a list, or made at each look",
    checks: {
      again: "machine.identity",
      running: "machine.identity",
      elsewhere: "machine.identity",
    },
    async run({ driver, another, fresh, check }) {
      const machine = await fresh.machine();
      check.equal("again", "id from get", (await driver.machines.get(machine)).id, machine.id);
      await machine.start();
      check.equal(
        "running",
        "id while it runs",
        (await driver.machines.get(machine)).id,
        machine.id,
      );
      const other = await (await another()).machines.get(machine);
      check.equal("elsewhere", "id in another instance", other.id, machine.id);
    },
  },
];
