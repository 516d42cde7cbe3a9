import { assertEquals, assertRejects } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { Channel } from "./channel.ts";
import { type Handlers, SocketServer } from "./socket_server.ts";

const ABOUT = { operation: "tasks.test", subject: "task:t1" } as const;

/** A socket with a driver service that has these handlers, and a channel to it. */
async function connected(
  handlers: Handlers<"driver">,
): Promise<{ channel: Channel; path: string } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "vmtck-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const server = stack.use(new SocketServer());
  server.add("driver", handlers);
  const path = `${folder}/p.sock`;
  await server.listen(path);
  const channel = stack.use(new Channel(`unix:${path}`));
  const kept = stack.move();
  return { channel, path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

Deno.test("an answer comes through a socket", async () => {
  await using it = await connected({
    InspectTask: ({ taskId }) => Promise.resolve({ task: { id: taskId, name: "t" } }),
  });
  const { task, driver } = await it.channel.call("driver", "InspectTask", { taskId: "a/b" }, ABOUT);
  assertEquals([task?.id, task?.name, task?.result, driver], ["a/b", "t", null, null]);
});

Deno.test("an error arrives whole, with its code, subject and reason", async () => {
  const thrown = new DriverError({
    code: "not-found",
    operation: "tasks.inspect",
    subject: "task:a",
    reason: "ErrTaskNotFound",
    leftovers: ["disk:x"],
    message: 'Cannot inspect task "a": there is none',
  });
  await using it = await connected({ InspectTask: () => Promise.reject(thrown) });
  const error = await assertRejects(
    () => it.channel.call("driver", "InspectTask", {}, ABOUT),
    DriverError,
  );
  assertEquals(error.toJSON(), thrown.toJSON());
});

Deno.test("a method that is not there is unimplemented", async () => {
  await using it = await connected({});
  const error = await assertRejects(
    () => it.channel.call("driver", "Init", {}, ABOUT),
    DriverError,
  );
  assertEquals([error.code, error.subject], ["unimplemented", "task:t1"]);
});

Deno.test("an aborted call is canceled, here and at the server", async () => {
  const seen = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  await using it = await connected({
    WaitTask(_request, { signal }) {
      signal.addEventListener("abort", () => aborted.resolve());
      seen.resolve();
      return new Promise(() => {});
    },
  });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = it.channel.call("driver", "WaitTask", { taskId: "a" }, { ...ABOUT, signal });
  await seen.promise;
  controller.abort();
  assertEquals((await assertRejects(() => waiting, DriverError)).code, "canceled");
  await aborted.promise;
});

Deno.test("a stream ends without an error when its signal aborts", async () => {
  const ended = Promise.withResolvers<void>();
  await using it = await connected({
    async *TaskEvents(_request, { signal }) {
      yield { taskId: "a" };
      yield { taskId: "b" };
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      ended.resolve();
    },
  });
  const controller = new AbortController();
  const stream = it.channel.stream("driver", "TaskEvents", {}, {
    ...ABOUT,
    signal: controller.signal,
  });
  await stream.taken;
  const seen: string[] = [];
  for await (const { taskId } of stream.messages) {
    seen.push(taskId);
    if (seen.length === 2) controller.abort();
  }
  assertEquals(seen, ["a", "b"]);
  await ended.promise;
});

Deno.test("a stream that is refused rejects before it is read, and when it is read", async () => {
  const thrown = new DriverError({
    code: "not-found",
    operation: "tasks.stats",
    subject: "task:a",
    message: "there is none",
  });
  await using it = await connected({ TaskStats: () => Promise.reject(thrown) });
  const { signal } = new AbortController();
  const stream = it.channel.stream("driver", "TaskStats", {}, { ...ABOUT, signal });
  assertEquals((await assertRejects(() => stream.taken, DriverError)).code, "not-found");
  const reading = async (): Promise<void> => {
    for await (const _ of stream.messages);
  };
  assertEquals((await assertRejects(reading, DriverError)).code, "not-found");
});

Deno.test("a server that goes away takes its socket with it", async () => {
  await using it = await connected({ Init: () => Promise.resolve({}) });
  await it.channel.call("driver", "Init", {}, ABOUT);
  await it[Symbol.asyncDispose]();
  await assertRejects(() => Deno.lstat(it.path), Deno.errors.NotFound);
});

Deno.test("a message of many megabytes comes through", async () => {
  await using it = await connected({
    StartTask: ({ task }) =>
      Promise.resolve({ handle: { driverState: task?.msgpackDriverConfig } }),
  });
  const msgpackDriverConfig = new Uint8Array(9_000_000).fill(7);
  const { handle } = await it.channel.call(
    "driver",
    "StartTask",
    { task: { msgpackDriverConfig } },
    ABOUT,
  );
  assertEquals(handle?.driverState.length, 9_000_000);
});
