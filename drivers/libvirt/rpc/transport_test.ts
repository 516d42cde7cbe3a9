import { assertEquals, assertRejects } from "@std/assert";
import { RpcError } from "./errors.ts";
import { openTransport, type Transport } from "./transport.ts";

const windows = Deno.build.os === "windows";
const text = new TextEncoder();

/** Everything that the peer sends until its end. */
async function readAll(transport: Transport): Promise<string> {
  let all = "";
  for (let chunk; (chunk = await transport.read()) !== null;) {
    all += new TextDecoder().decode(chunk);
  }
  return all;
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function unix(...paths: string[]): Promise<Transport> {
  return openTransport({ kind: "unix", paths, uri: "" });
}

function command(...argv: string[]): Promise<Transport> {
  return openTransport({ kind: "command", argv, uri: "" });
}

Deno.test({
  name: "the first socket that exists is used, in both directions",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/b`;
      using listener = Deno.listen({ transport: "unix", path });
      const transport = await unix(`${folder}/a`, path);
      using conn = await listener.accept();
      await transport.write(text.encode("hello"));
      const buffer = new Uint8Array(5);
      await conn.read(buffer);
      await conn.write(buffer);
      conn.closeWrite();
      assertEquals([transport.peer, await readAll(transport)], [path, "hello"]);
      await transport.close();
    }),
});

Deno.test({
  name: "closing ends a read that is waiting",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/s`;
      using listener = Deno.listen({ transport: "unix", path });
      const transport = await unix(path);
      using _conn = await listener.accept();
      const reading = transport.read();
      await transport.close();
      assertEquals(await reading, null);
      assertEquals(await transport.read(), null);
      await transport.close();
    }),
});

Deno.test({
  name: "a missing socket names the paths and the package",
  ignore: windows,
  fn: async () => {
    const error = await assertRejects(
      () => unix("/nowhere/a", "/nowhere/b"),
      RpcError,
      'No libvirt socket at "/nowhere/a" or "/nowhere/b": start libvirtd, or install the package ' +
        '"libvirt-daemon-system"',
    );
    assertEquals(error.code, "no-socket");
  },
});

Deno.test({
  name: "a socket that nobody serves any more says so",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/s`;
      Deno.listen({ transport: "unix", path }).close();
      // Some versions remove the socket's file together with the listener.
      const error = await assertRejects(() => unix(path), RpcError, path);
      assertEquals(["unreachable", "no-socket"].includes(error.code), true);
    }),
});

Deno.test({
  name: "a socket without permission says whom to ask",
  ignore: windows || Deno.uid() === 0,
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/s`;
      using _listener = Deno.listen({ transport: "unix", path });
      await Deno.chmod(path, 0);
      const error = await assertRejects(() => unix(path), RpcError, 'the group "libvirt"');
      assertEquals(error.code, "permission-denied");
    }),
});

Deno.test({
  name: "Deno's own refusal names the flags",
  ignore: windows,
  permissions: { read: false, write: false, net: false },
  fn: async () => {
    const error = await assertRejects(() => unix("/run/x"), RpcError, "--allow-net=unix:/run/x");
    assertEquals(error.code, "permission-denied");
  },
});

Deno.test("a closed TCP port is unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const endpoint = { kind: "tcp", hostname: "127.0.0.1", port, uri: "" } as const;
  const error = await assertRejects(() => openTransport(endpoint), RpcError, `127.0.0.1:${port}`);
  assertEquals(error.code, "unreachable");
});

Deno.test("an open TCP port carries bytes", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const transport = await openTransport({ kind: "tcp", hostname: "127.0.0.1", port, uri: "" });
  using conn = await listener.accept();
  await conn.write(text.encode("hi"));
  conn.closeWrite();
  assertEquals(await readAll(transport), "hi");
  await transport.close();
});

Deno.test("an aborted signal opens nothing", async () => {
  const endpoint = { kind: "tcp", hostname: "127.0.0.1", port: 1, uri: "" } as const;
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => openTransport(endpoint, { signal }), Error, "enough");
});

Deno.test({
  name: "a command's streams carry bytes, and closing ends the command",
  ignore: windows,
  fn: async () => {
    const transport = await command("cat");
    await transport.write(text.encode("hello"));
    assertEquals(new TextDecoder().decode((await transport.read())!), "hello");
    const reading = transport.read();
    await transport.close();
    assertEquals(await reading, null);
    await transport.close();
  },
});

Deno.test({
  name: "a command that fails is quoted",
  ignore: windows,
  fn: async () => {
    const transport = await command(
      "sh",
      "-c",
      "echo 'Permission denied (publickey).' >&2; exit 255",
    );
    const error = await assertRejects(
      () => transport.read(),
      RpcError,
      '"sh" ended with exit code 255: Permission denied (publickey).',
    );
    assertEquals(error.code, "unreachable");
    await transport.close();
  },
});

Deno.test("a command that does not exist is named", async () => {
  const error = await assertRejects(() => command("vmtck-no-such-command"), RpcError);
  assertEquals(error.code, "unreachable");
  assertEquals(error.message.includes('"vmtck-no-such-command"'), true);
});

Deno.test({
  name: "a command that Deno may not run names the flag",
  permissions: { run: false },
  fn: async () => {
    const error = await assertRejects(() => command("ssh"), RpcError, "--allow-run=ssh");
    assertEquals(error.code, "permission-denied");
  },
});
