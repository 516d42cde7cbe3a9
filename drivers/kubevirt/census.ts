/**
 * What there is in a namespace, by name.
 *
 * @module
 */

import type { BackendCallOptions } from "../backend/backend.ts";
import type { KubeBackend, KubeMethods } from "./backend.ts";

const PAGE = 500;

/** Lists all objects of some kinds at once. @throws {BackendError} if one of the lists is refused */
export async function census(
  { call }: Pick<KubeBackend, "call">,
  namespace: string,
  { kinds }: KubeMethods["census"]["params"],
  options?: BackendCallOptions,
): Promise<KubeMethods["census"]["result"]> {
  const named = kinds.map(async (kind) => {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const params = { ...kind, namespace, view: "outline", limit: PAGE, continue: next } as const;
      const { items, metadata } = await call("list", params, options);
      names.push(...items.flatMap(({ metadata }) => metadata.name ?? []));
      next = metadata.continue;
    } while (next);
    return [kind.resource, names] as const;
  });
  return Object.fromEntries(await Promise.all(named));
}
