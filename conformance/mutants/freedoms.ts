/**
 * Conforming drivers that use the freedoms that the contract leaves. The suite must not fail any.
 *
 * @module
 */

import {
  assertName,
  type Claims,
  type ContractName,
  type Driver,
  type MachineEvent,
  machineSubject,
  type World,
} from "../../drivers/contract/mod.ts";
import { withMembers } from "../engine/tracker.ts";
import { mapErrors, onDriver, onImage, onMachine, withMachines } from "./mutant.ts";

/** A conforming driver that is unlike the others. */
export interface Freedom<C extends ContractName = "driver"> {
  /** Named by what it does. */
  readonly id: string;
  /** The contract that it conforms to. By default `driver`. */
  readonly contract?: C;
  /** Which freedom it uses. */
  readonly uses: string;
  /** Changes a world of the reference driver. */
  mutate(world: World<C>): World<C>;
  /** What it claims instead of what the reference claims. */
  readonly claims?: (claims: Claims) => Claims;
}

/** A freedom of any contract. */
export interface AnyFreedom extends Pick<Freedom, "id" | "uses" | "claims"> {
  /** The contract. */
  readonly contract?: ContractName;
  /** Changes a world. */
  mutate(world: never): World<ContractName>;
}

/** A driver whose every call takes longer. */
function slowed<T extends object>(target: T, wait: () => Promise<void>): T {
  return new Proxy(target, {
    get(object, key) {
      const value = Reflect.get(object, key, object);
      if (typeof value === "object" && value !== null) return slowed(value, wait);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const result = value.apply(object, args);
        if (!(result instanceof Promise)) return result;
        return result.then(async (settled) => {
          await wait();
          const handle = typeof settled === "object" && settled !== null && "status" in settled;
          return handle && typeof settled.status === "function" ? slowed(settled, wait) : settled;
        });
      };
    },
  });
}

/** The longest name of the driver with short names. */
const SHORT = 16;

/** Drivers that the suite must pass. */
export const FREEDOMS: readonly Freedom[] = [
  {
    id: "slow",
    uses: "a call may take as long as it likes; a wait only may not",
    mutate: (world) => {
      const wait = () => world.clock.sleep(40);
      return withMembers(world, {
        open: async (options) => {
          const driver = await world.open(options);
          return withMembers(driver, {
            machines: slowed(driver.machines, wait),
            images: slowed(driver.images, wait),
            networks: driver.networks && slowed(driver.networks, wait),
          });
        },
      });
    },
  },
  {
    id: "talkative-events",
    uses: "events may repeat a state, and tell the states between",
    mutate: onDriver(({ events }) => ({
      events: events && {
        subscribe: async (options) => {
          const stream = await events.subscribe(options);
          return (async function* (): AsyncIterable<MachineEvent> {
            for await (const event of stream) {
              if (event.state === "running") yield { ...event, state: "starting", raw: "between" };
              if (event.state === "stopped") yield { ...event, state: "stopping", raw: "between" };
              yield event;
              if (event.state !== "absent") yield event;
            }
          })();
        },
      },
    })),
  },
  {
    id: "lists-in-another-order",
    uses: "lists of machines, networks and leases have no order",
    mutate: onDriver(({ machines, networks }) => ({
      machines: withMembers(machines, {
        list: async (options) => (await machines.list(options)).toReversed(),
      }),
      networks: networks && withMembers(networks, {
        list: async (options) => (await networks.list(options)).toReversed(),
      }),
    })),
  },
  {
    id: "says-changed-as-seldom-as-allowed",
    uses: "a call that joins another one, or finds what it wants, may say changed false",
    mutate: onImage((image) => ({
      fromFile: async (path, options) => {
        const there = await image.status() === "downloaded";
        const result = await image.fromFile(path, options);
        return there ? { changed: false } : result;
      },
    })),
  },
  {
    id: "without-facets",
    uses: "every facet of the driver and its machines is optional",
    claims: (claims) => ({
      ...claims,
      ...(claims.driver && {
        driver: {
          ...claims.driver,
          subject: { machineFacets: [], networks: claims.driver.subject.networks },
        },
      }),
    }),
    mutate: (world) =>
      withMembers(world, {
        open: async (options) => bare(await world.open(options)),
      }),
  },
  {
    id: "short-names",
    uses: "a driver may accept shorter names only, if it says so",
    mutate: onDriver((driver) => {
      const nameRule = { ...driver.nameRule, maxLength: SHORT };
      const checked = (operation: string, cluster: string, name: string): void => {
        const subject = machineSubject({ cluster, name });
        assertName(cluster, { operation, subject, rule: nameRule });
        assertName(name, { operation, subject, rule: nameRule });
      };
      return {
        nameRule,
        machines: withMembers(driver.machines, {
          create: async (spec, options) => {
            checked("machines.create", spec.cluster, spec.name);
            return await driver.machines.create(spec, options);
          },
          delete: async (ref, options) => {
            checked("machines.delete", ref.cluster, ref.name);
            await driver.machines.delete(ref, options);
          },
        }),
      };
    }),
  },
  {
    id: "other-words",
    uses: "raw words, messages and descriptions are for people",
    mutate: onMachine((machine) => ({
      status: async (options) => {
        const status = await machine.status(options);
        return { ...status, raw: `estado ${status.raw}` };
      },
    })),
  },
  {
    id: "other-messages",
    uses: "the text of an error is for people, in any language",
    mutate: (world) =>
      withMembers(world, {
        open: async (options) =>
          mapErrors(await world.open(options), (error) => {
            if (error instanceof Error) error.message = "Algo ha fallado";
            return error;
          }),
      }),
  },
  {
    id: "stop-waits",
    uses: "stop may return when the guest is down already",
    mutate: onMachine((machine) => ({
      stop: async (options) => {
        const change = await machine.stop(options);
        if (!change.changed) return change;
        const { state } = await machine.wait("stopped", { timeoutMs: 1_000 });
        return { ...change, state };
      },
    })),
  },
];

/** A driver without any facet. */
function bare(driver: Driver): Driver {
  const machineFacets = {
    suspension: undefined,
    saving: undefined,
    forwards: undefined,
    commands: undefined,
    console: undefined,
  };
  return withMembers(driver, {
    machineFacets: [],
    ssh: undefined,
    events: undefined,
    ...withMachines(driver, () => machineFacets),
  });
}
