/** The HCS driver with its own FFI backend, held to its cases over the native double of the service. */
import type { Backend, Json } from "../../drivers/backend/backend.ts";
import type { DriverModule } from "../../drivers/backend/mod.ts";
import type { HcsEvent, HcsMethods } from "../../drivers/hcs/backend.ts";
import { liveBackend } from "../../drivers/hcs/connect.ts";
import { openLibraries } from "../../drivers/hcs/ffi/library.ts";
import type { HCS } from "../../drivers/hcs/mod.ts";
import { computeCoreDouble } from "../../fixtures/doubles/computecore/double.ts";
import { casesOf } from "../case.ts";
import { UVM_CASES } from "../cases/utility_vm/mod.ts";
import { openSubject } from "../compose/mod.ts";
import { registerDenoTests } from "../register_deno_tests.ts";
import { SIMULATED_HCS } from "./hcs.ts";

const library = await computeCoreDouble();
// A library stays open once it is: before the tests, so that none of them seems to leave it so.
if (library !== undefined) openLibraries(library);

/** Every text in a value changed. */
function mapTexts(value: Json | undefined, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.map(([key, each]) => [change(key), mapTexts(each, change)]),
  );
}

/** The drive C of a host that has none: a folder. */
function onDrive(
  backend: Backend<HcsMethods, HcsEvent>,
  root: string,
): Backend<HcsMethods, HcsEvent> {
  const inwards = (text: string): string =>
    text.startsWith("C:\\") ? root + text.slice(2).replaceAll("\\", "/") : text;
  const outwards = (text: string): string => {
    const start = text.indexOf(root);
    if (start < 0) return text;
    const path = text.slice(start + root.length).replaceAll("/", "\\");
    return `${text.slice(0, start)}C:${path}`;
  };
  return {
    call: async <K extends keyof HcsMethods & string>(
      method: K,
      params: HcsMethods[K]["params"],
      options: Parameters<typeof backend.call>[2],
    ) => {
      const inside = mapTexts(params as Json, inwards) as HcsMethods[K]["params"];
      const result = await backend.call(method, inside, options);
      return mapTexts(result as Json, outwards) as HcsMethods[K]["result"];
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

/** Cases that wait for minutes, or for many timeouts, in real time. */
const SLOW = /unanswered|error\.timeout|sweep|wait\.pending|wait\.strange|attach\.alias/;

const native: DriverModule = {
  ...SIMULATED_HCS,
  time: "real",
  connect: async () => {
    const root = await Deno.makeTempDir({ prefix: "vmtck-hcs-" });
    const live = liveBackend({ library: library ?? "" });
    const backend = onDrive(live, root);
    return {
      host: { origin: "simulator", versions: {} },
      backend: {
        ...backend,
        async [Symbol.asyncDispose](): Promise<void> {
          await live[Symbol.asyncDispose]();
          await Deno.remove(root, { recursive: true });
        },
      },
    };
  },
} satisfies typeof HCS;

if (library !== undefined) {
  const cases = casesOf("utility-vm", UVM_CASES).filter(({ id }) => !SLOW.test(id));
  await registerDenoTests({ open: () => openSubject(native, { mode: "live" }), cases });
}
