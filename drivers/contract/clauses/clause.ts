/**
 * What a clause is.
 *
 * @module
 */

/** How binding a clause is, in the sense of RFC 2119. */
export type Level = "must" | "should" | "may";

/** One obligation. Its id is permanent: a retired id is never used again. */
export interface Clause {
  /** Dotted words, such as `machine.start.idempotent`. */
  readonly id: string;
  /** How binding it is. */
  readonly level: Level;
  /** The obligation in one sentence. */
  readonly text: string;
  /** Where it comes from: a link, or `contract` for a rule of our own. */
  readonly source: string;
  /** Why no case shows it yet; absent for those that cases show. */
  readonly untested?: string;
}

/** The clauses of a contract by topic, in reading order. */
export type ClauseTopics = readonly (readonly [title: string, clauses: readonly Clause[]])[];

/** A row of a clause table. */
type Row = (id: string, text: string, source?: string, untested?: string) => Clause;

const row = (level: Level): Row => (id, text, source = "contract", untested) => ({
  id,
  level,
  text,
  source,
  ...(untested === undefined ? {} : { untested }),
});

/** A clause that every driver has to keep. */
export const must: Row = row("must");
/** A clause that a driver may break for a good reason. */
export const should: Row = row("should");

/** The documentation of kutti's Hyper-V driver. */
export const HYPERV = "https://pkg.go.dev/github.com/kuttiproject/driver-hyperv@v0.2.1";
/** The documentation of kutti's core interfaces. */
export const KUTTI = "https://pkg.go.dev/github.com/rajch/kutti/pkg/core";
/** libvirt's documentation of domains. */
export const LIBVIRT = "https://libvirt.org/html/libvirt-libvirt-domain.html";
