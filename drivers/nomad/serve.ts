/**
 * A task driver as a plugin: all services on one socket.
 *
 * @module
 */

import type { TaskDriver } from "../contract/mod.ts";
import type { Draft } from "./message_types.ts";
import { baseService, driverService } from "./plugin_services.ts";
import { silence } from "./silence.ts";
import { SocketServer } from "./socket_server.ts";

/** The service name by which hosts ask for the health of a plugin. */
const HEALTH_NAME = "plugin";
const SERVING = 1;
const SERVICE_UNKNOWN = 3;
/** The longest path that a Unix socket can have. */
const MAX_SOCKET_PATH = 103;

/** A plugin that is served. Disposing of it ends all calls and removes the socket; tasks run on. */
export interface Served extends AsyncDisposable {
  /** The path of the socket. */
  readonly socket: string;
  /** Settles when a host asked the plugin to end. */
  readonly asked: Promise<void>;
}

/**
 * Serves a driver on a socket in a folder that nobody else can read. The driver is the caller's to
 * dispose of.
 *
 * @throws {Error} if the socket cannot be made
 */
export async function servePlugin(
  driver: TaskDriver,
  { socketDir }: { readonly socketDir?: string } = {},
): Promise<Served> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ dir: socketDir, prefix: "plugin-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const socket = `${folder}/p.sock`;
  if (socket.length > MAX_SOCKET_PATH) {
    throw new TypeError(`The path of the socket is too long, set a shorter TMPDIR: "${socket}"`);
  }
  const server = stack.use(new SocketServer());
  const asked = Promise.withResolvers<void>();
  server.add("base", baseService(driver));
  server.add("driver", driverService(driver));
  server.add("health", {
    Check: ({ service }) =>
      Promise.resolve({
        status: service === "" || service === HEALTH_NAME ? SERVING : SERVICE_UNKNOWN,
      }),
  });
  server.add("controller", {
    Shutdown() {
      asked.resolve();
      return Promise.resolve({});
    },
  });
  // Nothing is ever printed there, and nothing brokered: the streams stay open for hosts that wait.
  server.add("stdio", {
    StreamStdio: (_request, { signal }) => silence<Draft<"StdioData">>(signal),
  });
  server.add("broker", {
    StartStream: (_requests, { signal }) => silence<Draft<"ConnInfo">>(signal),
  });
  await server.listen(socket);
  const kept = stack.move();
  return { socket, asked: asked.promise, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
