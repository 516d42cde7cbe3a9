/**
 * What machines use.
 *
 * @module
 */

import type { TaskResourceUsage } from "../../contract/mod.ts";
import type { DomainRef } from "../backend.ts";
import { DomainStats } from "../rpc/constants.ts";
import type { Session } from "../session.ts";

/** Counters at one moment; times in nanoseconds since the machine's start. */
interface Sample {
  readonly at: number;
  readonly cpu: Readonly<Record<"time" | "user" | "system", number>>;
}

/** Enough for some streams of different paces. */
const KEPT_SAMPLES = 32;
const KIB = 1024;
const NS_PER_MS = 1e6;

/** Measures machines. Percentages need two samples, so it keeps some of each machine. */
export class Usage {
  readonly #session: Session;
  readonly #samples = new Map<string, Sample[]>();

  /** Has measured nothing yet. */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Measures a machine; percentages are since the moment of the usage before. */
  async measure(
    domain: DomainRef,
    before: TaskResourceUsage | undefined,
    options: { readonly signal?: AbortSignal },
  ): Promise<Omit<TaskResourceUsage, "timestamp">> {
    const stats = DomainStats.CPU_TOTAL | DomainStats.BALLOON;
    const found = await this.#session.call("domainGetStats", { domain, stats }, options);
    const number = (field: string): number | undefined => {
      const value = found[field];
      return typeof value === "number" ? value : undefined;
    };
    const rss = number("balloon.rss");
    const usage = number("balloon.current");
    const maxUsage = number("balloon.maximum");
    const memory = {
      ...(rss === undefined ? {} : { rss: rss * KIB }),
      ...(usage === undefined ? {} : { usage: usage * KIB }),
      ...(maxUsage === undefined ? {} : { maxUsage: maxUsage * KIB }),
    };
    const time = number("cpu.time");
    if (time === undefined) return { memory, cpu: {} };
    const [user, system] = [number("cpu.user") ?? 0, number("cpu.system") ?? 0];
    const now = { at: this.#session.clock.now(), cpu: { time, user, system } };
    const since = this.#keep(domain.uuid, now, before?.timestamp);
    return { memory, cpu: since ? between(since, now) : {} };
  }

  /** Forgets a machine. */
  forget({ uuid }: Pick<DomainRef, "uuid">): void {
    this.#samples.delete(uuid);
  }

  /** Keeps a sample; answers the one that is nearest to a moment before. */
  #keep(uuid: string, now: Sample, moment: number | undefined): Sample | undefined {
    const samples = this.#samples.get(uuid) ?? [];
    const older = samples.filter((it) => it.at < now.at);
    this.#samples.set(uuid, [...samples, now].slice(-KEPT_SAMPLES));
    if (moment === undefined) return undefined;
    return older.sort((a, b) => Math.abs(a.at - moment) - Math.abs(b.at - moment))[0];
  }
}

/** In percent of one core. */
function between(before: Sample, now: Sample): TaskResourceUsage["cpu"] {
  const ns = (now.at - before.at) * NS_PER_MS;
  const percent = (of: keyof Sample["cpu"]): number =>
    Math.max(0, (now.cpu[of] - before.cpu[of]) / ns * 100);
  return { percent: percent("time"), userMode: percent("user"), systemMode: percent("system") };
}
