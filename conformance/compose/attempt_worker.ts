/**
 * The program of a thread that makes attempts at cases: told and answering as `threads.ts` says.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { CLAUSES } from "../../drivers/contract/mod.ts";
import { CASES } from "../cases/mod.ts";
import { type AttemptInit, runAttempt } from "../engine/attempt.ts";
import { MemoryLedger } from "../engine/ledger.ts";
import { neighboursIn } from "../engine/names.ts";
import { composer } from "./mod.ts";
import type { Answer, AttemptOrder, Order } from "./threads.ts";

/** What all attempts have in common. */
type Common = Omit<AttemptInit, "case" | "attempt" | "seed" | "timeoutMs" | "emit">;

const tell = (answer: Answer): void => self.postMessage(answer);
const interrupted = new AbortController();
let common: Promise<Common>;

async function begin({ request, known }: Order & { readonly type: "begin" }): Promise<Common> {
  return {
    subject: await composer.subject(request),
    ledger: new MemoryLedger(),
    neighbours: neighboursIn(known),
    clauses: new Map(CLAUSES.map((clause) => [clause.id, clause])),
    bystander: false,
    signal: interrupted.signal,
  };
}

async function attempt({ key, case: id, ...order }: AttemptOrder): Promise<void> {
  const item = CASES.find((it) => it.id === id);
  if (!item) throw new TypeError(`There is no case "${id}"`);
  const result = await runAttempt({
    ...await common,
    ...order,
    case: item,
    emit: (check) => tell({ type: "check", key, check }),
  });
  await rejectionsTold();
  tell({ type: "result", key, result });
}

/** Promises that were rejected just now, and nobody waits for, are told of when this turn is over. */
function rejectionsTold(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

self.onmessage = ({ data }: MessageEvent<Order>): void => {
  if (data.type === "interrupt") return interrupted.abort();
  // What goes wrong here ends the thread, which is heard of.
  const fail = (error: unknown): void => reportError(error);
  if (data.type === "begin") (common = begin(data)).catch(fail);
  else attempt(data.order).catch(fail);
};

self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  tell({ type: "rejection", reason: String(event.reason) });
});
