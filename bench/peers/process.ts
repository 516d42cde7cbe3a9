/**
 * Peers as processes: each takes its own time, so that the pipe to it costs it nothing.
 *
 * One line of JSON there, `{"operation": "state", "count": 10}`, and one back, `{"ms": [0.1, …]}`. A
 * listening peer says `{"event": 3, "at": 12.5}` whenever it hears one, on its own clock, which `now`
 * tells.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { linesOf } from "./text_lines.ts";

/** What is timed of each peer. */
export const OPERATIONS = ["state", "list", "lookup"] as const;

/** One of {@linkcode OPERATIONS}, or a whole cycle. */
export type Operation = typeof OPERATIONS[number] | "cycle";

/** Someone who does the same work. */
export interface Peer extends AsyncDisposable {
  /** Its name. */
  readonly name: string;
  /** Does an operation so often, and answers how long each took, in milliseconds. */
  times(operation: Operation, count: number): Promise<number[]>;
  /** Takes the definition for cycles. */
  define(xml: string): Promise<void>;
}

/** An event that a listening peer heard, on its own clock. */
export interface HeardEvent {
  /** libvirt's number of it. */
  readonly event: number;
  /** When, in milliseconds. */
  readonly at: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** A peer that is a process. */
export class ProcessPeer implements Peer {
  readonly name: string;
  /** What it heard, if it listens. */
  readonly heard: HeardEvent[] = [];
  readonly #child: ReturnType<typeof spawn>;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #lost?: Error;
  readonly #complaints: string[] = [];

