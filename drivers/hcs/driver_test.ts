import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Backend, BackendError } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { DriverError, type UtilityVms } from "../contract/mod.ts";
import { simulatedHcs, type SimulatedHcsOptions } from "../../fixtures/simulators/hcs/mod.ts";
import { EVENTS, type HcsBackend, type HcsEvent, type HcsMethods } from "./backend.ts";
import { createUtilityVms } from "./driver.ts";
import { simulatedHost } from "./host_lab.ts";

/** A simulated host, and an instance whose backend is changed. */
async function open(
  { change = (backend) => backend, ...options }: Omit<SimulatedHcsOptions, "clock"> & {
    change?(backend: HcsBackend): Backend<HcsMethods, HcsEvent>;
  } = {},
) {
  const clock = new VirtualClock();
  const service = simulatedHcs({ clock, ...options });
  const backend = service.connect();
  const host = simulatedHost(backend);
  const vms = createUtilityVms({ owner: "me", settings: {}, clock, backend: change(backend) });
  const bootFilesPath = await host.bootFiles?.() ?? "";
  const linux = { os: "linux", id: "vm", bootFilesPath } as const;
  return { clock, host, vms, linux, [Symbol.asyncDispose]: () => done(vms, clock) };
}

async function done(vms: UtilityVms, clock: VirtualClock): Promise<void> {
  await vms[Symbol.asyncDispose]();
  clock[Symbol.dispose]();
}

/** Events, changed one by one. */
async function* mapped(
  events: AsyncIterable<HcsEvent>,
  change: (event: HcsEvent) => HcsEvent[],
): AsyncGenerator<HcsEvent> {
  for await (const event of events) yield* change(event);
}

Deno.test("an exit that no event told is found by looking", async () => {
  await using scene = await open({
    change: (backend) => ({
      call: (method, params, options) => backend.call(method, params, options),
      events: (options) =>
        mapped(backend.events(options), (event) => event.type === EVENTS.exited ? [] : [event]),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    }),
  });
  const { vms, linux, host, clock } = scene;
  const vm = await vms.create(linux);
  await vm.start();
  const waiting = vm.wait();
  await host.exit?.("vm", "graceful");
  const before = clock.now();
  assertEquals(await waiting, { verdict: "exited", exit: { kind: "unknown", raw: "" } });
  assert(clock.now() - before < 60_000);
});

Deno.test("events that end are asked for again, and what was missed is looked for", async () => {
  let streams = 0;
  await using scene = await open({
    change: (backend) => ({
      call: (method, params, options) => backend.call(method, params, options),
      // The first stream ends at its first event, and loses that.
      events: (options) => {
        const events = backend.events(options);
        return ++streams > 1 ? events : ended(events);
      },
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    }),
  });
  const { vms, linux, host } = scene;
  const vm = await vms.create(linux);
  await vm.start();
  const waiting = vm.wait({ timeoutMs: 20_000 });
  await host.exit?.("vm", "unexpected");
  assertEquals((await waiting).verdict, "exited");
  assertEquals(streams, 2);
});

/** The same events up to the first one, which is lost with the stream. */
async function* ended(events: AsyncIterable<HcsEvent>): AsyncGenerator<HcsEvent> {
  let count = 0;
  for await (const event of events) {
    if (++count === 1) return;
    yield event;
  }
}

Deno.test("a system that ends before its handle is known is one that has ended", async () => {
  await using scene = await open({
    change: (backend) => ({
      call: async (method, params, options) => {
        const result = await backend.call(method, params, options);
        if (method === "system.create") {
          const exitType = "UnexpectedExit";
          await backend.call("lab.exit", { id: "vm", exitType, status: 1 });
        }
        return result;
      },
      events: (options) => backend.events(options),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    }),
  });
  const vm = await scene.vms.create(scene.linux);
  const exit = { kind: "unexpected" as const, raw: "UnexpectedExit", status: 1 };
  assertEquals(await vm.wait({ timeoutMs: 0 }), { verdict: "exited", exit });
});

