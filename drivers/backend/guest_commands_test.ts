import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { BackendError } from "./backend.ts";
import { Trouble } from "./driver_errors.ts";
import { answersSsh, isImplemented, recipeOf, sshClient } from "./guest_commands.ts";

function scene(failure?: Error) {
  const calls: unknown[] = [];
  const client = sshClient({
    run: (params, { timeoutMs }) => {
      calls.push([params, timeoutMs]);
      const result = { exitCode: 0, stdout: "", stderr: "" };
      return failure ? Promise.reject(failure) : Promise.resolve(result);
    },
    shell: (params, { timeoutMs }) => {
      calls.push([params, timeoutMs]);
      return Promise.resolve({ exitCode: 3 });
    },
    meaningOf: (error) =>
      error instanceof BackendError ? ["unavailable", "guest-silent"] : undefined,
  });
  return { client, calls };
}

Deno.test("sshClient() gives commands a quarter of an hour, and shells as long as they take", async () => {
  const { client, calls } = scene();
  await client.run("10.0.0.1:22", ["uname", "-a"]);
  assertEquals(await client.shell("[fd00::1]:22"), 3);
  assertEquals(calls, [
    [{ address: "10.0.0.1:22", argv: ["uname", "-a"] }, 900_000],
    [{ address: "[fd00::1]:22" }, Infinity],
  ]);
});

Deno.test("sshClient() calls nobody with a bad address, an empty command or a NUL", async () => {
  const { client, calls } = scene();
  for (
    const bad of [
      () => client.run("10.0.0.1", ["true"]),
      () => client.run("10.0.0.1:0", ["true"]),
      () => client.run("10.0.0.1:22", []),
      () => client.run("10.0.0.1:22", ["a\0b"]),
      () => client.shell(""),
    ]
  ) assertEquals((await assertRejects(bad, DriverError)).code, "invalid-argument");
  assertEquals(calls, []);
});

Deno.test("sshClient() says what a failure means to the driver, and of whom", async () => {
  const { client } = scene(new BackendError("refused", "ssh-unreachable", "no answer"));
  const error = await assertRejects(() => client.run("10.0.0.1:22", ["true"]), DriverError);
  assertEquals(
    [error.code, error.reason, error.subject],
    ["unavailable", "guest-silent", "guest:10.0.0.1:22"],
  );
});

Deno.test("recipeOf() has one command, which takes one host name", () => {
  assertEquals(recipeOf("rename-machine", ["a-1"]), ["/sbin/set-hostname", "a-1"]);
  for (const params of [[], ["a", "b"], ["a;b"], ["-a"]]) {
    const error = assertThrows(() => recipeOf("rename-machine", params), Trouble);
    assertEquals(error.code, "invalid-argument");
  }
  assertEquals([isImplemented("rename-machine"), isImplemented("join-cluster")], [true, false]);
  assertEquals(assertThrows(() => recipeOf("join-cluster", []), Trouble).code, "unimplemented");
});

Deno.test("answersSsh() asks for no longer than is left, and for five seconds at the most", async () => {
  const asked: (number | undefined)[] = [];
  const run: Parameters<typeof answersSsh>[0]["run"] = ({ address, argv }, { timeoutMs }) => {
    assertEquals([address, argv], ["10.0.0.1:22", ["true"]]);
    asked.push(timeoutMs);
    return Promise.resolve({ exitCode: 1, stdout: "", stderr: "" });
  };
  const { signal } = new AbortController();
  for (const remainingMs of [60_000, 20, 0.5, 0]) {
    assertEquals(await answersSsh({ run }, "10.0.0.1", { signal, remainingMs }), true);
  }
  assertEquals(asked, [5000, 20, 1, 5000]);
});

Deno.test("answersSsh() takes silence for no answer, and nothing else", async () => {
  const { signal } = new AbortController();
  const asking = (failure: Error): Promise<boolean> =>
    answersSsh({ run: () => Promise.reject(failure) }, "10.0.0.1", { signal, remainingMs: 1000 });
  assertEquals(await asking(new BackendError("refused", "ssh-unreachable", "no answer")), false);
  assertEquals(await asking(new BackendError("timeout", "", "late")), false);
  const strange = new BackendError("refused", "ssh-unauthenticated", "who are you");
  assertEquals(await assertRejects(() => asking(strange)), strange);
});
