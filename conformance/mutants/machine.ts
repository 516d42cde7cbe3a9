/**
 * Mutants of power, waits, addresses, commands and events.
 *
 * @module
 */

import {
  type CallOptions,
  type Change,
  isDriverError,
  type MachineEvent,
  type MachineStatus,
  type PowerState,
} from "../../drivers/contract/mod.ts";
import { keyOf, machineError, type Mutant, onDriver, onMachine, override } from "./mutant.ts";

const codeOf = (error: unknown): string | undefined =>
  isDriverError(error) ? error.code : undefined;

/** Shows one state as another one. */
const showAs = (from: PowerState, to: PowerState): Mutant["mutate"] =>
  onMachine((machine) => ({
    status: async (options) => {
      const status = await machine.status(options);
      return status.state === from ? { ...status, state: to } : status;
    },
  }));

/** Refuses an operation where it would change nothing. */
const refusesNoop = (operation: "start" | "stop" | "forceStop"): Mutant["mutate"] =>
  onMachine((machine) => ({
    [operation]: async (options?: CallOptions): Promise<Change> => {
      const change = await machine[operation](options);
      if (!change.changed) {
        throw machineError("failed-precondition", `machine.${operation}`, machine);
      }
      return change;
    },
  }));

let left = 0;

/** Mutants of power. */
export const POWER_MUTANTS: readonly Mutant[] = [
  {
    id: "resume-of-a-stopped-machine-succeeds",
    breaks: "machine.power.table",
    why: "libvirt's test driver and its QEMU driver differ in what they refuse",
    mutate: onMachine((machine) =>
      machine.suspension === undefined ? {} : {
        suspension: override(machine.suspension, {
          resume: async (options) => {
            const { state } = await machine.status();
            if (state === "stopped") return { changed: false, state };
            return await machine.suspension?.resume(options) ?? { changed: false, state };
          },
        }),
      }
    ),
  },
  {
    id: "refused-pause-stops",
    breaks: "machine.power.refusal",
    why: "The way back of a refused operation does more than it should",
    mutate: onMachine((machine) =>
      machine.suspension === undefined ? {} : {
        suspension: override(machine.suspension, {
          resume: async (options) => {
            try {
              return await machine.suspension?.resume(options) as Change;
            } catch (error) {
              await machine.forceStop();
              throw error;
            }
          },
        }),
      }
    ),
  },
  {
    id: "start-does-nothing",
    breaks: "machine.start.running",
    why: "A silent no-op that answers success",
    mutate: onMachine(() => ({
      start: () => Promise.resolve({ changed: true, state: "running" }),
    })),
  },
  {
    id: "start-refuses-the-running",
    breaks: "machine.start.idempotent",
    why: "A warning raised to an error",
    mutate: refusesNoop("start"),
  },
  {
    id: "racing-start-is-refused",
    breaks: "machine.start.race",
    why: "libvirt lets one win, and answers 55 to the others",
    mutate: onDriver((driver) => {
      const flying = new Set<string>();
      return {
        machines: override(driver.machines, {
          create: async (...args) => racing(await driver.machines.create(...args), flying),
          get: async (...args) => racing(await driver.machines.get(...args), flying),
        }),
      };
    }),
  },
  {
    id: "failed-start-counts",
    breaks: "machine.start.failed",
    why: "multipass shows starting for ever after a failed start",
    mutate: onMachine((machine) => {
      let failed = false;
      return {
        start: async (options) => {
          if (failed) return { changed: false, state: "starting" };
          try {
            return await machine.start(options);
          } catch (error) {
            failed = true;
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "stop-does-nothing",
    breaks: "machine.stop.stopped",
    why: "libvirt answers 0 for a guest that does not listen, and nobody looks again",
    mutate: onMachine((machine) => ({
      stop: async (options) => {
        const { state } = await machine.status(options);
        return state === "running"
          ? { changed: true, state: "stopping" }
          : await machine.stop(options);
      },
    })),
  },
  {
    id: "stop-refuses-the-stopped",
    breaks: "machine.stop.idempotent",
    why: "A warning raised to an error",
    mutate: refusesNoop("stop"),
  },
  {
    id: "stop-cuts-the-power",
    breaks: "machine.stop.graceful",
    why: "An implicit force after the guest kept silent",
    mutate: onMachine((machine) => ({
      stop: async (options) => {
        const change = await machine.stop(options);
        if (change.changed) await machine.forceStop(options);
        return change;
      },
    })),
  },
  {
    id: "force-stop-only-asks",
    breaks: "machine.force-stop.stopped",
    why: "The same call for both stops",
    mutate: onMachine((machine) => ({
      forceStop: async (options) => {
        const { state } = await machine.status(options);
        if (state !== "running") return await machine.forceStop(options);
        await machine.stop(options);
        return { changed: true, state: "stopped" };
      },
    })),
  },
  {
    id: "force-stop-refuses-the-stopped",
    breaks: "machine.force-stop.idempotent",
    why: "libvirt's destroy of a stopped domain is 55",
    mutate: refusesNoop("forceStop"),
  },
  {
    id: "racing-stop-fails",
    breaks: "machine.stop.race",
    why: "The slower of the two finds nothing to stop",
    mutate: onMachine((machine) => {
      let stopping = false;
      return {
        stop: async (options) => {
          stopping = true;
          try {
            return await machine.stop(options);
          } finally {
            stopping = false;
          }
        },
        forceStop: async (options) => {
          if (stopping) throw machineError("internal", "machine.forceStop", machine);
          return await machine.forceStop(options);
        },
      };
    }),
  },
  {
    id: "stop-leaves-a-checkpoint",
    breaks: "machine.cycle",
    why: "Automatic checkpoints turn the disk into a chain",
    mutate: onMachine((machine, driver, world) => ({
      forceStop: async (options) => {
        const change = await machine.forceStop(options);
        const name = driver.qualifiedMachineName(machine);
        if (change.changed) await world.host?.plantMachine?.(`${name}.checkpoint-${left++}`);
        return change;
      },
    })),
  },
  {
    id: "paused-shows-running",
    breaks: "machine.pause",
    why: "Two words for two states, and nothing for the rest",
    mutate: showAs("paused", "running"),
  },
  {
    id: "saved-shows-stopped",
    breaks: "machine.save",
    why: "libvirt itself says shut off",
    mutate: showAs("saved", "stopped"),
  },
  {
    id: "saved-memory-stays",
    breaks: "machine.save.discard",
    why: "There is no process to stop, so nothing is done",
    mutate: onMachine((machine) => ({
      forceStop: async (options) => {
        const { state } = await machine.status(options);
        return state === "saved" ? { changed: false, state } : await machine.forceStop(options);
      },
    })),
  },
  {
    id: "status-is-remembered",
    breaks: "machine.status.live",
    why: "kutti's Hyper-V driver answers from a field",
    mutate: onMachine((machine) => {
      let known: MachineStatus | undefined;
      return {
        start: async (options) => {
          const change = await machine.start(options);
          known = { state: change.state, raw: "remembered" };
          return change;
        },
        forceStop: async (options) => {
          known = undefined;
          return await machine.forceStop(options);
        },
        status: async (options) => known ?? await machine.status(options),
      };
    }),
  },
  {
    id: "raw-word-is-the-state",
    breaks: "machine.status.declared",
    why: "lima passes its own word through",
    mutate: onMachine((machine) => ({
      status: async (options) => {
        const status = await machine.status(options);
        return { ...status, state: status.state.toUpperCase() as PowerState };
      },
    })),
  },
  {
    id: "unknown-shows-stopped",
    breaks: "machine.status.unknown",
    why: "The last branch of a switch",
    mutate: showAs("unknown", "stopped"),
  },
];

/** A machine whose start is refused while another one is on its way. */
function racing<T extends Parameters<typeof keyOf>[0] & { start(): Promise<Change> }>(
  machine: T,
  flying: Set<string>,
): T {
  return override(machine, {
    start: async (...args: []) => {
      const key = keyOf(machine);
      if (flying.has(key)) throw machineError("aborted", "machine.start", machine);
      flying.add(key);
      try {
        return await machine.start(...args);
      } finally {
        flying.delete(key);
      }
    },
  } as Partial<T>);
}

/** Mutants of waits. */
export const WAIT_MUTANTS: readonly Mutant[] = [
  {
    id: "wait-looks-once",
    breaks: "machine.wait.reached",
    why: "kutti's wait failed to bind its parameter, and nobody noticed",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => await machine.wait(target, { ...options, timeoutMs: 0 }),
    })),
  },
  {
    id: "wait-waits-in-any-case",
    breaks: "machine.wait.at-once",
    why: "It waits for the next change",
    mutate: onMachine((machine, _, world) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        await world.clock.sleep(options.timeoutMs);
        return result;
      },
    })),
  },
  {
    id: "wait-is-always-25-seconds",
    breaks: "machine.wait.timeout",
    why: "kutti's constant",
    mutate: onMachine((machine) => ({
      wait: (target, options) => {
        const timeoutMs = options.timeoutMs > 0 ? 25_000 : options.timeoutMs;
        return machine.wait(target, { ...options, timeoutMs });
      },
    })),
  },
  {
    id: "wait-0-does-not-look",
    breaks: "machine.wait.zero",
    why: "The deadline is over before the first look",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        return options.timeoutMs === 0 ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "failed-wait-is-a-timeout",
    breaks: "machine.wait.failed",
    why: "Errors of the poll are swallowed",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        const swallowed = result.verdict === "failed" && result.error?.code !== "not-found";
        return swallowed ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "wait-for-the-vanished-goes-on",
    breaks: "machine.wait.vanished",
    why: "A machine that is gone cannot change any more",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        const vanished = result.error?.code === "not-found";
        return vanished ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "wait-for-the-missing-answers",
    breaks: "machine.wait.missing",
    why: "A verdict where there is nothing to wait for",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        try {
          return await machine.wait(target, options);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
          return { verdict: "timeout", state: "unknown" };
        }
      },
    })),
  },
  {
    id: "wait-cannot-be-aborted",
    breaks: "machine.wait.abort",
    why: "kutti's wait takes no signal",
    mutate: onMachine((machine) => ({
      wait: (target, { timeoutMs }) => machine.wait(target, { timeoutMs }),
    })),
  },
  {
    id: "bad-timeouts-are-0",
    breaks: "machine.wait.invalid",
    why: "NaN compares false with everything",
    mutate: onMachine((machine) => ({
      wait: (target, options) => {
        const good = options.timeoutMs >= 0 && Number.isFinite(options.timeoutMs);
        return machine.wait(target, { ...options, timeoutMs: good ? options.timeoutMs : 0 });
      },
    })),
  },
];

