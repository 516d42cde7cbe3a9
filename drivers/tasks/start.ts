/**
 * Starting a task, and taking one over.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import { type Undo, undoing } from "../backend/undo.ts";
import type {
  Clock,
  StartedTask,
  TaskHandle,
  TaskSpec,
  VmStartedBuildResponse,
} from "../contract/mod.ts";
import { noSuchTask, taskError } from "./errors.ts";
import { handleOf, notesOf } from "./handles.ts";
import type { MachineNote, TaskMachines, TaskPlan } from "./machines.ts";
import type { Tasks } from "./tasks.ts";
import { within } from "./within.ts";

/** How long a look at a machine to be taken over may take: an agent waits for it at its own start. */
const RECOVER_MS = 30_000;

/** What starting needs. */
export interface Starting {
  /** The machines. */
  readonly machines: TaskMachines;
  /** Time. */
  readonly clock: Clock;
  /** The tasks. */
  readonly tasks: Tasks;
}

/** Makes all that a task needs; what was made is taken back if a step fails. */
export function start(
  { machines, clock, tasks }: Starting,
  plan: TaskPlan,
  about: About,
): Promise<StartedTask> {
  const { spec } = plan;
  return undoing(async (undo) => {
    const note = await machines.launch(plan, undo, about);
    const startedAt = clock.now();
    const { network, teardown } = await build(machines, plan, note, undo, about);
    about.signal?.throwIfAborted();
    const notes = { taskId: spec.id, machine: note, startedAt, ...(teardown && { teardown }) };
    const handle = handleOf(spec, notes);
    const task = tasks.add({ spec, note, startedAt, ...(teardown && { teardown }) });
    tasks.tell(task, `Task started on machine "${note.name}"`);
    return network ? { handle, network } : { handle };
  }, (error) => taskError(error, about, machines.meaningOf));
}

async function build(
  { net, macs }: TaskMachines,
  { spec, config }: TaskPlan,
  note: MachineNote,
  undo: Undo,
  { signal }: About,
): Promise<Partial<VmStartedBuildResponse>> {
  const interfaces = config.network_interface ?? [];
  if (!net || interfaces.length === 0) return {};
  const built = await net.vmStartedBuild({
    machine: note.name,
    hostname: config.hostname ?? "",
    macs: await macs?.(note, { signal }) ?? [],
    interfaces,
    ports: spec.resources.ports ?? [],
  }, { signal });
  const { teardown } = built;
  undo.add(`network of ${note.name}`, () => net.vmTerminatedTeardown({ teardown }));
  return built;
}

/**
 * Takes a task over.
 *
 * @throws {Trouble} `not-found` if its machine is gone, `invalid-argument` for a handle that is none
 */
export async function recover(
  { machines, clock, tasks }: Starting,
  handle: TaskHandle,
  { signal }: About,
): Promise<void> {
  const { machine: note, startedAt, teardown } = notesOf(handle);
  const spec: TaskSpec = handle.config;
  if (tasks.has(spec.id)) return;
  const what = "Looking at the machine";
  const sight = await within(
    { clock, ms: RECOVER_MS, signal, what },
    (signal) => machines.look(note, { signal }),
  );
  if (sight.state === "gone") throw noSuchTask();
  if (sight.state === "unknown") {
    throw new Trouble("unavailable", "nobody can tell at the moment whether its machine runs");
  }
  const task = tasks.add({ spec, note, startedAt, ...(teardown && { teardown }) });
  await task.observer.look({ signal }).catch(() => {});
}
