/**
 * Finishes what runs left that were killed or could not clean up. Removes what their ledgers list, and
 * nothing else.
 *
 * @module
 */

import { isDriverError } from "../../drivers/contract/mod.ts";
import { messageOf } from "./check.ts";
import { type Reach, releaseResource, removeResource } from "./clean_up.ts";
import { resourceName } from "./ledger.ts";
import type { DeadLedger, LedgerHead } from "./ledger_file.ts";
import { HarnessError } from "./subject.ts";

/** How the host of a dead run is reached. */
export type ReachFor = (head: LedgerHead) => Promise<Reach & AsyncDisposable>;

/** What became of one resource. */
export interface Reaped {
  /** The run. */
  readonly run: string;
  /** The resource in words. */
  readonly resource: string;
  /** `listed` in a dry run; `absent` if it was gone already. */
  readonly outcome: "removed" | "absent" | "failed" | "listed";
  /** Why it failed. */
  readonly reason?: string;
}

/** Why it failed; what the harness says is whole in its sentence. */
function reasonOf(error: unknown): string {
  return error instanceof HarnessError ? error.message : messageOf(error);
}

/** Removes a scratch folder, and refuses any other. */
async function removeFolder(path: string): Promise<void> {
  if (!/[\\/]vmtck-[^\\/]+$/.test(path)) throw new Error("It is no scratch folder of the suite");
  await Deno.remove(path, { recursive: true });
}

/**
 * Removes what a ledger lists, the newest first, and strikes it out. A host that cannot be reached is
 * no reason to leave the folders, or other ledgers.
 */
async function* reapLedger(
  ledger: DeadLedger,
  reachFor: ReachFor,
): AsyncGenerator<Reaped> {
  const { run } = ledger.head;
  await using stack = new AsyncDisposableStack();
  let reaching: Promise<Reach> | undefined;
  const reached = (): Promise<Reach> =>
    reaching ??= reachFor(ledger.head).then((reach) => stack.use(reach));
  for (const [number, resource] of ledger.open()) {
    const about = { run, resource: resourceName(resource) };
    try {
      if (resource.kind === "folder") await removeFolder(resource.path);
      else {
        const reach = await reached();
        await releaseResource(resource, reach);
        await removeResource(resource, reach);
      }
      await ledger.strike(number);
      yield { ...about, outcome: "removed" };
    } catch (error) {
      const absent = isDriverError(error)
        ? error.code === "not-found"
        : resource.kind === "folder" && error instanceof Deno.errors.NotFound;
      if (absent) await ledger.strike(number);
      yield absent
        ? { ...about, outcome: "absent" }
        : { ...about, outcome: "failed", reason: reasonOf(error) };
    }
  }
}

/** Reaps ledgers one after the other, or with `dryRun` lists what they hold. */
export async function* reap(
  ledgers: AsyncIterable<DeadLedger>,
  reachFor: ReachFor,
  { dryRun }: { dryRun: boolean },
): AsyncGenerator<Reaped> {
  for await (using ledger of ledgers) {
    if (!dryRun) {
      yield* reapLedger(ledger, reachFor);
      continue;
    }
    for (const [, resource] of ledger.open()) {
      yield { run: ledger.head.run, resource: resourceName(resource), outcome: "listed" };
    }
  }
}
