/**
 * The network of tasks whose machines a `Driver` makes: addresses, and ports where it has forwards.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import {
  type Driver,
  DriverError,
  isDriverError,
  type MachineRef,
  type TaskNet,
  type TaskPort,
  type TeardownStep,
  type VmStartedBuildRequest,
} from "../../contract/mod.ts";
import { refOf } from "./driver_machines.ts";
import { DEFAULT_NETWORK } from "./schemas.ts";

/** How long a guest may take until it has an address. */
const ADDRESS_MS = 60_000;
/** The kind of step that takes a forward back. */
const FORWARD = "forward";

/** Makes it. */
export function driverNet(driver: Driver): TaskNet {
  return {
    init: () => Promise.resolve(),
    fingerprint: () =>
      Promise.resolve({
        [`driver.${driver.name}.network.${DEFAULT_NETWORK}.state`]: { value: "active" },
        [`driver.${driver.name}.network.${DEFAULT_NETWORK}.bridge_name`]: {
          value: DEFAULT_NETWORK,
        },
      }),
    async vmStartedBuild(request, { signal } = {}) {
      const at = refIn(driver, request.machine);
      const ports = portsOf(request);
      if (ports.length > 0 && !driver.machineFacets.includes("forwards")) {
        throw new Trouble("unimplemented", "this driver's ports lead to no guest");
      }
      const ip = await addressOf(driver, at, signal);
      const steps = await forward(driver, at, ports, signal);
      const portMap = Object.fromEntries(ports.map((port) => [port.label, guestPort(port)]));
      return {
        network: { ip, portMap, autoAdvertise: false },
        teardown: { version: 1, machine: request.machine, steps },
      };
    },
    async vmTerminatedTeardown({ teardown }, { signal } = {}) {
      const at = refIn(driver, teardown.machine);
      await takeBack(driver, at, teardown.steps, signal);
    },
  };
}

/** The machine of a qualified name: the only one that is spelled like that. */
function refIn(driver: Driver, machine: string): MachineRef {
  const name = machine.slice(machine.lastIndexOf(".") + 1);
  const at = refOf(name);
  if (driver.qualifiedMachineName(at) === machine) return at;
  throw new Trouble("invalid-argument", `${JSON.stringify(machine)} is no machine of a task`);
}

function guestPort({ to, value }: TaskPort): number {
  return to === 0 ? value : to;
}

/** The ports that lead to the guest. @throws {Trouble} for one that cannot */
function portsOf({ interfaces, ports }: VmStartedBuildRequest): TaskPort[] {
  const labels = interfaces.flatMap(({ bridge }) => bridge?.ports ?? []);
  return labels.map((label) => {
    const port = ports.find((port) => port.label === label);
    if (!port) {
      const why = `${JSON.stringify(label)} is no port of the task`;
      throw new Trouble("invalid-argument", why);
    }
    if ((port.protocol ?? "tcp") === "tcp") return port;
    const why = `the port ${JSON.stringify(label)} is for ${port.protocol}, and only tcp can lead`;
    throw new Trouble("unimplemented", why);
  });
}

async function addressOf(driver: Driver, at: MachineRef, signal?: AbortSignal): Promise<string> {
  const machine = await driver.machines.get(at, { signal });
  const { verdict, error } = await machine.wait("address", { timeoutMs: ADDRESS_MS, signal });
  if (verdict === "timeout") {
    const why = `the guest has no address after ${ADDRESS_MS} ms`;
    throw new Trouble("deadline-exceeded", why, "no-address");
  }
  const ip = verdict === "reached" ? await machine.address({ signal }) : undefined;
  if (ip !== undefined) return ip;
  throw new Trouble(error?.code ?? "unavailable", error?.message ?? "The guest has no address");
}

/** Adds the forwards; all or none. Answers how they are taken back. */
async function forward(
  driver: Driver,
  at: MachineRef,
  ports: readonly TaskPort[],
  signal?: AbortSignal,
): Promise<TeardownStep[]> {
  const steps: TeardownStep[] = [];
  if (ports.length === 0) return steps;
  const machine = await driver.machines.get(at, { signal });
  try {
    for (const port of ports) {
      const [hostPort, machinePort] = [port.value, guestPort(port)];
      steps.push({ kind: FORWARD, data: { hostPort, machinePort } });
      await machine.forwards?.add({ hostPort, machinePort }, { signal });
    }
    return steps;
  } catch (error) {
    // The rules of a machine that is removed right after this go with it.
    await takeBack(driver, at, steps).catch(() => {});
    throw error;
  }
}

/** Removes forwards, the last one first; all are tried. */
async function takeBack(
  driver: Driver,
  at: MachineRef,
  steps: readonly TeardownStep[],
  signal?: AbortSignal,
): Promise<void> {
  if (steps.length === 0) return;
  const failed: { readonly left: string; readonly error: unknown }[] = [];
  for (const { kind, data } of steps.toReversed()) {
    if (kind !== FORWARD) throw new Trouble("invalid-argument", `there is no step "${kind}"`);
    try {
      const machine = await driver.machines.get(at, { signal });
      await machine.forwards?.remove(Number(data.machinePort), { signal });
    } catch (error) {
      if (isDriverError(error) && error.code === "not-found") continue;
      failed.push({ left: `${FORWARD}:${data.hostPort}`, error });
    }
  }
  const [first] = failed;
  if (!first) return;
  if (!isDriverError(first.error)) throw first.error;
  const leftovers = failed.map(({ left }) => left);
  throw new DriverError({ ...first.error.toJSON(), leftovers, cause: first.error });
}
