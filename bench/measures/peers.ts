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
import { eventPeers, type Operation, OPERATIONS, type Peer, startPeers } from "../peers/process.ts";
import { DRIVER, RPC, seriesName } from "../peers/targets.ts";
import { chance, shuffled } from "../statistics.ts";

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
 * Each in its turn, in an order by chance: who always came after the same one would pay for what that
 * leaves behind. The first rounds only warm up: some of the peers are compiled while they run, and a
 * driver runs for long.
 */
async function inTurns(
  bench: Bench,
  peers: readonly Peer[],
  operations: readonly Operation[],
  { rounds, warmUps, batch }: {
    rounds: number;
    warmUps: number;
    batch: (peer: Peer) => number;
  },
): Promise<void> {
  const next = chance(1);
  for (let round = -warmUps; round < rounds; round++) {
    for (const operation of operations) {
      for (const peer of shuffled(peers, next)) {
        bench.signal.throwIfAborted();
        for (const ms of await peer.times(operation, batch(peer))) {
          const series = seriesName(operation, peer.name);
          bench.sample(series, ms, { unit: "ms", warmUp: round < 0 });
        }
      }
    }
  }
}

/** Who hears of a change first. A third process makes the changes, so that the two only listen. */
async function hear(bench: Bench, machine: Machine, uri: string, name: string): Promise<void> {
  const { driver, quick, clock, signal } = bench;
  const peers = await eventPeers(uri, name).catch((error: unknown) => {
    bench.missing(`python3-libvirt hears no events: ${error}`);
  });
  if (!peers) return;
  await using stack = new AsyncDisposableStack();
  const [listener, trigger] = [stack.use(peers.listener), stack.use(peers.trigger)];
  const { ms: ahead, exactTo } = await trigger.clockAhead();
  bench.sample("event, clocks agree within", exactTo, { unit: "ms" });
  const stop = new AbortController();
  const heard: number[] = [];
  const stream = await driver.events?.subscribe({ signal: stop.signal });
  const listening = (async () => {
    for await (const { id, state } of stream ?? []) {
      if (id === machine.id && (state === "paused" || state === "running")) {
        heard.push(performance.now());
      }
    }
  })();
  stack.defer(() => listening);
  stack.defer(() => stop.abort());
  const rounds = quick ? 10 : 100;
  for (let round = -rounds / 5; round < rounds; round++) {
    for (const change of ["suspend", "resume"] as const) {
      const [ours, theirs] = [heard.length, listener.heard.length];
      const began = await trigger.change(change) + ahead;
      await clock.sleep(30, { signal });
      const warmUp = round < 0;
      const at = { ours: heard[ours], theirs: (listener.heard[theirs]?.at ?? NaN) + ahead };
      if (at.ours === undefined || Number.isNaN(at.theirs)) {
        const who = at.ours === undefined ? DRIVER : listener.name;
        bench.sample(`event missed by ${who}`, 1, { unit: "events", warmUp });
        continue;
      }
      bench.sample(seriesName("event", DRIVER), at.ours - began, { unit: "ms", warmUp });
      bench.sample(seriesName("event", listener.name), at.theirs - began, { unit: "ms", warmUp });
      bench.sample("event, ours behind theirs", at.ours - at.theirs, { unit: "ms", warmUp });
    }
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
    const turns = { rounds, warmUps, batch };
    await inTurns(bench, [rpc, contract, ...others], OPERATIONS, turns);
    await hear(bench, machine, uri, name);
    await machine.forceStop();

    // All of them make and remove the one domain that the ledger knows; at the end it is there again.
    await client.call("domainUndefineFlags", { domain, flags: 0 });
    try {
      const cycles = { rounds: quick ? 1 : 15, warmUps: 1, batch: () => 1 };
      await inTurns(bench, [rpc, ...others], ["cycle"], cycles);
    } finally {
      await client.call("domainDefineXmlFlags", { xml, flags: 0 });
    }
  },
};
