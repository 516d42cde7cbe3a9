import { assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams";

const CLI = new URL("cli.ts", import.meta.url);

/** A driver that tells when it has made a machine, and whose machines never answer. */
const STUCK = `
const made = new Map();
const image = { version: "1.0.0-blank", fetch: () => ({ changed: true }), purge: () => ({}) };
export default {
  name: "stuck",
  serves: { driver: { open: ({ owner }) => ({
    name: "stuck", description: "A driver that is stuck", owner,
    nameRule: { maxLength: 63, description: "labels" },
    reachability: "direct", machineFacets: [],
    status: () => Promise.resolve({ state: "ready", facts: {} }),
    qualifiedMachineName: ({ cluster, name }) => [owner, cluster, name].join("."),
    machines: {
      create(spec) {
        made.set(spec.name, spec);
        console.error("made");
        const never = () => new Promise(() => setTimeout(() => {}, 600_000));
        return { ...spec, status: never };
      },
      list: () => Promise.resolve([...made.values()]),
      delete: (ref) => Promise.resolve(KEEPS || made.delete(ref.name)),
    },
    images: { update: () => {}, get: () => Promise.resolve(image) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }) } },
};
`;

interface Ending {
  readonly code: number;
  readonly out: string;
  readonly ledgers: number;
}

/** Runs a case against the stuck driver, and interrupts it once a machine is made. */
async function interrupted(keeps: boolean): Promise<Ending> {
  const folder = await Deno.makeTempDir();
  try {
    const module = `${folder}/stuck.js`;
    await Deno.writeTextFile(module, STUCK.replace("KEEPS", String(keeps)));
    const args = ["--driver", module, "--ledger", `${folder}/led`, "create.stopped", "registry"];
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", CLI.href, ...args, "--case-timeout", "2s"],
      stdout: "piped",
      stderr: "piped",
    });
    const child = command.spawn();
    const out = new Response(child.stdout).text();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(
      new TextLineStream(),
    );
    for await (const line of lines) if (line === "made") child.kill("SIGINT");
    const { code } = await child.status;
    const ledgers = (await Array.fromAsync(Deno.readDir(`${folder}/led`))).length;
    return { code, out: await out, ledgers };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "an interrupted process cleans up, and ends with 5",
  ignore,
  async fn() {
    const { code, out, ledgers } = await interrupted(false);
    assertStringIncludes(out, "The run was interrupted");
    assertEquals([code, ledgers], [5, 0], out);
  },
});

Deno.test({
  name: "an interrupted process that cannot clean up ends with 4, and keeps its ledger",
  ignore,
  async fn() {
    const { code, out, ledgers } = await interrupted(true);
    assertStringIncludes(out, "Left on the host: machine:");
    assertEquals([code, ledgers], [4, 1], out);
  },
});
