/**
 * Names that follow from the seed: the same run again makes the same names, another one makes others.
 *
 * @module
 */

/** The offset and the prime of FNV-1a, in halves of 32 bits; the prime's upper half is 2^8. */
const OFFSET = { high: 0xcbf29ce4, low: 0x84222325 };
const PRIME_LOW = 0x1b3;
const encoder = new TextEncoder();

/**
 * FNV-1a with 64 bits: no secret depends on it, and it needs neither waiting nor a platform. In halves,
 * as a run asks for thousands, and a bigint for each byte takes ten times as long.
 */
function hash(text: string): bigint {
  let { high, low } = OFFSET;
  for (const byte of encoder.encode(text)) {
    const from = (low ^ byte) >>> 0;
    const product = from * PRIME_LOW;
    high = (Math.imul(high, PRIME_LOW) + (from << 8) + Math.floor(product / 2 ** 32)) >>> 0;
    low = product >>> 0;
  }
  const value = BigInt(high) << 32n | BigInt(low);
  return value ^ (value >> 31n);
}

/** As many letters and digits as a hash has. */
const DIGITS = 13;

/** Letters and digits that follow from the parts. */
function digits(parts: readonly (string | number)[]): string {
  return hash(JSON.stringify(parts)).toString(36).padStart(DIGITS, "0");
}

/** The ports below those that systems give out by themselves, and above those of services. */
const PORTS = { first: 20_000, count: 10_000 };

/** Names and ports of one attempt at a case. */
export class Names {
  readonly #parts: readonly (string | number)[];
  readonly #digits: string;
  #count = 0;

  /** Names of a case in a run of that seed. */
  constructor(seed: string, caseId: string, attempt: number) {
    this.#parts = [seed, caseId, attempt];
    this.#digits = digits(this.#parts);
  }

  /** How every label of the case begins. */
  get beginning(): string {
    return `v${this.#digits.slice(-5)}`;
  }

  /** The owner of all that the case makes; no other case, attempt or run has it. */
  get owner(): string {
    return `t${this.#digits.slice(-9)}`;
  }

  /** A new label of at most so many characters. */
  label(maxLength: number): string {
    const tail = (++this.#count).toString(36);
    const length = Math.max(0, Math.min(5, maxLength - 1 - tail.length));
    return `v${this.#digits.slice(DIGITS - length)}${tail}`;
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

/** The neighbours by seed: that of a run, or those of tapes. Each is made once. */
export function neighboursIn(
  caseIds: readonly string[],
  attempts = 1,
): (seed: string) => Neighbours {
  const known = new Map<string, Neighbours>();
  return (seed) => {
    const neighbours = known.get(seed) ?? new Neighbours(seed, caseIds, attempts);
    known.set(seed, neighbours);
    return neighbours;
  };
}

const OWNER_LENGTH = 10;
const BEGINNING_LENGTH = 6;
