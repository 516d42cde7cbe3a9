/**
 * The cases as tests of `deno test`, for authors of drivers.
 *
 * @module
 */

import { CASES } from "./cases/mod.ts";
import type { AnyCase } from "./case.ts";
import { run } from "./engine/engine.ts";
import { unfitFor } from "./engine/needs.ts";
import { gathering } from "./reports/reporter.ts";
import { account } from "./reports/words.ts";
import { offered } from "./commands/selection.ts";
import type { Subject } from "./engine/subject.ts";

/** What {@linkcode registerDenoTests} needs. */
export interface DenoTestOptions {
  /** Opens the subject: once to ask for its claims, and once in each test. */
  open(): Promise<Subject & Partial<AsyncDisposable>>;
  /** The cases. By default all of the contracts that the subject serves. */
  readonly cases?: readonly AnyCase[];
  /** What all names follow from. By default `deno-test`; give a live run another one each time. */
  readonly seed?: string;
  /** Registers a test. By default `Deno.test`. */
  readonly register?: (test: Deno.TestDefinition) => void;
}

/** Runs one case, and throws what it has to say unless it passed. */
async function runCase(
  { open, seed = "deno-test" }: DenoTestOptions,
  item: AnyCase,
): Promise<void> {
  const subject = await open();
  try {
    const gather = gathering();
    const startedAt = "1970-01-01T00:00:00Z";
    const command = ["--driver", subject.driver, ...(subject.mode === "live" ? ["--live"] : [])];
    const options = {
      ...{ seed, startedAt, command },
      known: offered(subject, CASES).map(({ id }) => id),
      bystander: subject.mode !== "replayed",
    };
    for await (const event of run([item], subject, options)) {
      const ended = gather(event);
      const only = ended?.cases[0];
      if (ended && only && only.end.status !== "pass" && only.end.status !== "warn") {
        throw new Error(account(ended.start, only).join("\n"));
      }
    }
  } finally {
    await subject[Symbol.asyncDispose]?.();
  }
}

/**
 * Registers one test for each case. Tests of cases that the subject does not claim or cannot show are
 * ignored; the command line tells why, and that the run is incomplete.
 *
 * @example
 * ```ts ignore
 * // my_driver_test.ts
 * import { openSubject, registerDenoTests } from "@vmtck/vmtck/conformance";
 * import driver from "./my_driver.ts";
 *
 * await registerDenoTests({ open: () => openSubject(driver) });
 * ```
 */
export async function registerDenoTests(options: DenoTestOptions): Promise<void> {
  const { register = Deno.test } = options;
  const subject = await options.open();
  const cases = offered(subject, options.cases ?? CASES);
  const claims = await subject.claims();
  await subject[Symbol.asyncDispose]?.();
  for (const item of cases) {
    register({
      name: `${subject.driver}: ${item.id}: ${item.title}`,
      ignore: unfitFor(item, claims) !== undefined,
      fn: () => runCase(options, item),
    });
  }
}
