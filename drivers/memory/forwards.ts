/**
 * Port forwards of a machine.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { CallOptions, Forward, Forwards } from "../contract/mod.ts";
import { attempt, confirmed } from "./errors.ts";
import { about, type Identity, type MemoryContext, readMachine } from "./session.ts";

const isPort = (port: unknown): boolean =>
  Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535;

/** The rules of a machine. */
export function machineForwards(context: MemoryContext, identity: Identity): Forwards {
  const { backend } = context;
  const rules = async (options: CallOptions): Promise<Forward[]> => {
    const { forwards } = await readMachine(context, identity, options);
    return forwards.toSorted((a, b) => a.machinePort - b.machinePort);
  };
  return {
    add({ hostPort, machinePort }, options = {}): Promise<void> {
      const told = about(identity, "forwards.add", options);
      return attempt(told, async () => {
        for (const port of [hostPort, machinePort]) {
          if (isPort(port)) continue;
          throw new Trouble("invalid-argument", `a port is a whole number to 65535: ${port}`);
        }
        const rule = { ...identity.key, hostPort, machinePort };
        await confirmed(() => backend.call("forward.add", rule, options), async () => {
          const found = (await rules(options)).some((it) =>
            it.hostPort === hostPort && it.machinePort === machinePort
          );
          return found ? null : undefined;
        });
      });
    },
    remove(machinePort, options = {}): Promise<void> {
      const told = about(identity, "forwards.remove", options);
      return attempt(told, async () => {
        const rule = { ...identity.key, machinePort };
        await confirmed(() => backend.call("forward.remove", rule, options), async () => {
          const found = (await rules(options)).some((it) => it.machinePort === machinePort);
          return found ? undefined : null;
        });
      });
    },
    list: (options = {}) =>
      attempt(about(identity, "forwards.list", options), () => rules(options)),
  };
}
