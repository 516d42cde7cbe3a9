/**
 * Names that follow from the seed: the same run again makes the same names, another one makes others.
 *
 * @module
 */

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a with 64 bits: no secret depends on it, and it needs neither waiting nor a platform. */
function hash(text: string): bigint {
  let value = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * PRIME);
  }
  return value ^ (value >> 31n);
}

/** Letters and digits, as many as asked for, that follow from the parts. */
function word(length: number, ...parts: readonly (string | number)[]): string {
  const digits = hash(JSON.stringify(parts)).toString(36).padStart(13, "0");
  return digits.slice(-length);
}

/** The ports below those that systems give out by themselves, and above those of services. */
const PORTS = { first: 20_000, count: 10_000 };

/** Names and ports of one attempt at a case. */
export class Names {
  readonly #parts: readonly (string | number)[];
  #count = 0;

  /** Names of a case in a run of that seed. */
  constructor(seed: string, caseId: string, attempt: number) {
    this.#parts = [seed, caseId, attempt];
  }

  /** How every label of the case begins. */
  get beginning(): string {
    return `v${word(5, ...this.#parts)}`;
  }

  /** The owner of all that the case makes; no other case, attempt or run has it. */
  get owner(): string {
    return `t${word(9, ...this.#parts)}`;
  }

  /** A new label of at most so many characters. */
  label(maxLength: number): string {
    const tail = (++this.#count).toString(36);
    return `v${word(Math.max(0, Math.min(5, maxLength - 1 - tail.length)), ...this.#parts)}${tail}`;
  }

  /** A new host port. */
  port(): number {
    const at = Number(hash(JSON.stringify([...this.#parts, "port"])) % BigInt(PORTS.count));
    return PORTS.first + (at + ++this.#count) % PORTS.count;
  }
}

/**
 * The labels of all cases of a run: tells what on a host is of another case, which may go on at the
 * same time, or have done so when a tape was recorded.
 */
export class Neighbours {
  readonly #cases = new Map<string, string>();

  /** The neighbours in a run of that seed. */
  constructor(seed: string, caseIds: readonly string[], attempts: number) {
    for (const id of caseIds) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const names = new Names(seed, id, attempt);
        this.#cases.set(names.owner, id).set(names.beginning, id);
      }
    }
  }

  /** Whether an entry of an inventory is of another case than that one. */
  isOfOther(caseId: string, entry: string): boolean {
    return entry.split(/[^a-z0-9-]+/).some((label) => {
      const id = this.#cases.get(label.slice(0, OWNER_LENGTH)) ??
        this.#cases.get(label.slice(0, BEGINNING_LENGTH));
      return id !== undefined && id !== caseId;
    });
  }
}

const OWNER_LENGTH = 10;
const BEGINNING_LENGTH = 6;
