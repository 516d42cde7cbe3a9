/**
 * What a mutant is, and how one is made: a conforming driver with one thing changed.
 *
 * @module
 */

import {
  type ContractName,
  type Driver,
  DriverError,
  type ErrorCode,
  type Forwards,
  type Image,
  type Images,
  isDriverError,
  type Machine,
  type MachineRef,
  type Machines,
  machineSubject,
  type Networks,
  type OpenOptions,
  type World,
} from "../../drivers/contract/mod.ts";
import type { Backend, Json } from "../../drivers/backend/backend.ts";
import type { DriverContext, DriverModule } from "../../drivers/backend/module.ts";
import { withMembers } from "../engine/tracker.ts";

/** How the mutants of the driver change a world. */
export type Mutate = (world: World) => World;

/** A call of the backend. */
export type BackendCall = (method: string, params: Json) => Promise<Json>;

/** An adapter with one deliberate defect. */
export interface Mutant<C extends ContractName = "driver"> {
  /** Named by its defect, such as `start-says-changed-twice`. */
  readonly id: string;
  /** The clause that it breaks: some check of that clause must fail. */
  readonly breaks: string;
  /** Where the defect was seen in the wild, or how it comes about. */
  readonly why: string;
  /** Changes a world of a conforming adapter: the defect is above it. */
  mutate?(world: World<C>): World<C>;
  /** Changes what the adapter gets from its backend: the defect is below. Made anew for each instance. */
  below?(call: BackendCall, context: DriverContext): BackendCall;
}

/** A mutant of any contract, and the driver whose conforming adapter it is planted in. */
export interface PlantedMutant extends Pick<Mutant, "id" | "breaks" | "why" | "below"> {
  /** The contract. */
  readonly contract: ContractName;
  /** The driver; its simulation where it has one. */
  readonly driver: string;
  /** Changes a world. */
  mutate?(world: never): World<ContractName>;
}

/** Mutants of a contract, planted in a driver. */
export function plantedIn<C extends ContractName>(
  driver: string,
  contract: C,
  mutants: readonly Mutant<C>[],
): PlantedMutant[] {
  return mutants.map((mutant) => ({ ...mutant, contract, driver }));
}

/** The same module with a defect below its adapters. */
export function withDefect(module: DriverModule, { below }: Pick<Mutant, "below">): DriverModule {
  if (!below) return module;
  const changed = (context: DriverContext): DriverContext => ({
    ...context,
    backend: backendBelow(context, below),
  });
  const serves = Object.entries(module.serves).map(([contract, service]) => [
    contract,
    { ...service, create: (context: DriverContext) => service.create(changed(context)) },
  ]);
  return { ...module, serves: Object.fromEntries(serves) };
}