/** Changes what a machine says of its address. */
const address = (change: (address: string | undefined) => string | undefined): Mutant["mutate"] =>
  onMachine((machine) => ({ address: async (options) => change(await machine.address(options)) }));

/** Changes what a machine says of its SSH address. */
const sshAddress = (
  change: (address: string | undefined) => string | undefined,
): Mutant["mutate"] =>
  onMachine((machine) => ({
    sshAddress: async (options) => change(await machine.sshAddress(options)),
  }));

/** Mutants of addresses. */
export const ADDRESS_MUTANTS: readonly Mutant[] = [
  {
    id: "address-has-a-prefix-length",
    breaks: "machine.address.literal",
    why: "The agent's answer passed on as it is",
    mutate: address((literal) => literal && `${literal}/24`),
  },
  {
    id: "no-address-is-zero",
    breaks: "machine.address.none",
    why: "lima answers with a text where there is no address",
    mutate: address((literal) => literal ?? "0.0.0.0"),
  },
  {
    id: "address-is-link-local",
    breaks: "machine.address.usable",
    why: "minikube#5473: the first of the list is fe80",
    mutate: address((literal) => literal && "fe80::5054:ff:fe00:1"),
  },
  {
    id: "address-of-the-first-start",
    breaks: "machine.address.fresh",
    why: "kutti's Hyper-V driver caches it once",
    mutate: onMachine((machine) => {
      let first: string | undefined;
      return { address: async (options) => first ??= await machine.address(options) };
    }),
  },
  {
    id: "ssh-port-is-0",
    breaks: "machine.ssh-address",
    why: "lima's localhost:0",
    mutate: sshAddress((known) => known?.replace(/:\d+$/, ":0")),
  },
  {
    id: "no-ssh-address-is-a-port",
    breaks: "machine.ssh-address.none",
    why: "Joined without a look at the parts",
    mutate: sshAddress((known) => known ?? ":22"),
  },
];

