import { assertEquals, assertRejects } from "@std/assert";
import { type Driver, DriverError, type Networks } from "../../../drivers/contract/mod.ts";
import { fakeDriver } from "../../engine/fake_subject_test.ts";
import { MemoryLedger } from "../../engine/ledger.ts";
import { HarnessError } from "../../engine/subject.ts";
import { Tracker } from "../../engine/tracker.ts";
import { trackedDriver } from "./rig.ts";

const SPEC = { cluster: "c", name: "m", image: "1" };

function tracked(host: Set<string> = new Set()): {
  driver: Driver;
  tracker: Tracker;
  ledger: MemoryLedger;
} {
  const ledger = new MemoryLedger();
  const tracker = new Tracker(ledger);
  return { driver: trackedDriver(fakeDriver(host, "o"), "o", tracker), tracker, ledger };
}

Deno.test("trackedDriver keeps what is there and what is not", () => {
  const { driver } = tracked();
  assertEquals([driver.name, driver.owner, driver.networks, driver.ssh], [
    "fake",
    "o",
    undefined,
    undefined,
  ]);
  assertEquals(driver.qualifiedMachineName(SPEC), "o.c.m");
});

Deno.test("trackedDriver tracks networks where there are any", async () => {
  const ledger = new MemoryLedger();
  const networks = { facets: ["dhcp"], create: () => Promise.resolve({}) } as unknown as Networks;
  const raw = { ...fakeDriver(new Set(), "o"), networks };
  const driver = trackedDriver(raw, "o", new Tracker(ledger));
  await driver.networks?.create({ cluster: "c" });
  assertEquals(driver.networks?.facets, ["dhcp"]);
  assertEquals(ledger.open(), [{ kind: "network", owner: "o", cluster: "c" }]);
});

Deno.test("trackedDriver works with private fields and frozen objects", async () => {
  class Secretive {
    readonly #text = "ready";
    status(): Promise<string> {
      return Promise.resolve(this.#text);
    }
  }
  const raw = Object.freeze(
    Object.assign(new Secretive(), { machines: Object.freeze({}), images: {}, owner: "o" }),
  );
  const driver = trackedDriver(raw as unknown as Driver, "o", new Tracker(new MemoryLedger()));
  assertEquals(await driver.status() as unknown, "ready");
});

Deno.test("trackedDriver strikes out what it deleted only when the host was looked at", async () => {
  const { driver, tracker, ledger } = tracked();
  await driver.machines.create(SPEC);
  await driver.machines.delete(SPEC);
  assertEquals([tracker.open().length, ledger.open().length], [0, 1]);
  await tracker.settle();
  assertEquals(ledger.open(), []);
});

Deno.test("trackedDriver never deletes what a refused create found", async () => {
  const tracker = new Tracker(new MemoryLedger());
  const refused = new DriverError({
    code: "already-exists",
    operation: "machines.create",
    subject: "machine:c/m",
    message: "There is one",
  });
  await assertRejects(() =>
    tracker.make({ kind: "network", owner: "o", cluster: "c" }, () => Promise.reject(refused))
  );
  assertEquals(tracker.open(), []);
});

Deno.test("trackedDriver still tracks what may have been made by a failed create", async () => {
  const tracker = new Tracker(new MemoryLedger());
  const resource = { kind: "network", owner: "o", cluster: "c" } as const;
  await assertRejects(() => tracker.make(resource, () => Promise.reject(new Error("lost"))));
  assertEquals(tracker.open(), [resource]);
});

Deno.test("trackedDriver makes nothing after the case has ended", async () => {
  const host = new Set<string>();
  const { driver, tracker } = tracked(host);
  await tracker.close();
  await assertRejects(() => driver.machines.create(SPEC), HarnessError);
  assertEquals(host.size, 0);
});