  private constructor(name: string, argv: readonly string[]) {
    this.name = name;
    const [command = "", ...args] = argv;
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.on("error", (error) => {
      this.#lose(error);
      this.#ended.resolve();
    });
    this.#child.on("close", (code) => {
      this.#lose(new Error(`${name} ended with ${code}: ${this.#complaints.join("").trim()}`));
      this.#ended.resolve();
    });
    this.#child.stderr?.on("data", (data) => this.#complaints.push(String(data)));
    // Why it broke off is told when the process has ended.
    this.#read().catch(() => {});
  }

  /** Starts one, and waits until it is connected. @throws {Error} saying why it is not */
  static async start(name: string, argv: readonly string[]): Promise<ProcessPeer> {
    const peer = new ProcessPeer(name, argv);
    try {
      await peer.#answer();
      return peer;
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  async times(operation: Operation, count: number): Promise<number[]> {
    return (await this.#ask({ operation, count })).ms ?? [];
  }

  async define(xml: string): Promise<void> {
    await this.#ask({ operation: "xml", xml });
  }

  /** Pauses the domain, or lets it go on; answers when that began, on the peer's clock. */
  async change(operation: "suspend" | "resume"): Promise<number> {
    return (await this.#ask({ operation })).began ?? NaN;
  }

  /** By how much this process's clock is ahead of the peer's; exact to half of the fastest answer. */
  async clockAhead(): Promise<{ ms: number; exactTo: number }> {
    let best = { ms: 0, exactTo: Infinity };
    for (let round = 0; round < 50; round++) {
      const began = performance.now();
      const { now = 0 } = await this.#ask({ operation: "now" });
      const ended = performance.now();
      const exactTo = (ended - began) / 2;
      if (exactTo < best.exactTo) best = { ms: (began + ended) / 2 - now, exactTo };
    }
    return best;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  #ask(request: object): Promise<Answer> {
    const answer = this.#answer();
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  #answer(): Promise<Answer> {
    if (this.#lost) return Promise.reject(this.#lost);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ resolve, reject });
    return promise;
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost);
  }

  async #read(): Promise<void> {
    if (!this.#child.stdout) return;
    for await (const line of linesOf(this.#child.stdout)) {
      const said: Answer & Partial<HeardEvent> = JSON.parse(line);
      if (said.event !== undefined) this.heard.push({ event: said.event, at: said.at ?? NaN });
      else this.#waiting.shift()?.resolve(said);
    }
  }
}

interface Answer {
  readonly ms?: number[];
  readonly now?: number;
  readonly began?: number;
}

/** virsh: a process for each operation, as scripts use it. */
class Virsh implements Peer {
  readonly name = "virsh";
  readonly #uri: string;
  readonly #domain: string;
  #xml = "";

  constructor(uri: string, domain: string) {
    this.#uri = uri;
    this.#domain = domain;
  }

  async times(operation: Operation, count: number): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      for (const args of this.#commands(operation)) await this.#run(args);
      times.push(performance.now() - began);
    }
    return times;
  }

  async define(xml: string): Promise<void> {
    this.#xml = await Deno.makeTempFile({ suffix: ".xml" });
    await Deno.writeTextFile(this.#xml, xml);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#xml) await Deno.remove(this.#xml);
  }

  #commands(operation: Operation): string[][] {
    const domain = this.#domain;
    return {
      state: [["domstate", domain]],
      list: [["list", "--all", "--name"]],
      lookup: [["domuuid", domain]],
      cycle: [["define", this.#xml], ["start", domain], ["destroy", domain], ["undefine", domain]],
    }[operation];
  }

  async #run(args: readonly string[]): Promise<void> {
    const command = new Deno.Command("virsh", {
      args: ["-q", "-c", this.#uri, ...args],
      stdin: "null",
      env: { LC_ALL: "C" },
    });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(`virsh ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** Debian's Python, for which python3-libvirt is; another one on the PATH does not have it. */
const PYTHON = "/usr/bin/python3";

/** A peer that hears events, and one that causes them: processes of their own, with one clock. */
export async function eventPeers(
  uri: string,
  domain: string,
): Promise<{ listener: ProcessPeer; trigger: ProcessPeer }> {
  const argv = [PYTHON, here("peer.py"), uri, domain];
  const listener = await ProcessPeer.start("python3-libvirt", [...argv, "listen"]);
  try {
    return { listener, trigger: await ProcessPeer.start("the trigger", argv) };
  } catch (error) {
    await listener[Symbol.asyncDispose]();
    throw error;
  }
}

/** Builds the Go client from Debian's sources, into a folder. */
async function buildGo(folder: string): Promise<string> {
  const command = new Deno.Command("go", {
    args: ["build", "-o", `${folder}/peer`, here("peer.go")],
    env: { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOCACHE: `${folder}/cache` },
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim().split("\n").join("; "));
  return `${folder}/peer`;
}

/** How each peer is had, and the packages that bring it. */
const PEERS: Readonly<
  Record<
    string,
    { packages: string; start(uri: string, domain: string, folder: string): Promise<Peer> }
  >
> = {
  "python3-libvirt": {
    packages: "python3-libvirt",
    start: (uri, domain) =>
      ProcessPeer.start("python3-libvirt", [PYTHON, here("peer.py"), uri, domain]),
  },
  "go-libvirt": {
    packages: "golang-go golang-github-digitalocean-go-libvirt-dev",
    start: async (uri, domain, folder) =>
      await ProcessPeer.start("go-libvirt", [await buildGo(folder), uri, domain]),
  },
  "virsh": {
    packages: "libvirt-clients",
    async start(uri, domain) {
      const peer = new Virsh(uri, domain);
      await peer.times("state", 1);
      return peer;
    },
  },
};

/** All peers that can be had; tells of each that cannot, with what would bring it. */
export async function startPeers(
  { uri, domain, folder, missing }: {
    uri: string;
    domain: string;
    folder: string;
    missing: (reason: string) => void;
  },
): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, { packages, start }] of Object.entries(PEERS)) {
    try {
      peers.push(await start(uri, domain, folder));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      missing(`${name} is missing (apt-get install ${packages}): ${why}`);
    }
  }
  return peers;
}
