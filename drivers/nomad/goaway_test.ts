import http2, { type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { once } from "node:events";
import { tellGoawayLater } from "./goaway.ts";

/** The memory that was given back has something else in it soon enough. */
const ROUNDS = 100;
const REQUESTS = 10;

/** A server that goes away after some requests, and a client that ends when it hears so. */
async function round(): Promise<void> {
  const server = http2.createServer();
  const session = Promise.withResolvers<ServerHttp2Session>();
  server.on("session", session.resolve);
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200 });
    stream.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("There is no port");
  const client = http2.connect(`http://127.0.0.1:${address.port}`);
  const closed = once(client, "close");
  client.on("goaway", () => client.destroy());
  for (let request = 0; request < REQUESTS; request++) {
    const stream = client.request({ ":path": "/" }).resume();
    stream.end();
    await once(stream, "close");
  }
  (await session.promise).goaway();
  await closed;
  server.close();
  await once(server, "close");
}

// Where it fails, it takes the whole process with it.
Deno.test("a client that ends when the server goes away does not end the process", async () => {
  tellGoawayLater();
  tellGoawayLater();
  for (let at = 0; at < ROUNDS; at++) await round();
});
