import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import { exclusively, locked } from "./exclusive.ts";

Deno.test("a command waits for the end of another, and its exit code is passed on", async () => {
  const lock = await Deno.makeTempFile();
  try {
    const events: string[] = [];
    const { promise: waiting, resolve } = Promise.withResolvers<void>();
    const first = await locked(lock, () => {});
    const second = exclusively([Deno.execPath(), "eval", "Deno.exit(7)"], {
      lock,
      onWait() {
        events.push("waits");
        resolve();
      },
    }).then((code) => events.push(`ended with ${code}`));
    await waiting;
    events.push("first ends");
    first.close();
    await second;
    assertEquals(events, ["waits", "first ends", "ended with 7"]);
  } finally {
    await Deno.remove(lock);
  }
});

Deno.test("a command in a command is refused: it would wait for what waits for it", async () => {
  const lock = await Deno.makeTempFile();
  try {
    // What the outer command starts is told by the environment which lock is held.
    const path = new URL("exclusive.ts", import.meta.url).href;
    const inner = `const { exclusively } = await import(${JSON.stringify(path)});
await exclusively(["true"], { lock: ${JSON.stringify(lock)} })
  .catch((error) => Deno.exit(error.name === "UsageError" ? 7 : 1));`;
    assertEquals(await exclusively([Deno.execPath(), "eval", inner], { lock }), 7);
  } finally {
    await Deno.remove(lock);
  }
});

Deno.test("what outlived such a command may take a lock that is free", async () => {
  const lock = await Deno.makeTempFile();
  try {
    const command = [Deno.execPath(), "eval", "Deno.exit(7)"] as const;
    assertEquals(await exclusively(command, { lock, held: lock }), 7);
    using _other = await locked(lock, () => {});
    await assertRejects(() => exclusively(command, { lock, held: lock }), UsageError);
  } finally {
    await Deno.remove(lock);
  }
});

Deno.test({
  name: "a lock that another user made needs no right but to read it",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/lock`;
    try {
      (await locked(path, () => {})).close();
      assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o644);
      await Deno.chmod(path, 0o444);
      using again = await locked(path, () => {});
      await assertRejects(() => again.write(Uint8Array.of(1)));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("the lock of a holder that was killed is free", async () => {
  const lock = await Deno.makeTempFile();
  const program = `const file = await Deno.open(Deno.args[0]);
await file.lock(true);
console.log("held");
await new Promise(() => setInterval(() => {}, 1000));`;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(script, program);
    const args = ["run", "-A", "--no-config", script, lock];
    const holder = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    const { promise: waiting, resolve } = Promise.withResolvers<void>();
    const second = locked(lock, resolve);
    await waiting;
    holder.kill("SIGKILL");
    (await second).close();
    await reader.cancel();
    await holder.status;
  } finally {
    await Deno.remove(lock);
    await Deno.remove(script);
  }
});

Deno.test({
  name: "an interrupt is the command's, and the lock is held until it has ended",
  ignore: Deno.build.os === "windows",
  async fn() {
    const program = `Deno.addSignalListener("SIGTERM", () => {
  console.log("cleaned up");
  Deno.exit(7);
});
console.log("runs");
setInterval(() => {}, 1000);`;
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/command.ts`, program);
      const path = new URL("exclusive.ts", import.meta.url).href;
      const run = `import { exclusively } from ${JSON.stringify(path)};
const command = [Deno.execPath(), "run", "-A", "--no-config", ${
        JSON.stringify(`${folder}/command.ts`)
      }];
Deno.exit(await exclusively(command, { lock: ${JSON.stringify(`${folder}/lock`)} }));`;
      await Deno.writeTextFile(`${folder}/run.ts`, run);
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", `${folder}/run.ts`],
        stdout: "piped",
      }).spawn();
      let said = "";
      for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
        if (said === "" && piece.startsWith("runs")) child.kill("SIGTERM");
        said += piece;
      }
      assertEquals([(await child.status).code, said], [7, "runs\ncleaned up\n"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
