/**
 * libvirt side by side with other clients of it, in turns within one run.
 *
 * @module
 */

import type { Machine } from "../../drivers/contract/mod.ts";
import { LibvirtClient } from "../../drivers/libvirt/rpc/client.ts";
import { Flags } from "../../drivers/libvirt/rpc/constants.ts";
import type { Domain } from "../../drivers/libvirt/rpc/wire_types.ts";
import type { Bench, Measure } from "../measure.ts";
import {
  listeningPeer,
  type Operation,
  OPERATIONS,
  type Peer,
  startPeers,
} from "../peers/process.ts";
import { DRIVER, RPC, seriesName } from "../peers/targets.ts";

/** How many machines there are beside the one that is asked about. */
const OTHERS = 9;

/** Work of ours as a peer's: timed call by call. */
function ours(
  name: string,
  work: Partial<Record<Operation, () => Promise<unknown>>>,
): Peer & { readonly can: readonly string[] } {
  return {
    name,
    can: Object.keys(work),
    async times(operation, count) {
      const times: number[] = [];
      for (let i = 0; i < count; i++) {
        const began = performance.now();
        await work[operation]?.();
        times.push(performance.now() - began);
      }
      return times;
    },
    define: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The same procedures that the peers call, over our RPC. */
function rpcPeer(client: LibvirtClient, domain: Domain, xml: string): Peer {
  return ours(RPC, {
    state: () => client.call("domainGetState", { domain }),
    list: () => client.call("connectListAllDomains", { flags: 0 }),
    lookup: () => client.call("domainLookupByName", { name: domain.name }),
    async cycle() {
      const made = await client.call("domainDefineXmlFlags", { xml, flags: 0 });
      await client.call("domainCreateWithFlags", { domain: made, flags: 0 });
      await client.call("domainDestroyFlags", { domain: made, flags: 0 });
      await client.call("domainUndefineFlags", { domain: made, flags: 0 });
    },
  });
}

/**
 * Each in its turn, who was first being last now. The first rounds only warm up: some of the peers are
 * compiled while they run, and a driver runs for long.
 */
async function inTurns(
  bench: Bench,
  peers: readonly Peer[],
  operation: Operation,
  { rounds, warmUps, batch }: {
    rounds: number;
    warmUps: number;
    batch: (peer: Peer) => number;
  },
): Promise<void> {
  for (let round = -warmUps; round < rounds; round++) {
    const from = (round + warmUps) % peers.length;
    bench.signal.throwIfAborted();
    for (const peer of [...peers.slice(from), ...peers.slice(0, from)]) {
      for (const ms of await peer.times(operation, batch(peer))) {
        const series = seriesName(operation, peer.name);
        bench.sample(series, ms, { unit: "ms", warmUp: round < 0 });
      }
    }
  }
}

/** Who hears of a change first: pauses and resumes, with all listening at once. */
async function hear(
  bench: Bench,
  machine: Machine,
  client: LibvirtClient,
  domain: Domain,
  uri: string,
) {
  const { driver, quick, clock } = bench;
  await using python = await listeningPeer(uri, domain.name).catch((error: unknown) => {
    bench.missing(`python3-libvirt hears no events: ${error}`);
    return undefined;
  });
  const ahead = await python?.clockAhead();
  if (ahead) bench.sample("event, clocks agree within", ahead.exactTo, { unit: "ms" });
  const stop = new AbortController();
  const times = new Map<string, number[]>([[RPC, []], [DRIVER, []]]);
  const note = (who: string): void => void times.get(who)?.push(performance.now());
  const stream = await driver.events?.subscribe({ signal: stop.signal });
  const listening = (async () => {
    for await (const { id, state } of stream ?? []) {
      if (id === machine.id && (state === "paused" || state === "running")) note(DRIVER);
    }
  })();
  // Registered after the peer, so that the daemon tells it later.
  const last = await LibvirtClient.connect(uri, { events: ["domainLifecycle"] });
  const reading = (async () => {
    try {
      for await (const event of last.events()) {
        if (event.event === "domainLifecycle" && event.domain.uuid === domain.uuid) note(RPC);
      }
    } catch {
      // The connection is closed at the end.
    }
  })();
  try {
    for (let round = -2; round < (quick ? 10 : 100); round++) {
      for (const change of ["domainSuspend", "domainResume"] as const) {
        const before = new Map([...times].map(([who, { length }]) => [who, length]));
        const heardBefore = python?.heard.length ?? 0;
        const began = performance.now();
        await client.call(change, { domain });
        await clock.sleep(30);
        const warmUp = round < 0;
        const sample = (who: string, at: number | undefined): void => {
          if (at === undefined) {
            bench.sample(`event missed by ${who}`, 1, { unit: "events", warmUp });
          } else bench.sample(seriesName("event", who), at - began, { unit: "ms", warmUp });
        };
        for (const [who, all] of times) sample(who, all[before.get(who) ?? 0]);
        const at = python?.heard[heardBefore]?.at;
        if (python) sample(python.name, at === undefined ? undefined : at + (ahead?.ms ?? NaN));
      }
    }
  } finally {
    stop.abort();
    await listening;
    await last.close();
    await reading;
  }
}

/** The measure. */
export const PEERS: Measure = {
  id: "peers",
  title: "libvirt, side by side with other clients",
  hosts: "live",
  driver: "libvirt",
  async run(bench) {
    const { driver, fresh, quick, subject } = bench;
    const uri = subject.settings.uri ?? "qemu:///system";
    const machine = await fresh.machine();
    for (let i = 0; i < OTHERS; i++) await fresh.machine({ cluster: machine.cluster });
    const name = driver.qualifiedMachineName(machine);
    await using client = await LibvirtClient.connect(uri, { events: [] });
    const domain = await client.call("domainLookupByName", { name });
    const flags = Flags.domainXml.INACTIVE;
    const xml = await client.call("domainGetXmlDesc", { domain, flags });
    const folder = await Deno.makeTempDir({ prefix: "vmtck-bench-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const others = await startPeers({
      ...{ uri, domain: name, folder },
      missing: (reason) => bench.missing(reason),
    });
    for (const peer of others) await stack.use(peer).define(xml);
    const rpc = rpcPeer(client, domain, xml);
    const contract = ours(DRIVER, {
      state: () => machine.status(),
      list: () => driver.machines.list(),
      lookup: () => driver.machines.get(machine),
    });

    await machine.start();
    const [rounds, warmUps] = quick ? [5, 2] : [40, 10];
    // A process for each call takes its time, and a few of them say as much.
    const batch = ({ name }: Peer): number => name === "virsh" ? 2 : 100;
    for (const operation of OPERATIONS) {
      await inTurns(bench, [rpc, contract, ...others], operation, { rounds, warmUps, batch });
    }
    await hear(bench, machine, client, domain, uri);
    await machine.forceStop();

    // All of them make and remove the one domain that the ledger knows; at the end it is there again.
    await client.call("domainUndefineFlags", { domain, flags: 0 });
    try {
      const cycles = { rounds: quick ? 1 : 15, warmUps: 1, batch: () => 1 };
      await inTurns(bench, [rpc, ...others], "cycle", cycles);
    } finally {
      await client.call("domainDefineXmlFlags", { xml, flags: 0 });
    }
  },
};