/** Changes a machine's commands. */
const onCommands = (
  change: (
    commands: NonNullable<Parameters<Parameters<typeof onMachine>[0]>[0]["commands"]>,
  ) => Partial<NonNullable<Parameters<Parameters<typeof onMachine>[0]>[0]["commands"]>>,
): Mutant["mutate"] =>
  onMachine(({ commands }) =>
    commands === undefined ? {} : { commands: override(commands, change(commands)) }
  );

/** Changes the SSH client. */
const onSsh = (
  change: (
    ssh: NonNullable<Parameters<Parameters<typeof onDriver>[0]>[0]["ssh"]>,
  ) => Partial<NonNullable<Parameters<Parameters<typeof onDriver>[0]>[0]["ssh"]>>,
): Mutant["mutate"] =>
  onDriver(({ ssh }) => ssh === undefined ? {} : { ssh: override(ssh, change(ssh)) });

/** Mutants of commands, SSH and the console. */
export const GUEST_MUTANTS: readonly Mutant[] = [
  {
    id: "every-command-is-claimed",
    breaks: "machine.commands.honest",
    why: "Eight commands declared, one written",
    mutate: onCommands(() => ({ implements: () => true })),
  },
  {
    id: "extra-parameters-are-dropped",
    breaks: "machine.commands.params",
    why: "kutti takes params[0] without a look",
    mutate: onCommands((commands) => ({
      execute: (command, params, options) =>
        commands.execute(command, [params[0] ?? "localhost"], options),
    })),
  },
  {
    id: "rename-answers-and-does-nothing",
    breaks: "machine.commands.rename",
    why: "It takes effect after the next restart only",
    mutate: onCommands((commands) => ({
      execute: async (command, params, options) => {
        if (command !== "rename-machine" || params[0] !== "renamed") {
          return await commands.execute(command, params, options);
        }
        return { exitCode: 0, stdout: "", stderr: "" };
      },
    })),
  },
  {
    id: "hostile-parameters-are-cleaned",
    breaks: "machine.commands.hostile",
    why: "Escaped in place of refused",
    mutate: onCommands((commands) => ({
      execute: (command, params, options) =>
        commands.execute(command, params.map((each) => each.replace(/[^a-z0-9]/g, "")), options),
    })),
  },
  {
    id: "command-dials-the-stopped",
    breaks: "machine.commands.stopped",
    why: "It dials an empty address",
    mutate: onMachine((machine) => ({
      commands: machine.commands && override(machine.commands, {
        execute: async (...args) => {
          try {
            return await machine.commands?.execute(...args) as never;
          } catch (error) {
            if (codeOf(error) !== "failed-precondition") throw error;
            throw machineError("unavailable", "machine.execute", machine);
          }
        },
      }),
    })),
  },
  {
    id: "stderr-is-in-stdout",
    breaks: "ssh.run",
    why: "Merged streams",
    mutate: onSsh((ssh) => ({
      run: async (...args) => {
        const result = await ssh.run(...args);
        return { ...result, stdout: result.stdout + result.stderr, stderr: "" };
      },
    })),
  },
  {
    id: "arguments-are-joined",
    breaks: "ssh.argv",
    why: "kutti joins them with blanks",
    mutate: onSsh((ssh) => ({
      run: (at, argv, options) =>
        ssh.run(at, argv[0] === "printf" ? argv.join(" ").split(" ") : argv, options),
    })),
  },
  {
    id: "unreachable-is-exit-255",
    breaks: "ssh.unreachable",
    why: "The exit code of the SSH client itself",
    mutate: onSsh((ssh) => ({
      run: async (...args) => {
        try {
          return await ssh.run(...args);
        } catch (error) {
          if (codeOf(error) !== "unavailable") throw error;
          return { exitCode: 255, stdout: "", stderr: "" };
        }
      },
    })),
  },
  {
    id: "console-is-empty",
    breaks: "machine.console",
    why: "Opened after the guest had printed all",
    mutate: onMachine((machine) => ({
      console: machine.console && { text: () => Promise.resolve("") },
    })),
  },
];

