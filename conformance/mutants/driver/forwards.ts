/**
 * Mutants of port forwards.
 *
 * @module
 */

import { DriverError } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { keyOf, type Mutant, onDriver, onForwards, swallow } from "../mutant.ts";

const held = new Map<number, string>();

/** The mutants. */
export const FORWARD_MUTANTS: readonly Mutant[] = [
  {
    id: "add-only-says-so",
    breaks: "forward.add",
    why: "kutti's Hyper-V driver answers success and does nothing",
    mutate: onForwards(() => ({ add: () => Promise.resolve() })),
  },
  {
    id: "second-rule-replaces-the-first",
    breaks: "forward.machine-port",
    why: "lima accepts it",
    mutate: onForwards((forwards) => ({
      add: async (rule, options) => {
        const rules = await forwards.list();
        if (rules.some(({ machinePort }) => machinePort === rule.machinePort)) {
          await forwards.remove(rule.machinePort);
        }
        await forwards.add(rule, options);
      },
    })),
  },
  {
    id: "host-ports-are-compared-per-machine",
    breaks: "forward.host-port",
    why: "kutti compares within one cluster",
    mutate: onForwards((forwards) => ({
      add: async (rule, options) => {
        const own = await forwards.list();
        const mine = own.some((each) =>
          each.hostPort === rule.hostPort || each.machinePort === rule.machinePort
        );
        const add = () => forwards.add(rule, options);
        await (mine ? add() : swallow("already-exists", add, undefined));
      },
    })),
  },
  {
    id: "removing-no-rule-succeeds",
    breaks: "forward.remove",
    why: "Removing hides that there was nothing",
    mutate: onForwards((forwards) => ({
      remove: (port, options) =>
        swallow("not-found", () => forwards.remove(port, options), undefined),
    })),
  },
  {
    id: "bad-ports-are-ignored",
    breaks: "forward.invalid",
    why: "Port 0 means any",
    mutate: onForwards((forwards) => ({
      add: (rule, options) =>
        swallow("invalid-argument", () => forwards.add(rule, options), undefined),
    })),
  },
  {
    id: "rules-go-with-the-stop",
    breaks: "forward.persists",
    why: "The rule belongs to the process that runs the machine",
    mutate: onForwards((forwards, machine) => ({
      list: async (options) => {
        const { state } = await machine.status();
        const rules = await forwards.list(options);
        return state === "running" && rules.some(({ machinePort }) => machinePort === 8080)
          ? []
          : rules;
      },
    })),
  },
  {
    id: "ssh-address-ignores-the-rule",
    breaks: "forward.ssh",
    why: "Whatever the rules say, the guest's own address is told",
    mutate: onDriver((driver) => {
      const { machines } = driver;
      const direct = async (machine: Awaited<ReturnType<typeof machines.get>>) => {
        const address = await machine.address();
        return address && `${address}:22`;
      };
      return {
        machines: withMembers(machines, {
          create: async (...args) => {
            const machine = await machines.create(...args);
            return withMembers(machine, { sshAddress: () => direct(machine) });
          },
        }),
      };
    }),
  },
  {
    id: "deleted-machine-keeps-its-ports",
    breaks: "forward.delete",
    why: "kutti's VirtualBox rules stay unless the caller removes them",
    mutate: onForwards((forwards, machine) => ({
      add: async (rule, options) => {
        const holder = held.get(rule.hostPort);
        if (holder !== undefined && holder !== keyOf(machine)) {
          throw new DriverError({
            code: "already-exists",
            operation: "forwards.add",
            subject: `machine:${keyOf(machine)}`,
            message: "A mutant is at work",
          });
        }
        await forwards.add(rule, options);
        held.set(rule.hostPort, keyOf(machine));
      },
    })),
  },
];
