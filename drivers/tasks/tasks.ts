/**
 * The tasks that one instance of a task driver knows.
 *
 * @module
 */

import { EventHub } from "../backend/event_hub.ts";
import type { Clock, TaskEvent, TaskExit, TaskSpec, TeardownSpec } from "../contract/mod.ts";
import { noSuchTask } from "./errors.ts";
import { exitOf } from "./exits.ts";
import type { MachineNote, TaskMachines } from "./machines.ts";
import { type LastSight, Observer } from "./observer.ts";

/** A task, and what became of it. */
export interface Task {
  /** What it was made from. */
  readonly spec: TaskSpec;
  /** Its machine. */
  readonly note: MachineNote;
  /** When it started. */
  readonly startedAt: number;
  /** How its network is taken back. */
  readonly teardown?: TeardownSpec;
  /** Who looks at its machine. */
  readonly observer: Observer;
  /** Whether this driver is switching it off, or did. */
  isForced: boolean;
  /** How it ended, if it has and somebody looked. */
  exit?: TaskExit;
  /** When. */
  completedAt?: number;
}

/** What {@linkcode Tasks} needs. */
export interface TasksOptions {
  /** The machines. */
  readonly machines: TaskMachines;
  /** Time. */
  readonly clock: Clock;
  /** The longest pause between two looks at a machine. */
  readonly pollMs: number;
}

/** The tasks by id, and who listens to what happens to them. */
export class Tasks {
  readonly #options: TasksOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #events = new EventHub<TaskEvent>();

  /** Knows none yet. */
  constructor(options: TasksOptions) {
    this.#options = options;
  }

  /** Whether there is one of that id. */
  has(id: string): boolean {
    return this.#tasks.has(id);
  }

  /** The task of an id, or undefined. */
  find(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** The task of an id. @throws {Trouble} `not-found` */
  get(id: string): Task {
    const task = this.#tasks.get(id);
    if (task) return task;
    throw noSuchTask();
  }

  /** Takes a task in whose machine was made. */
  add(made: Pick<Task, "spec" | "note" | "startedAt" | "teardown">): Task {
    const { clock, pollMs, machines } = this.#options;
    const observer = new Observer({
      ...{ clock, pollMs },
      look: (options) => machines.look(made.note, options),
      changes: machines.changes && ((signal) => machines.changes?.(signal) ?? nothing()),
      onEnd: (sight) => this.#end(task, sight),
    });
    const task: Task = { ...made, observer, isForced: false };
    this.#tasks.set(made.spec.id, task);
    observer.keep(this.#events.size > 0);
    return task;
  }

  /** Forgets a task; whoever still waits for it hears that there is none. */
  forget(id: string): void {
    const task = this.#tasks.get(id);
    this.#tasks.delete(id);
    task?.observer.close(noSuchTask());
  }

  /** Tells everybody who listens what happened to a task. */
  tell({ spec }: Pick<Task, "spec">, message: string): void {
    const { id: taskId, allocId, name: taskName } = spec;
    const timestamp = this.#options.clock.now();
    this.#events.emit({ taskId, allocId, taskName, timestamp, message, annotations: {} });
  }

  /** What happens from now on; machines are looked at while somebody listens. */
  subscribe(signal: AbortSignal): AsyncIterableIterator<TaskEvent> {
    const keep = (): void => {
      for (const { observer } of this.#tasks.values()) observer.keep(this.#events.size > 0);
    };
    const events = this.#events.subscribe({ signal, onEnd: keep });
    keep();
    return events;
  }

  /** Ends all waits and streams, and touches no machine. */
  close(reason: unknown): void {
    this.#events.end();
    for (const { observer } of this.#tasks.values()) observer.close(reason);
    this.#tasks.clear();
  }

  #end(task: Task, sight: LastSight): void {
    task.exit = exitOf(sight, task.isForced);
    task.completedAt = this.#options.clock.now();
    const { exitCode, signal, error } = task.exit;
    const how = error ?? (signal === 0 ? `code ${exitCode}` : `signal ${signal}`);
    this.tell(task, `Task ended: ${how}`);
  }
}

async function* nothing(): AsyncGenerator<never> {}
