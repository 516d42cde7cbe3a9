import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  decodeTaskHandle,
  DriverError,
  encodeTaskHandle,
  MACHINE_ATTRIBUTE,
  type TaskDriver,
  type TaskHost,
  type TaskSpec,
} from "../../contract/mod.ts";
import { VirtualClock } from "../../backend/clock.ts";
import type { Files } from "../../backend/files.ts";
import { memoryFiles } from "../../backend/memory_files.ts";
import { MEMORY } from "../../memory/mod.ts";

const IMAGE = "/srv/images/guest.img";

interface Bench extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly files: Files;
  readonly host: TaskHost;
  open(): TaskDriver;
}

/** A simulated host with one image, and task drivers on it. */
async function bench(): Promise<Bench> {
  const clock = new VirtualClock();
  const files = memoryFiles();
  const { backend } = await MEMORY.connect({ settings: {}, clock, files });
  {
    await using writer = await files.create(IMAGE);
    await writer.write(await MEMORY.images.guest());
  }
  const service = MEMORY.serves["task-driver"];
  if (!service?.host) throw new TypeError("The memory driver serves no tasks");
  const context = {
    ...{ backend, clock, files, settings: {} },
    ...{ cacheDir: "/cache", configDir: "/config", owner: "o", imagesUrl: "http://127.0.0.1:9/" },
  };
  return {
    clock,
    files,
    host: service.host(backend),
    open: () => service.create(context),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

function spec(overrides: Partial<TaskSpec> = {}): TaskSpec {
  return {
    id: "0f1e/web/1a2b3c4d",
    name: "web",
    allocId: "0f1e",
    resources: { memoryMiB: 128, cpuset: "0-1" },
    config: { image: IMAGE },
    ...overrides,
  };
}

async function opened(bench: Bench): Promise<TaskDriver> {
  const driver = bench.open();
  await driver.setConfig({ config: { image_paths: ["/srv/images"] } });
  return driver;
}

Deno.test("a task starts, tells of itself, stops and goes without a trace", async () => {
  await using it = await bench();
  await using driver = await opened(it);
  const { handle, network } = await driver.startTask(spec());
  assertEquals([handle.version, network], [1, undefined]);
  const { state, attributes } = await driver.inspectTask(spec().id);
  const machine = attributes[MACHINE_ATTRIBUTE] ?? "";
  assertEquals(state, "running");
  assertEquals(await it.host.size?.(machine), { memoryMiB: 128, cpus: 2 });
  const wait = driver.waitTask(spec().id);
  await it.clock.sleep(5_000);
  await driver.stopTask(spec().id, { timeoutMs: 5_000 });
  assertEquals(await wait, { exitCode: 0, signal: 0, oomKilled: false });
  assertEquals((await driver.inspectTask(spec().id)).state, "exited");
  await driver.destroyTask(spec().id);
  assertEquals(await it.host.inventory(), []);
  const error = await assertRejects(() => driver.inspectTask(spec().id), DriverError);
  assertEquals([error.code, error.reason, error.subject], [
    "not-found",
    "ErrTaskNotFound",
    `task:${spec().id}`,
  ]);
});

Deno.test("a task with an interface tells its address, and leads ports to its guest", async () => {
  await using it = await bench();
  await using driver = await opened(it);
  const ports = [{ label: "ssh", value: 21_022, to: 22, hostIp: "127.0.0.1" }];
  const bridge = { name: "default", ports: ["ssh"] };
  const { network } = await driver.startTask(spec({
    resources: { memoryMiB: 128, cpuset: "0", ports },
    config: { image: IMAGE, network_interface: [{ bridge }] },
  }));
  assertEquals(network?.portMap, { ssh: 22 });
  assert(network && /^\d+(\.\d+){3}$/.test(network.ip));
  await driver.destroyTask(spec().id, { force: true });
  assertEquals(await it.host.inventory(), []);
});

Deno.test("another instance takes a task over from the bytes of its handle", async () => {
  await using it = await bench();
  const first = await opened(it);
  const { handle } = await first.startTask(spec());
  const bytes = encodeTaskHandle(handle);
  await first[Symbol.asyncDispose]();
  await using second = await opened(it);
  await second.recoverTask(decodeTaskHandle(bytes));
  const wait = second.waitTask(spec().id);
  await second.destroyTask(spec().id, { force: true });
  assertEquals(await wait, { exitCode: 0, signal: 9, oomKilled: false });
  assertEquals(await it.host.inventory(), []);
});

Deno.test("destroy with force removes what an instance that died left, and says when there is nothing", async () => {
  await using it = await bench();
  const first = await opened(it);
  await first.startTask(spec());
  await first[Symbol.asyncDispose]();
  await using second = await opened(it);
  await second.destroyTask(spec().id, { force: true });
  assertEquals(await it.host.inventory(), []);
  await assertRejects(() => second.destroyTask(spec().id, { force: true }), DriverError);
});

Deno.test("a machine that crashed or is gone is no success", async () => {
  await using it = await bench();
  await using driver = await opened(it);
  for (const control of ["killProcess", "vanish"] as const) {
    await driver.startTask(spec());
    const { attributes } = await driver.inspectTask(spec().id);
    const wait = driver.waitTask(spec().id);
    await it.host[control]?.(attributes[MACHINE_ATTRIBUTE] ?? "");
    const { exitCode, error } = await wait;
    assertEquals([exitCode, error === undefined], [1, false]);
    await driver.destroyTask(spec().id);
    assertEquals(await it.host.inventory(), []);
  }
});

Deno.test("the cache keeps one copy of an image for as long as a task was made from it", async () => {
  await using it = await bench();
  await using driver = await opened(it);
  const cached = async (): Promise<number> =>
    (await it.files.list("/cache/tasks/images")).filter((name) => !name.endsWith(".json")).length;
  const [one, other] = [spec(), spec({ id: "0f1e/web/5e6f7a8b" })];
  await Promise.all([driver.startTask(one), driver.startTask(other)]);
  assertEquals(await cached(), 1);
  await driver.destroyTask(one.id, { force: true });
  assertEquals(await cached(), 1);
  // While the last one goes, another one comes.
  await Promise.all([driver.destroyTask(other.id, { force: true }), driver.startTask(one)]);
  assertEquals((await driver.inspectTask(one.id)).state, "running");
  await driver.destroyTask(one.id, { force: true });
  assertEquals(await cached(), 0);
});

Deno.test("a start that fails leaves no copy of its image", async () => {
  await using it = await bench();
  await using driver = await opened(it);
  {
    await using writer = await it.files.create("/srv/images/blank.img");
    await writer.write(await MEMORY.images.blank());
  }
  const image = "/srv/images/blank.img";
  const config = { image, network_interface: [{ bridge: { name: "default" } }] };
  const start = (): Promise<unknown> => driver.startTask(spec({ config }));
  const { code } = await assertRejects(start, DriverError);
  assertEquals(code, "deadline-exceeded");
  assertEquals(
    (await it.files.list("/cache/tasks/images")).filter((name) => !name.endsWith(".json")),
    [],
  );
});
