/**
 * The scanner that keeps secrets and traces of people out of committed tapes.
 *
 * @module
 */

/** Something that must not be on a tape. */
export interface Finding {
  /** The line, from 1 on. */
  readonly line: number;
  /** What it looks like. */
  readonly rule: string;
  /** Its beginning, enough to find it and too little to use it. */
  readonly excerpt: string;
}

/** A rule: the last group of the pattern, or all of it, is what must not be there. */
interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Further doubts about a match. */
  readonly isSecret?: (match: string) => boolean;
}

const SECRET_WORD =
  "(?:pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|cookie)";
const KEYED = `[\\w-]*${SECRET_WORD}["']?`;

const RULES: readonly Rule[] = [
  { name: "private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  {
    name: "secret field",
    pattern: new RegExp(`${KEYED}\\s*[:=]\\s*["']?([^"'\\s,;&{}\\[\\]]+)`, "gi"),
    isSecret: isNoBlank,
  },
  {
    name: "secret element",
    pattern: new RegExp(`["']${KEYED},\\s*\\{[^}]*\\},\\s*["']([^"']+)`, "gi"),
    isSecret: isNoBlank,
  },
  {
    name: "secret argument",
    pattern: new RegExp(`--?${SECRET_WORD}["']?[ ,]+["']?([^"'\\s,-][^"'\\s,]*)`, "gi"),
  },
  { name: "authorization", pattern: /\b(?:Bearer|Basic)\s+([\w.~+/-]{8,}=*)/gi },
  { name: "address with credentials", pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^/\s"'@]*:[^/\s"'@]+@/gi },
  { name: "cloud key", pattern: /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35})/g },
  {
    name: "service token",
    pattern:
      /\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|xox[abprs]-[\w-]{10,}|npm_\w{30,}|glpat-[\w-]{20,})/g,
  },
  { name: "web token", pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g },
  { name: "product key", pattern: /\b(?:[A-Z0-9]{5}-){4}[A-Z0-9]{5}\b/g },
  { name: "account id", pattern: /\bS-1-5-21(?:-\d+){3,}/g },
  {
    name: "user's home",
    pattern: /(?:\/home|\/Users)\/[^/\s"']+|\/root\/|[A-Za-z]:[\\/]+Users[\\/]+[^\\/"']+/g,
  },
  { name: "e-mail address", pattern: /\b[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}\b/gi },
  { name: "random text", pattern: /[A-Za-z0-9+/_-]{24,}={0,2}/g, isSecret: looksRandom },
];

/** What can be there for a secret without being one. */
function isNoBlank(value: string): boolean {
  return !/^(?:null|true|false|\d{1,3}|\*+|⟨.*⟩|redacted|none)$/i.test(value);
}

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** What looks random and is none of our business: identities and digests. */
const KNOWN_SHAPES = new RegExp(`(?<![0-9a-f])(?:${UUID}|[0-9a-f]{64})(?![0-9a-f])`, "gi");
/** Folders with names that are words, such as `Virtual Machines`, beside names that are none. */
const FOLDERS = /\/[A-Z][a-z]{3,}(?![A-Za-z0-9+/_-])/g;
const SHORTEST_RANDOM = 24;
/** How much of the entropy that its length allows a text may have. English and paths stay below. */
const RANDOMNESS = 0.86;

function looksRandom(match: string): boolean {
  const text = match.replace(KNOWN_SHAPES, "").replace(FOLDERS, "");
  if (text.length < SHORTEST_RANDOM) return false;
  if (/^[0-9a-f]{32,}$/i.test(text)) return entropy(text) > 3;
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/[0-9]/.test(text)) return false;
  return entropy(text) > RANDOMNESS * Math.log2(Math.min(text.length, 64));
}

/** Bits for each character. */
function entropy(text: string): number {
  const counts = Object.values(Object.groupBy(text, (character) => character));
  return counts.reduce((sum, same = []) => {
    const share = same.length / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}

/** Looks through the text of a tape for what must not be on one. Quoting inside of strings is seen through. */
export function scanForSecrets(text: string): Finding[] {
  return text.split("\n").flatMap((line, index) => {
    const plain = unquoted(line);
    return RULES.flatMap(({ name, pattern, isSecret = () => true }) =>
      [...plain.matchAll(pattern)]
        .filter((match) => isSecret(match.at(-1) ?? ""))
        .map((match) => ({ line: index + 1, rule: name, excerpt: masked(match[0]) }))
    );
  });
}

/** Without the backslashes of quoting; those of paths become slashes. */
function unquoted(line: string): string {
  return line.replace(/\\+(["'])/g, "$1").replace(/(?:\\\\)+/g, "/").replace(/\\[nrt]/g, " ");
}

function masked(text: string): string {
  return `${text.slice(0, Math.min(6, Math.ceil(text.length / 3)))}…`;
}
