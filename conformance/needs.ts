/**
 * Whether a subject has what a case needs; decided before the case runs.
 *
 * @module
 */

import type { HostControl, MachineFacet, NetworkFacet } from "../drivers/contract/mod.ts";
import type { Case, Need } from "./case.ts";
import type { Claims } from "./subject.ts";

/** Why a case is not for a subject. */
export interface Unfit {
  /** `unsupported` if the driver does not claim it, `not-run` if it cannot be shown here. */
  readonly status: "unsupported" | "not-run";
  /** Why. */
  readonly reason: string;
}

const unsupported = (need: string): Unfit => ({
  status: "unsupported",
  reason: `The driver does not claim "${need}"`,
});

const notShown = (what: string): Unfit => ({
  status: "not-run",
  reason: `The subject cannot show it: ${what}`,
});

function hostUnfit(control: string, { host }: Claims): Unfit | undefined {
  if (host === undefined) return notShown("it has no host controls");
  const name = control as HostControl;
  if (host[name] !== undefined) return undefined;
  const why = host.inapplicable?.[name];
  return why === undefined
    ? notShown(`it has no host control "${control}"`)
    : { status: "unsupported", reason: `"host.${control}" makes no sense here: ${why}` };
}

function needUnfit(need: Need, claims: Claims): Unfit | undefined {
  const { driver } = claims;
  switch (need) {
    case "networks":
    case "ssh":
    case "events":
      return driver[need] ? undefined : unsupported(need);
    case "faults":
      return claims.faults ? undefined : notShown("faults cannot be planned");
    case "files.fillDisk":
      return claims.fillDisk ? undefined : notShown("its disk cannot be filled");
    case "host":
      return claims.host ? undefined : notShown("it has no host controls");
  }
  const [of, facet = ""] = need.split(".");
  if (of === "host") return hostUnfit(facet, claims);
  const facets: readonly string[] = of === "machine"
    ? driver.machineFacets satisfies readonly MachineFacet[]
    : (driver.networks?.facets ?? []) satisfies readonly NetworkFacet[];
  return facets.includes(facet) ? undefined : unsupported(need);
}

/** Why a case is not for that subject, or undefined. A driver that lacks a facet outweighs the rest. */
export function unfitFor(item: Pick<Case, "needs">, claims: Claims): Unfit | undefined {
  const found = (item.needs ?? []).flatMap((need) => needUnfit(need, claims) ?? []);
  return found.find((unfit) => unfit.status === "unsupported") ?? found[0];
}
