/**
 * Whether a subject has what a case needs; decided before the case runs.
 *
 * @module
 */

import type { Claims, ContractClaims } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import { rigOf } from "../rigs/mod.ts";

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

function hostUnfit(control: string, { host }: ContractClaims): Unfit | undefined {
  if (host === undefined) return notShown("it has no host controls");
  if ((host as Readonly<Record<string, unknown>>)[control] !== undefined) return undefined;
  const reasons: Readonly<Partial<Record<string, string>>> = host.inapplicable ?? {};
  const why = reasons[control];
  return why === undefined
    ? notShown(`it has no host control "${control}"`)
    : { status: "unsupported", reason: `"host.${control}" makes no sense here: ${why}` };
}

function needUnfit(
  need: string,
  { contract }: Pick<AnyCase, "contract">,
  claims: ContractClaims,
): Unfit | undefined {
  switch (need) {
    case "faults":
      return claims.faults ? undefined : notShown("faults cannot be planned");
    case "files.fillDisk":
      return claims.fillDisk ? undefined : notShown("its disk cannot be filled");
    case "host":
      return claims.host ? undefined : notShown("it has no host controls");
  }
  if (need.startsWith("host.")) return hostUnfit(need.slice("host.".length), claims);
  return rigOf(contract).claims(need, claims.subject) ? undefined : unsupported(need);
}

/** Why a case is not for that subject, or undefined. A driver that lacks a facet outweighs the rest. */
export function unfitFor(
  item: Pick<AnyCase, "contract" | "needs">,
  claims: Claims,
): Unfit | undefined {
  const { contract, needs = [] } = item;
  const own: ContractClaims | undefined = claims[contract];
  if (own === undefined) return unsupported(contract);
  const found = needs.flatMap((need) => needUnfit(need, item, own) ?? []);
  return found.find((unfit) => unfit.status === "unsupported") ?? found[0];
}
