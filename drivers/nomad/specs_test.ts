import { assertEquals, assertThrows } from "@std/assert";
import { DriverError, type Schema, type TaskHandle, type TaskSpec } from "../contract/mod.ts";
import { decode, encode } from "./codec.ts";
import { fromHandle, fromTaskConfig, toHandle, toTaskConfig } from "./specs.ts";

const ABOUT = { operation: "task.start", subject: "task:a/b/c" } as const;
const SCHEMA: Schema = {
  kind: "object",
  attributes: { image: { kind: "attr", name: "image", type: "string" } },
};
const SPEC: TaskSpec = {
  id: "a/b/c",
  name: "b",
  allocId: "a",
  resources: {
    memoryMiB: 512,
    cpuset: "0-1",
    cpuShares: 100,
    ports: [{ label: "ssh", value: 2222, to: 22, hostIp: "127.0.0.1" }],
  },
  config: { image: "/i.img" },
  env: { A: "1" },
  mounts: [{ hostPath: "/h", taskPath: "/t", readOnly: true }],
  stdoutPath: "/o",
};

function sent(spec: TaskSpec): TaskSpec {
  const draft = toTaskConfig(spec, { schema: SCHEMA, config: spec.config, about: ABOUT });
  return fromTaskConfig(decode("TaskConfig", encode("TaskConfig", draft)));
}

Deno.test("a task comes through the wire as it is", () => {
  assertEquals(sent(SPEC), SPEC);
});

Deno.test("a task with a folder has the agent's variables for it, and its own before them", () => {
  const { env } = sent({ ...SPEC, allocDir: "/alloc/a", env: { NOMAD_TASK_DIR: "/mine" } });
  assertEquals([env?.NOMAD_ALLOC_DIR, env?.NOMAD_TASK_DIR, env?.NOMAD_SECRETS_DIR], [
    "/alloc/a/alloc",
    "/mine",
    "/alloc/a/b/secrets",
  ]);
});

Deno.test("what the plugin API cannot say is refused before it is sent", () => {
  const port = { label: "dns", value: 53, to: 53, hostIp: "::1", protocol: "udp" } as const;
  const resources: Partial<TaskSpec["resources"]>[] = [
    { memoryMiB: 0.5 },
    { memoryMiB: NaN },
    { ports: [port] },
  ];
  for (const part of resources) {
    const spec = { ...SPEC, resources: { ...SPEC.resources, ...part } };
    assertEquals(assertThrows(() => sent(spec), DriverError).code, "invalid-argument");
  }
});

Deno.test("a handle comes through the wire, byte for byte", () => {
  const driverState = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const handle: TaskHandle = { version: 3, config: SPEC, state: "running", driverState };
  const draft = toHandle(handle, { schema: SCHEMA, about: ABOUT });
  assertEquals(fromHandle(decode("TaskHandle", encode("TaskHandle", draft ?? {}))), handle);
});

Deno.test("a handle that is none goes to the driver, which has to refuse it", () => {
  assertEquals(toHandle(undefined, { schema: SCHEMA, about: ABOUT }), undefined);
  const draft = toHandle({ version: 1 }, { schema: SCHEMA, about: ABOUT });
  const read = fromHandle(decode("TaskHandle", encode("TaskHandle", draft ?? {})));
  assertEquals([read.config.id, read.state], ["", "unknown"]);
});
