import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { systemClock } from "../backend/clock.ts";
import type { Clock } from "../contract/mod.ts";
import { connect } from "./connection.ts";
import { type Handlers, SocketServer } from "./socket_server.ts";

const ignore = Deno.build.os === "windows";
/** How long a plugin's handshake is waited for; longer than for all else. */
const HANDSHAKE_MS = 60_000;

/** No wait takes time, and the one for the handshake never ends. */
const CLOCK: Clock = {
  ...systemClock(),
  sleep: (ms) => ms >= HANDSHAKE_MS ? new Promise(() => {}) : Promise.resolve(),
};

/** Connects to a plugin whose process only says where its services are. */
async function connecting(socket: string, clock: Clock): Promise<BackendError> {
  const args = ["-c", 'echo "1|2|unix|$0|grpc|"; exec sleep 60', socket];
  return await assertRejects(() => connect({ path: "sh", args, clock }), BackendError);
}

/** What a plugin that says this is refused with. */
async function refusal(info: Handlers<"base">["PluginInfo"]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new SocketServer();
    const empty = (): Promise<Record<string, never>> => Promise.resolve({});
    server.add("base", { PluginInfo: info, ConfigSchema: empty });
    server.add("driver", { TaskConfigSchema: empty, Capabilities: empty, Shutdown: empty });
    server.add("controller", { Shutdown: empty });
    await server.listen(`${folder}/p.sock`);
    const patient: Clock = {
      ...CLOCK,
      // Long enough for answers, and short enough for ends.
      sleep: (ms, options) => ms > 2_000 ? new Promise(() => {}) : systemClock().sleep(50, options),
    };
    return (await connecting(`${folder}/p.sock`, patient)).message;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "a plugin that says where it is and never answers is given up",
  ignore,
  // The library's timers outlive a client that was given up while it connected.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const listener = Deno.listen({ transport: "unix", path: `${folder}/p.sock` });
    const accepted: Deno.UnixConn[] = [];
    const accepting = (async () => {
      for await (const socket of listener) accepted.push(socket);
    })();
    try {
      assertEquals((await connecting(`${folder}/p.sock`, CLOCK)).kind, "timeout");
    } finally {
      listener.close();
      await accepting;
      for (const socket of accepted) socket.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a plugin that is no task driver, or one of another version, is refused by name",
  ignore,
  fn: async () => {
    const device = await refusal(() => Promise.resolve({ type: 3 }));
    assertEquals(device, 'Plugin "sh" is no task driver, but of type 3');
    const versions = ["v0.2.0"];
    const newer = await refusal(() => Promise.resolve({ type: 2, pluginApiVersions: versions }));
    assertEquals(newer, 'Plugin "sh" speaks the plugin API in version v0.2.0, not v0.1.0');
  },
});
