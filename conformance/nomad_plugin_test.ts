import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { systemClock } from "../drivers/backend/clock.ts";
import { Channel } from "../drivers/nomad/channel.ts";
import { HOST_ENV } from "../drivers/nomad/handshake.ts";
import { linesOf } from "../drivers/nomad/lines.ts";
import { connect, type LaunchOptions } from "../drivers/nomad/mod.ts";

const PROGRAM = new URL("./nomad_plugin.ts", import.meta.url).pathname;
const ignore = Deno.build.os === "windows";

/** How a plugin of ours is started. */
function plugin(...args: string[]): LaunchOptions {
  return {
    path: Deno.execPath(),
    args: ["run", "-A", "--no-prompt", PROGRAM, ...args],
    clock: systemClock(),
  };
}

Deno.test({
  name: "a plugin that a person starts says what it is, and ends",
  ignore,
  fn: async () => {
    const { path, args = [] } = plugin("--driver", "memory");
    const { code, stdout, stderr } = await new Deno.Command(path, {
      args: [...args],
      env: { NOMAD_PLUGIN_MAGIC_COOKIE: "" },
    }).output();
    assertEquals([code, stdout.length], [1, 0]);
    assertMatch(new TextDecoder().decode(stderr), /plugin for Nomad/);
  },
});

Deno.test({
  name: "a plugin says what it is before it is configured, and logs as agents read it",
  ignore,
  fn: async () => {
    await using connection = await connect(plugin("--driver", "memory"));
    const { said, configSchema, taskSchema, plugin: { log } } = connection;
    assertEquals([said.info.type, said.info.apiVersions, said.isOurs], [
      "driver",
      ["v0.1.0"],
      true,
    ]);
    assertEquals([configSchema?.kind, taskSchema.kind], ["object", "object"]);
    const [line = "{}"] = log();
    assertEquals(Object.keys(JSON.parse(line)), ["@level", "@message", "@module", "@timestamp"]);
  },
});

Deno.test({
  name: "a plugin that was started wrongly says so in its log",
  ignore,
  fn: async () => {
    await assertRejects(() => connect(plugin("--driver", "hcs")), Error, "exit status 1");
    await assertRejects(() => connect(plugin("--driver", "memry")), Error, "memory");
    const mistyped = plugin("--driver", "memory", "--st", "uri=x");
    await assertRejects(() => connect(mistyped), Error, "--set");
  },
});

Deno.test({
  name: "a plugin outlives an interrupt, ends when a host asks, and takes its socket with it",
  ignore,
  fn: async () => {
    const { path, args = [] } = plugin("--driver", "memory");
    const command = new Deno.Command(path, {
      args: [...args],
      env: HOST_ENV,
      stdout: "piped",
      stderr: "null",
    });
    await using child = command.spawn();
    const lines = linesOf(child.stdout);
    const { value: line = "" } = await lines.next();
    assertMatch(String(line), /^1\|2\|unix\|\/[^|]+\|grpc\|$/);
    const [, , , socket = ""] = String(line).split("|");
    child.kill("SIGINT");
    using channel = new Channel(`unix:${socket}`);
    const about = { operation: "task.test", subject: "driver:" } as const;
    assertEquals((await channel.call("base", "PluginInfo", {}, about)).type, 2);
    await channel.call("controller", "Shutdown", {}, about).catch(() => {});
    assertEquals((await lines.next()).done, true, "nothing else is printed");
    assertEquals((await child.status).code, 0);
    await assertRejects(() => Deno.lstat(socket), Deno.errors.NotFound);
  },
});