/** Changes the stream of events. */
const onEvents = (
  change: (
    events: AsyncIterable<MachineEvent>,
    signal: AbortSignal,
    inventory: () => Promise<readonly string[]>,
  ) => AsyncIterable<MachineEvent>,
): Mutant["mutate"] =>
  onDriver(({ events }, _, world) =>
    events === undefined ? {} : {
      events: {
        subscribe: async ({ signal }) =>
          change(
            await events.subscribe({ signal }),
            signal,
            async () => await world.host?.inventory() ?? [],
          ),
      },
    }
  );

/** Mutants of events. */
export const EVENT_MUTANTS: readonly Mutant[] = [
  {
    id: "short-states-are-missed",
    breaks: "event.power",
    why: "A driver that polls sees the last state only",
    mutate: onEvents(async function* (events) {
      for await (const event of events) if (event.state !== "running") yield event;
    }),
  },
  {
    id: "events-of-everybody",
    breaks: "event.own",
    why: "The hypervisor's stream passed on as it is",
    mutate: onEvents(async function* (events, _, inventory) {
      for await (const event of events) {
        for (const entry of await inventory()) {
          const [kind, , cluster, name] = entry.split(/[:.]/);
          const ours = event.machine.name === name;
          if (kind !== "machine" || ours || cluster === undefined || name === undefined) continue;
          yield { ...event, machine: { cluster, name } };
        }
        yield event;
      }
    }),
  },
  {
    id: "abort-throws-from-the-stream",
    breaks: "event.abort",
    why: "The abort reason escapes into the loop of the reader",
    mutate: onEvents(async function* (events, signal) {
      yield* events;
      signal.throwIfAborted();
    }),
  },
  {
    id: "events-of-own-calls-only",
    breaks: "event.outside",
    why: "Events that the driver makes itself when it is called",
    mutate: onDriver((driver) => {
      let asked = false;
      const { events, machines } = driver;
      return {
        machines: override(machines, {
          create: async (...args) => {
            const machine = await machines.create(...args);
            return override(machine, {
              forceStop: async (options) => {
                asked = true;
                return await machine.forceStop(options);
              },
            });
          },
        }),
        events: events && {
          subscribe: async (options) => {
            const stream = await events.subscribe(options);
            return (async function* () {
              for await (const event of stream) {
                if (event.state !== "stopped" || asked) yield event;
              }
            })();
          },
        },
      };
    }),
  },
];
