/**
 * Soft checks: each becomes an event, whether it passes or fails.
 *
 * @module
 */

import { type Clause, isDriverError } from "../../drivers/contract/mod.ts";
import type { AnyCase, Check, Refusal } from "../case.ts";
import type { CheckEvent } from "./events.ts";
import { plain } from "./plain.ts";
import { HarnessError } from "./subject.ts";

/** What a failed `succeeds` ends its case with. The engine knows it; nobody else catches it. */
export class CaseEnded extends Error {
  /** Always `CaseEnded`. */
  override readonly name = "CaseEnded";
}

/** What a failed check tells; an empty one is a pass. */
type Failure = Pick<CheckEvent, "subject" | "expected" | "seen" | "notReached">;

/** What {@linkcode CheckBook} needs to know. */
export interface CheckBookInit {
  /** The case. */
  readonly case: Pick<AnyCase, "id" | "checks">;
  /** Which attempt. */
  readonly attempt: number;
  /** The clauses by id. */
  readonly clauses: ReadonlyMap<string, Clause>;
  /** Takes each event as it happens. */
  readonly emit: (event: CheckEvent) => void;
}

/** The checks of one attempt: holds the case to what it declared. */
export class CheckBook implements Check {
  readonly #init: CheckBookInit;
  readonly #seen = new Set<string>();
  #frozen = false;
  #misuse: HarnessError | undefined;
  #worst: "pass" | "fail" | "warn" = "pass";

  /** Opens the book. @throws {HarnessError} if a check names a clause that does not exist */
  constructor(init: CheckBookInit) {
    this.#init = init;
    for (const [id, clause] of Object.entries(init.case.checks)) {
      if (!init.clauses.has(clause)) {
        throw new HarnessError(`Check "${init.case.id}/${id}" names no clause: "${clause}"`);
      }
    }
  }

  /** The worst outcome so far. */
  get worst(): "pass" | "fail" | "warn" {
    return this.#worst;
  }

  /** The first wrong use of the checks by the case. */
  get misuse(): HarnessError | undefined {
    return this.#misuse;
  }

  /** Passes if both are equal as JSON. */
  equal(id: string, subject: string, seen: unknown, expected: unknown): void {
    const [left, right] = [plain(seen), plain(expected)];
    const ok = typeof seen === typeof expected && JSON.stringify(left) === JSON.stringify(right);
    this.#record(id, ok ? undefined : { subject, expected: right, seen: left });
  }

  /** Passes if `ok`. */
  holds(id: string, subject: string, ok: boolean, expected: string, seen: unknown): void {
    this.#record(id, ok ? undefined : { subject, expected, seen: plain(seen) });
  }

  /** Passes if the call is refused with that code about that subject. */
  async refused(
    id: string,
    call: () => Promise<unknown> | unknown,
    refusal: Refusal,
  ): Promise<void> {
    const expected = plain({
      error: refusal.code,
      subject: refusal.subject,
      reason: refusal.reason,
    });
    const fail = (seen: unknown): void =>
      this.#record(id, { subject: refusal.subject, expected, seen: plain(seen) });
    let value: unknown;
    try {
      value = await call();
    } catch (error) {
      this.#passMisuse(error);
      if (!isDriverError(error)) return fail(error);
      const matches = error.code === refusal.code && error.subject === refusal.subject &&
        (refusal.reason === undefined || error.reason === refusal.reason);
      return matches ? this.#record(id) : fail(error);
    }
    fail({ succeeded: value });
  }

  /** Passes if the call succeeds and answers that value, as JSON. */
  async answers(
    id: string,
    subject: string,
    call: () => Promise<unknown> | unknown,
    expected: unknown,
  ): Promise<void> {
    let value: unknown;
    try {
      value = await call();
    } catch (error) {
      this.#passMisuse(error);
      return this.#record(id, { subject, expected: plain(expected), seen: plain(error) });
    }
    this.equal(id, subject, value, expected);
  }

  /** Passes if the call succeeds; ends the case if it fails. */
  async succeeds<T>(id: string, subject: string, call: () => Promise<T> | T): Promise<T> {
    let value: T;
    try {
      value = await call();
    } catch (error) {
      this.#passMisuse(error);
      this.#record(id, { subject, expected: "success", seen: plain(error) });
      throw new CaseEnded(`Check "${id}" failed: ${messageOf(error)}`);
    }
    this.#record(id);
    return value;
  }

  /** Emits a check of the engine's own. */
  engine(id: string, clause: string, failure?: Failure): void {
    const known = this.#init.clauses.get(clause);
    if (!known) throw new HarnessError(`The engine's check "${id}" names no clause: "${clause}"`);
    this.#emit(id, known, failure);
  }

  /** From now on, what the case says is ignored: its time is over. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Fails the checks that were not reached. */
  close(reason: string): void {
    for (const [id, name] of Object.entries(this.#init.case.checks)) {
      const clause = this.#init.clauses.get(name);
      if (clause && !this.#seen.has(id)) this.#emit(id, clause, { notReached: reason });
    }
  }

  /** A wrong use that the case's own call threw is nobody's refusal. */
  #passMisuse(error: unknown): void {
    if (error instanceof HarnessError || error instanceof CaseEnded) throw error;
  }

  #record(id: string, failure?: Failure): void {
    if (this.#frozen) return;
    const name = `${this.#init.case.id}/${id}`;
    const clause = Object.hasOwn(this.#init.case.checks, id)
      ? this.#init.clauses.get(this.#init.case.checks[id] ?? "")
      : undefined;
    if (!clause) this.#misused(`Check "${name}" is not among those that its case declares`);
    if (this.#seen.has(id)) this.#misused(`Check "${name}" was made twice`);
    this.#seen.add(id);
    this.#emit(id, clause, failure);
  }

  #misused(message: string): never {
    this.#misuse ??= new HarnessError(message);
    throw this.#misuse;
  }

  #emit(id: string, clause: Clause, failure?: Failure): void {
    const status = failure === undefined ? "pass" : clause.level === "must" ? "fail" : "warn";
    if (status === "fail" || this.#worst === "pass") this.#worst = status;
    this.#init.emit({
      type: "check",
      case: this.#init.case.id,
      check: id,
      attempt: this.#init.attempt,
      clause: clause.id,
      level: clause.level,
      status,
      ...(failure && { ...failure, text: clause.text, source: clause.source }),
    });
  }
}

/** The message of whatever was thrown, with a driver error's code and subject. */
export function messageOf(error: unknown): string {
  if (isDriverError(error)) return `${error.code} (${error.subject}): ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
