import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { systemClock, VirtualClock } from "../backend/clock.ts";
import type { Clock } from "../contract/mod.ts";
import { COOKIE } from "./handshake.ts";
import { launch, type PluginProcess } from "./process.ts";

/** Starts a shell script as a plugin. */
function script(text: string, env: Record<string, string> = {}): Promise<PluginProcess> {
  return launch({ path: "sh", args: ["-c", text], env, clock: systemClock() });
}

const LINE = `echo "1|2|unix|$PLUGIN_UNIX_SOCKET_DIR/p.sock|grpc|"`;

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a plugin gets the cookie, a folder for its socket, and nothing else of the environment",
  ignore,
  fn: async () => {
    Deno.env.set("VMTCK_TEST_SECRET", "x");
    try {
      await using plugin = await script(
        `${LINE}; test "$${COOKIE.key}" && test -d "$PLUGIN_UNIX_SOCKET_DIR" && ` +
          'test "$EXTRA" = 1 && test -z "$VMTCK_TEST_SECRET"',
        { EXTRA: "1" },
      );
      assertMatch(plugin.target, /^unix:.*\/p\.sock$/);
      assertEquals((await plugin.ended).code, 0);
      const folder = plugin.target.slice("unix:".length, -"/p.sock".length);
      await plugin[Symbol.asyncDispose]();
      await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
    } finally {
      Deno.env.delete("VMTCK_TEST_SECRET");
    }
  },
});

Deno.test({
  name: "a plugin that prints more than its line never waits for a reader",
  ignore,
  fn: async () => {
    await using plugin = await script(`${LINE}; head -c 300000 /dev/zero; echo done >&2`);
    assertEquals((await plugin.ended).code, 0);
  },
});

Deno.test({
  name: "a plugin that ends before its line is told with its exit status and its last words",
  ignore,
  fn: async () => {
    const error = await assertRejects(() => script("echo no licence >&2; exit 3"), BackendError);
    assertEquals(error.kind, "unreachable");
    assertMatch(error.message, /exit status 3.*no licence/);
  },
});

Deno.test({
  name: "a plugin that prints something else first is ended",
  ignore,
  fn: async () => {
    const error = await assertRejects(() => script("echo Welcome; exec sleep 60"), BackendError);
    assertEquals(error.kind, "garbled");
  },
});

Deno.test({
  name: "a plugin that closes its standard output and lives on is ended",
  ignore,
  fn: async () => {
    // Short waits are over at once, and the long one for the handshake never is.
    const clock: Clock = {
      ...systemClock(),
      sleep: (ms) => ms > 10_000 ? new Promise(() => {}) : Promise.resolve(),
    };
    const error = await assertRejects(
      () => launch({ path: "sh", args: ["-c", "exec >&-; exec sleep 60"], clock }),
      BackendError,
    );
    assertMatch(error.message, /by SIGKILL/);
  },
});

Deno.test({
  name: "a plugin that says nothing is ended after a minute",
  ignore,
  fn: async () => {
    using clock = new VirtualClock();
    const error = await assertRejects(
      () => launch({ path: "sh", args: ["-c", "exec sleep 60"], clock }),
      BackendError,
    );
    assertEquals(error.kind, "timeout");
    assertMatch(error.message, /says no handshake within 60 s$/);
  },
});

Deno.test({
  name: "a plugin that is killed is gone",
  ignore,
  fn: async () => {
    await using plugin = await script(`trap '' TERM INT; ${LINE}; exec sleep 60`);
    await plugin.kill();
    assertEquals((await plugin.ended).signal, "SIGKILL");
  },
});

Deno.test({
  name: "what a plugin's wrapper started ends with it",
  ignore,
  fn: async () => {
    const plugin = await script(`sleep 60 & ${LINE}; wait`);
    await plugin.kill();
    // Reads its output to the end, which the sleeper would hold open for a minute.
    await plugin[Symbol.asyncDispose]();
    assertEquals((await plugin.ended).signal, "SIGKILL");
  },
});