function backendBelow(context: DriverContext, below: NonNullable<Mutant["below"]>): Backend {
  const { backend } = context;
  return {
    call: (method, params, options) =>
      below((name, given) => backend.call(name, given, options), context)(method, params),
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

/** An object, and all that comes from it, whose errors are replaced. */
export function mapErrors<T extends object>(target: T, map: (error: unknown) => unknown): T {
  const deep = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
      ? mapErrors(value, map)
      : value;
  const fail = (error: unknown): never => {
    throw map(error);
  };
  return new Proxy(target, {
    get(object, key) {
      const value = Reflect.get(object, key, object);
      if (typeof value !== "function") return deep(value);
      return (...args: unknown[]) => {
        try {
          const result = value.apply(object, args);
          return result instanceof Promise ? result.then(deep, fail) : deep(result);
        } catch (error) {
          return fail(error);
        }
      };
    },
  });
}

/** Replaces the code of every error that has one of the codes. */
export function recode(codes: readonly ErrorCode[], code: ErrorCode): Mutate {
  return onErrors((error) =>
    isDriverError(error) && codes.includes(error.code)
      ? new DriverError({ ...error.toJSON(), code, retryable: undefined })
      : error
  );
}

/** Replaces errors. */
export function onErrors(map: (error: unknown) => unknown): Mutate {
  return (world) =>
    withMembers(world, { open: async (options) => mapErrors(await world.open(options), map) });
}

/** An error about a machine, for mutants that refuse what they should not. */
export function machineError(code: ErrorCode, operation: string, ref: MachineRef): DriverError {
  return new DriverError({
    code,
    operation,
    subject: machineSubject(ref),
    message: `Cannot ${operation} "${keyOf(ref)}": a mutant is at work`,
  });
}

/** Changes every driver that is opened. `options` says for whom. */
export function onDriver(
  change: (driver: Driver, options: OpenOptions, world: World) => Partial<Driver>,
): Mutate {
  return (world) =>
    withMembers(world, {
      open: async (options) => {
        const driver = await world.open(options);
        return withMembers(driver, change(driver, options, world));
      },
    });
}

/** Changes the collection of machines. */
export function onMachines(
  change: (machines: Machines, driver: Driver, world: World) => Partial<Machines>,
): Mutate {
  return onDriver((driver, _, world) => ({
    machines: withMembers(driver.machines, change(driver.machines, driver, world)),
  }));
}

/** A driver's machines with every handle changed, wherever it comes from. */
export function withMachines(
  driver: Driver,
  change: (machine: Machine) => Partial<Machine>,
): Partial<Driver> {
  const { machines } = driver;
  const changed = (machine: Machine): Machine => withMembers(machine, change(machine));
  return {
    machines: withMembers(machines, {
      create: async (...args) => changed(await machines.create(...args)),
      get: async (...args) => changed(await machines.get(...args)),
      list: async (...args) => (await machines.list(...args)).map(changed),
    }),
  };
}

/** Changes every handle of a machine. */
export function onMachine(
  change: (machine: Machine, driver: Driver, world: World) => Partial<Machine>,
): Mutate {
  return onDriver((driver, _, world) =>
    withMachines(driver, (machine) => change(machine, driver, world))
  );
}

/** Changes the collection of images. */
export function onImages(
  change: (images: Images, driver: Driver, world: World) => Partial<Images>,
): Mutate {
  return onDriver((driver, _, world) => ({
    images: withMembers(driver.images, change(driver.images, driver, world)),
  }));
}

/** Changes every handle of an image. */
export function onImage(
  change: (image: Image, driver: Driver, world: World) => Partial<Image>,
): Mutate {
  return onImages((images, driver, world) => {
    const changed = (image: Image): Image => withMembers(image, change(image, driver, world));
    return {
      get: async (...args) => changed(await images.get(...args)),
      list: async (...args) => (await images.list(...args)).map(changed),
      fromJSON: (text) => changed(images.fromJSON(text)),
    };
  });
}

/** Changes the networks. */
export function onNetworks(
  change: (networks: Networks, driver: Driver, world: World) => Partial<Networks>,
): Mutate {
  return onDriver((driver, _, world) =>
    driver.networks === undefined ? {} : {
      networks: withMembers(driver.networks, change(driver.networks, driver, world)),
    }
  );
}

/** Changes a machine's forwards. */
export function onForwards(
  change: (forwards: Forwards, machine: Machine, driver: Driver) => Partial<Forwards>,
): Mutate {
  return onMachine((machine, driver) =>
    machine.forwards === undefined ? {} : {
      forwards: withMembers(machine.forwards, change(machine.forwards, machine, driver)),
    }
  );
}

/** A key for a machine, to remember something about it. */
export const keyOf = (ref: MachineRef): string => `${ref.cluster}/${ref.name}`;

/** The code of an error of the contract. */
export const codeOf = (error: unknown): ErrorCode | undefined =>
  isDriverError(error) ? error.code : undefined;

/** The reason of an error of the contract. */
export const reasonOf = (error: unknown): string | undefined =>
  isDriverError(error) ? error.reason : undefined;

/** Answers success where a call is refused with that code. */
export async function swallow<T>(code: ErrorCode, call: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
    return instead;
  }
}

/** Replaces a refusal by another code. */
export async function recoded<T>(
  from: ErrorCode,
  to: ErrorCode,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isDriverError(error) || error.code !== from) throw error;
    throw new DriverError({ ...error.toJSON(), code: to });
  }
}
