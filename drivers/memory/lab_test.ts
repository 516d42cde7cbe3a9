// What the tests of this folder share.
import { assertEquals, assertRejects } from "@std/assert";
import {
  type Driver,
  DriverError,
  type ErrorCode,
  type HostControls,
  type Machine,
  type MachineSpec,
} from "../contract/mod.ts";
import { VirtualClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import { Faults } from "../backend/faults.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import {
  MEMORY,
  memoryDriver,
  type MemoryEvent,
  memoryHost,
  type MemoryMethods,
  simulatedBackend,
} from "./mod.ts";

/** A driver on a hypervisor of its own, and ways around it. */
export interface Lab extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly driver: Driver;
  readonly host: HostControls;
  readonly faults: Faults<MemoryMethods>;
  open(owner: string): Promise<Driver>;
  spec(overrides?: Partial<MachineSpec>): MachineSpec;
  /** A machine with a guest. */
  guest(): Promise<Machine>;
}

const VERSIONS = { "1.0.0": "blank", "2.0.0": "guest" } as const;

/** A hypervisor of its own, with a driver whose images are downloaded and a network. */
export async function lab(): Promise<Lab> {
  const clock = new VirtualClock();
  const backend = simulatedBackend({ clock });
  const faults = new Faults<MemoryMethods>({ seam: MEMORY.seam, clock });
  const files = memoryFiles();
  const open = async (owner: string): Promise<Driver> => {
    const driver = memoryDriver({
      backend: withDeadline<MemoryMethods, MemoryEvent>(faults.wrap(backend), { clock }),
      clock,
      files,
      cacheDir: "/cache",
      configDir: "/config",
      owner,
      imagesUrl: "http://127.0.0.1:9/images.json",
      settings: {},
    });
    await driver.networks?.create({ cluster: "c1" });
    return driver;
  };
  const list = await Promise.all(
    Object.entries(VERSIONS).map(async ([version, kind]) => {
      const content = await MEMORY.images[kind]();
      const digest = await clock.hold(crypto.subtle.digest("SHA-256", content));
      const sha256 = new Uint8Array(digest).toHex();
      await write(files, `/import/${version}`, content);
      return { version, sha256, url: `http://127.0.0.1:9/${version}`, deprecated: false };
    }),
  );
  await write(files, "/config/images.json", new TextEncoder().encode(JSON.stringify(list)));
  const driver = await open("o1");
  for (const image of await driver.images.list()) await image.fromFile(`/import/${image.version}`);
  const spec = (overrides = {}): MachineSpec => ({
    cluster: "c1",
    name: "m1",
    image: "1.0.0",
    ...overrides,
  });
  return {
    clock,
    driver,
    host: memoryHost(backend),
    faults,
    open,
    spec,
    guest: () => driver.machines.create(spec({ image: "2.0.0" })),
    async [Symbol.asyncDispose](): Promise<void> {
      await backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

async function write(
  files: ReturnType<typeof memoryFiles>,
  path: string,
  content: Uint8Array,
): Promise<void> {
  await using writer = await files.create(path);
  await writer.write(content);
  await writer.close();
}

/** The error of a call that is refused with that code. */
export async function refused(call: () => Promise<unknown>, code: ErrorCode): Promise<DriverError> {
  const error = await assertRejects(call, DriverError);
  assertEquals(error.code, code, error.message);
  return error;
}
