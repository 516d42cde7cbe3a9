/**
 * Asking a guest.
 *
 * @module
 */

import type { CaseContext } from "../../rigs/driver/context.ts";

/** What a program in a guest printed. */
export async function printed(
  { driver }: CaseContext,
  address: string | undefined,
  argv: readonly string[],
): Promise<string | undefined> {
  return (await driver.ssh?.run(address ?? "", argv))?.stdout.trim();
}
