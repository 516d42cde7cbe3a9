/**
 * Programs in the guests of the simulated hypervisor, and the way to them.
 *
 * @module
 */

import { type ProgramResult, refusal } from "../backend.ts";
import { WORDS } from "../state.ts";
import { hasBooted } from "./guest.ts";
import type { Handlers } from "./handlers.ts";
import type { Boot, SimulatedDisk, SimulatedMachine, Store } from "./store.ts";

/** A guest, as its programs see it. */
interface Guest {
  readonly machine: SimulatedMachine;
  readonly boot: Boot;
  readonly disk: SimulatedDisk;
  /** The hypervisor's time. */
  readonly now: number;
  /** Whether another machine answers at an address. */
  reaches(address: string): boolean;
}

type Program = (guest: Guest, args: readonly string[]) => ProgramResult;

const ok = (stdout = ""): ProgramResult => ({ exitCode: 0, stdout, stderr: "" });
const failed = (exitCode: number, stderr: string): ProgramResult => ({
  exitCode,
  stdout: "",
  stderr: `${stderr}\n`,
});

const HOSTNAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** The part of the memory that the kernel does not keep for itself. */
const USABLE_MEMORY = 0.875;

const files: Readonly<Record<string, (guest: Guest) => string>> = {
  "/proc/sys/kernel/random/boot_id": ({ boot }) => `${boot.id}\n`,
  "/proc/meminfo": ({ machine }) =>
    `MemTotal:       ${Math.round(machine.memoryMiB * 1024 * USABLE_MEMORY)} kB\n`,
  "/etc/hostname": ({ boot }) => `${boot.hostname}\n`,
  "/etc/shadow": ({ disk }) =>
    `root:${(disk.tailoring?.password ?? null) === null ? "!" : "set"}\n`,
  "/root/.ssh/authorized_keys": ({ disk }) =>
    (disk.tailoring?.keys ?? []).map((key) => `${key}\n`).join(""),
};

const programs: Readonly<Record<string, Program>> = {
  true: () => ok(),
  sleep: () => ok(),
  false: () => ({ ...ok(), exitCode: 1 }),
  echo: (_, words) => ok(`${words.join(" ")}\n`),
  printf: (_, [format = "", ...words]) =>
    ok(words.map((word) => format.replaceAll("\\n", "\n").replace("%s", () => word)).join("")),
  hostname: ({ boot }) => ok(`${boot.hostname}\n`),
  nproc: ({ machine }) => ok(`${machine.cpus}\n`),
  ls: ({ boot }, [folder = "/"]) =>
    ok(
      boot.files.filter((file) => file.startsWith(`${folder}/`))
        .map((file) => `${file.slice(folder.length + 1)}\n`).join(""),
    ),
  touch: ({ boot }, paths) => {
    boot.files.push(...paths.filter((path) => !boot.files.includes(path)));
    return ok();
  },
  cat: (guest, [path = ""]) =>
    files[path] ? ok(files[path](guest)) : failed(1, `cat: ${path}: No such file or directory`),
  grep: (guest, [pattern = "", path = ""]) => {
    const lines = (files[path]?.(guest) ?? "").split("\n").filter((it) => it.includes(pattern));
    return { ...ok(lines.map((it) => `${it}\n`).join("")), exitCode: lines.length > 0 ? 0 : 1 };
  },
  // What it runs is taken for something that would never end by itself.
  timeout: ({ boot, now }, [seconds = ""]) => {
    boot.busyUntil = now + Number(seconds) * 1000;
    return ok();
  },
  ping: ({ reaches }, args) => reaches(args.at(-1) ?? "") ? ok() : { ...ok(), exitCode: 1 },
  "/sbin/set-hostname": ({ boot, disk }, [name = "", ...more]) => {
    if (more.length > 0 || !HOSTNAME.test(name)) return failed(2, "set-hostname: a bad name");
    boot.hostname = disk.hostname = name;
    return ok();
  },
  sh: (guest, [flag, script = ""]) => flag === "-c" ? shell(guest, script) : ok(),
};

function execute(guest: Guest, [program = "", ...args]: readonly string[]): ProgramResult {
  const run = Object.hasOwn(programs, program) ? programs[program] : undefined;
  return run?.(guest, args) ?? failed(127, `${program}: not found`);
}

/**
 * A shell of sorts: commands of words, plain or in double quotes, `~root`, `;`, `>&2`, `$(…)` for its
 * effect alone, and `exit`.
 */
function shell(guest: Guest, script: string): ProgramResult {
  const [, inner] = /\$\(([^)]*)\)/.exec(script) ?? [];
  if (inner !== undefined) shell(guest, inner);
  const sum = { exitCode: 0, stdout: "", stderr: "" };
  for (const command of script.split(/[;\n]/)) {
    const words = (command.trim().match(/"[^"]*"|\S+/g) ?? [])
      .map((word) => word.replace(/^"(.*)"$/, "$1").replace(/^~root\//, "/root/"));
    if (words.length === 0) continue;
    if (words[0] === "exit") return { ...sum, exitCode: Number(words[1] ?? sum.exitCode) };
    const argv = words.filter((word) => word !== ">&2");
    const { exitCode, stdout, stderr } = execute(guest, argv);
    const isRedirected = argv.length < words.length;
    sum.exitCode = exitCode;
    sum.stdout += isRedirected ? "" : stdout;
    sum.stderr += isRedirected ? stdout + stderr : stderr;
  }
  return sum;
}

/** Runs what the guest was given, once a boot: nobody can tell when, as nobody was there. */
function seed(guest: Guest): void {
  if (guest.boot.isSeeded) return;
  guest.boot.isSeeded = true;
  for (const command of guest.disk.tailoring?.cmds ?? []) shell(guest, command);
}

/** The machine and the port that an address of the host's network leads to. */
function routeOf(store: Store, address: string): { machine?: SimulatedMachine; port: number } {
  const colon = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, colon), Number(address.slice(colon + 1))];
  const machines = [...store.machines.values()];
  if (host !== "127.0.0.1" && host !== "localhost") {
    return { machine: machines.find(({ boot }) => boot?.address === host), port };
  }
  for (const machine of machines) {
    const rule = machine.forwards.find(({ hostPort }) => hostPort === port);
    if (rule) return { machine, port: rule.machinePort };
  }
  return { port };
}

/** How long a program takes, in milliseconds, apart from the call itself. */
export function durationOf([program, seconds]: readonly string[]): number {
  return program === "sleep" ? Number(seconds) * 1000 : 0;
}

/** What the methods of guests do. */
export function guestMethods(store: Store): Handlers<"guest"> {
  return {
    "guest.run": ({ address, argv }) => {
      const { machine, port } = routeOf(store, address);
      const disk = machine && store.diskOf(machine);
      if (!machine?.boot || !disk || machine.state !== WORDS.running) {
        throw refusal("no-route", `Nobody answers at ${address}`);
      }
      if (port !== 22 || !hasBooted(store, machine)) {
        throw refusal("connection-refused", `The guest at ${address} refuses the connection`);
      }
      const reaches = (target: string): boolean =>
        [...store.machines.values()].some((peer) =>
          peer.boot?.address === target && peer.network === machine.network &&
          hasBooted(store, peer)
        );
      const guest = { machine, boot: machine.boot, disk, now: store.clock.now(), reaches };
      seed(guest);
      return execute(guest, argv);
    },
  };
}