/** The backend, which refuses some calls. */
function refusing(
  backend: HcsBackend,
  codeOf: (method: string) => string | undefined,
): Backend<HcsMethods, HcsEvent> {
  return {
    call: async (method, params, options) => {
      const code = codeOf(method);
      if (code !== undefined) throw new BackendError("refused", code, "No");
      return await backend.call(method, params, options);
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

Deno.test("access that cannot be taken back keeps no other access", async () => {
  let refusals = 0;
  await using scene = await open({
    change: (backend) =>
      refusing(
        backend,
        (method) => method === "access.revoke" && refusals-- > 0 ? "0x80070005" : undefined,
      ),
  });
  const { vms, linux, host } = scene;
  const vm = await vms.create(linux);
  await vm.start();
  const paths = [];
  for (const name of ["a.vhdx", "b.vhdx", "c.vhdx"]) {
    const hostPath = await host.plantDisk?.(name) ?? "";
    await vm.scsi.add({ hostPath });
    paths.push(hostPath);
  }
  refusals = 1;
  const error = await assertRejects(() => vm.close(), DriverError);
  assertEquals(error.code, "permission-denied");
  assertEquals(await host.grants?.(), [`vm ${paths[0]}`]);
});

/** The backend, which writes down the files that no VM is let in to any more. */
function noting(backend: HcsBackend, revoked: string[]): Backend<HcsMethods, HcsEvent> {
  return {
    call: (method, params, options) => {
      if (method === "access.revoke" && "path" in params) revoked.push(String(params.path));
      return backend.call(method, params, options);
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

Deno.test("access that was taken back is not taken back again", async () => {
  const revoked: string[] = [];
  await using scene = await open({ change: (backend) => noting(backend, revoked) });
  const { vms, linux, host } = scene;
  const vm = await vms.create(linux);
  await vm.start();
  const hostPath = await host.plantDisk?.("a.vhdx") ?? "";
  await vm.scsi.add({ hostPath });
  await vm.scsi.remove(hostPath);
  await vm.close();
  assertEquals(revoked.filter((path) => path === hostPath), [hostPath]);
});

Deno.test("access to what a VM runs from is taken back once, and not before its end", async () => {
  const revoked: string[] = [];
  await using scene = await open({ change: (backend) => noting(backend, revoked) });
  const { vms, linux, host } = scene;
  const vm = await vms.create({ ...linux, rootFileSystem: "vhd" });
  await vm.start();
  const before = await host.grants?.() ?? [];
  const [root = ""] = before.map((it) => it.slice("vm ".length));
  // The host knows that the VM has it.
  await assertRejects(() => vm.scsi.add({ hostPath: root }), DriverError);
  assertEquals([revoked, await host.grants?.()], [[], before]);
  await vm.close();
  assertEquals([revoked, await host.grants?.()], [[root], []]);
});

Deno.test("access that was perhaps given, and not taken back, is taken back at the end", async () => {
  let [isLost, refusals] = [false, 0];
  await using scene = await open({
    change: (backend) =>
      refusing({
        call: async (method, params, options) => {
          const result = await backend.call(method, params, options);
          if (isLost && method === "access.grant") throw new BackendError("timeout", "", "Late");
          return result;
        },
        events: (options) => backend.events(options),
        [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
      }, (method) => method === "access.revoke" && refusals-- > 0 ? "0x80070020" : undefined),
  });
  const { vms, linux, host } = scene;
  const vm = await vms.create(linux);
  await vm.start();
  const hostPath = await host.plantDisk?.("a.vhdx") ?? "";
  [isLost, refusals] = [true, 1];
  const error = await assertRejects(() => vm.scsi.add({ hostPath }), DriverError);
  assertEquals(error.leftovers, [`access:vm ${hostPath}`]);
  await vm.close();
  assertEquals(await host.grants?.(), []);
});

Deno.test("a VM that had ended before it is ended by its owner is not waited for", async () => {
  await using scene = await open({
    change: (backend) =>
      refusing(backend, (method) => method === "system.terminate" ? "0x80370110" : undefined),
  });
  const { vms, linux, host, clock } = scene;
  await vms.create(linux);
  const before = clock.now();
  await vms.terminate("vm");
  assert(clock.now() - before < 1_000);
  await host.exit?.("vm", "graceful");
});

Deno.test("a host without virtual machines in its schema is too old", async () => {
  await using scene = await open({ host: { schemaMinor: 0 } });
  const { vms, linux } = scene;
  const error = await assertRejects(() => vms.create(linux), DriverError);
  assertEquals([error.code, error.reason], ["unimplemented", "host-too-old"]);
});

for (const [schemaMinor, way] of [[1, "Uefi"], [2, "LinuxKernelDirect"]] as const) {
  Deno.test(`a host with schema 2.${schemaMinor} starts Linux by ${way}`, async () => {
    await using scene = await open({ host: { schemaMinor } });
    const { vms, linux, host } = scene;
    await vms.create(linux);
    const document = await host.document?.("vm");
    assert(JSON.stringify(document).includes(`"Chipset":{"${way}"`));
  });
}

for (const owner of ["", "Me", "a b", "a/b", "-a"]) {
  Deno.test(`${JSON.stringify(owner)} is no owner`, () => {
    using clock = new VirtualClock();
    const backend = simulatedHcs({ clock }).connect();
    const context = { owner, settings: {}, clock, backend };
    try {
      createUtilityVms(context);
    } catch (error) {
      return assert(error instanceof DriverError && error.code === "invalid-argument");
    }
    throw new Error("It was taken");
  });
}
