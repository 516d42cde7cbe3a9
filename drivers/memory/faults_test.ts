import { assertEquals } from "@std/assert";
import type { ErrorCode } from "../contract/mod.ts";
import { lab, refused } from "./lab_test.ts";

for (const kind of ["error", "timeout", "lost-reply", "garbled-reply", "disconnect"] as const) {
  Deno.test(`whichever call of a create ends with ${kind}, nothing is left`, async () => {
    await using it = await lab();
    const before = await it.host.inventory();
    for (let call = 1, met = 1; met > 0; call++) {
      it.faults.plan({ kind, call });
      const [result] = await Promise.allSettled([it.driver.machines.create(it.spec())]);
      met = it.faults.clear();
      assertEquals(result.status, met > 0 ? "rejected" : "fulfilled");
      if (met > 0) assertEquals(await it.host.inventory(), before, `call ${call}`);
    }
  });

  Deno.test(`whichever call of a delete ends with ${kind}, the next delete finishes it`, async () => {
    await using it = await lab();
    const before = await it.host.inventory();
    for (let call = 1, met = 1; met > 0; call++) {
      await it.driver.machines.create(it.spec());
      it.faults.plan({ kind, call });
      await Promise.allSettled([it.driver.machines.delete(it.spec())]);
      met = it.faults.clear();
      await it.driver.machines.delete(it.spec()).catch((error) => {
        assertEquals(error.code, "not-found");
      });
      assertEquals(await it.host.inventory(), before, `call ${call}`);
    }
  });
}

Deno.test("a create that cannot be taken back says what is left", async () => {
  await using it = await lab();
  it.faults.plan({ kind: "lost-reply", among: "changes", call: 2, times: Infinity });
  // Lost replies hide what was done: both undo steps were done, but nobody knows.
  const error = await refused(() => it.driver.machines.create(it.spec()), "unavailable");
  it.faults.clear();
  assertEquals(error.leftovers?.map((left) => left.split(":")[0]), ["machine", "disk"]);
});

Deno.test("a start whose reply is lost is looked at before it is called failed", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  it.faults.plan({ kind: "lost-reply", among: "changes", call: 1 });
  assertEquals(await machine.start(), { changed: true, state: "running" });
});

Deno.test("not being able to tell is never not-found", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const codes = { error: "unavailable", disconnect: "unavailable", timeout: "deadline-exceeded" };
  for (const [kind, code] of Object.entries(codes) as ["error" | "disconnect", ErrorCode][]) {
    it.faults.plan({ kind, situation: "unavailable", call: 1, times: Infinity });
    await refused(() => it.driver.machines.get(machine), code);
    await refused(() => it.driver.machines.delete(machine), code);
    it.faults.clear();
  }
});
